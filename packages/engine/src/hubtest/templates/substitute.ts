// Puts values in the place of `{{name}}`, `§name§` and `{{function(name)}}`. What has no value stays as it is written:
// braces are a part of many an attack.

import {
  callsFunction,
  DslError,
  evaluate,
  parseExpression,
  textOf,
  type DslContext,
  type Variables,
} from './dsl/index.ts';

/** Returns the text with all that is known put in. */
export function substitute(text: string, variables: Variables, context: DslContext): string {
  return callsIn(namesIn(text, variables), variables, context);
}

function namesIn(text: string, variables: Variables): string {
  const put = (written: string, name: string): string => {
    const value = variables.get(name);
    return value === undefined ? written : textOf(value);
  };
  const braced = text.includes('{{') ? text.replace(/\{\{([^{}\s]+)\}\}/g, put) : text;
  return braced.includes('§') || braced.includes(SECTION) ? braced.replace(MARKED, put) : braced;
}

/** `§` in the bytes of UTF-8. */
const SECTION = '\xC2\xA7';
const MARKED = /\xC2\xA7([\w-]+)\xC2\xA7/g;
const MAX_CALLS = 250;

/** Each pair of braces is tried with each end behind it, as an expression may have braces of its own. */
function callsIn(text: string, variables: Variables, context: DslContext): string {
  let out = '';
  let rest = text;
  for (let calls = 0; calls < MAX_CALLS; calls++) {
    const start = rest.indexOf('{{');
    if (start < 0) break;
    const found = callAt(rest, start, variables, context);
    if (found === undefined) {
      out += rest.slice(0, start + 2);
      rest = rest.slice(start + 2);
    } else {
      out += rest.slice(0, start) + found.value;
      rest = rest.slice(found.end);
    }
  }
  return out + rest;
}

const MAX_ENDS = 8;

function callAt(
  text: string,
  start: number,
  variables: Variables,
  context: DslContext,
): { value: string; end: number } | undefined {
  let close = text.indexOf('}}', start);
  for (let ends = 0; close >= 0 && ends < MAX_ENDS; ends++) {
    const written = text.slice(start + 2, close);
    if (callsFunction(written)) {
      try {
        const expression = parseExpression(namesIn(written, variables));
        return { value: textOf(evaluate(expression, variables, context)), end: close + 2 };
      } catch (error) {
        if (!(error instanceof DslError)) throw error;
      }
    }
    close = text.indexOf('}}', close + 2);
  }
  return undefined;
}

// Runs the lines of an assert file: one expression a line, all of which have to be true. CrowdSec passes over
// a false line when it cannot print the variable in it; here every false line fails.

import {
  compileExpression,
  EvaluationError,
  ValueMap,
  type Environment,
  type HelperFunction,
  type Value,
} from '../expressions/index.ts';

interface ResultsFrame {
  readonly results: Value;
}

const BASENAME: HelperFunction = {
  call: ([path]) => (typeof path === 'string' ? path.slice(path.lastIndexOf('/') + 1) : ''),
  minArgs: 1,
  maxArgs: 1,
  isPure: true,
};

/** Returns what is wrong, a sentence for each line that is not true; empty when all is well. */
export function runAssertions(
  file: string,
  text: string,
  results: Value,
  functions: Readonly<Record<string, HelperFunction>>,
): readonly string[] {
  const environment: Environment<ResultsFrame> = {
    variables: {
      // What results holds differs from test to test: a step into it is looked up when it is evaluated.
      results: {
        get: (frame) => frame.results,
        member: ([stage = '']) => ({
          get: ({ results }) => (results instanceof ValueMap ? results.get(stage) : null),
          steps: 1,
          reads: 'results',
          isString: false,
        }),
      },
    },
    functions: { ...functions, basename: BASENAME },
  };
  const frame = { results };
  const failures: string[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const assertion = line.replace(/\r$/, '');
    if (assertion.trim() === '') continue;
    const failure = check(withBaseName(assertion), environment, frame);
    if (failure !== undefined) failures.push(`${file}:${index + 1}: ${failure}: ${shorten(assertion)}`);
  }
  return failures;
}

/** How many assertions an assert file holds. */
export function countAssertions(text: string): number {
  return text.split('\n').filter((line) => line.trim() !== '').length;
}

function check(
  assertion: string,
  environment: Environment<ResultsFrame>,
  frame: ResultsFrame,
): string | undefined {
  const compiled = compileExpression(assertion, environment);
  if (!compiled.ok) return `cannot be read (${compiled.error.message})`;
  try {
    const value = compiled.expression.evaluate(frame);
    if (value === true) return undefined;
    return value === false ? `not true${actualOf(assertion, environment, frame)}` : 'is no condition';
  } catch (error) {
    if (error instanceof EvaluationError) return `cannot be evaluated (${error.message})`;
    throw error;
  }
}

/** What stands to the left of `==`, as it really is. */
function actualOf(assertion: string, environment: Environment<ResultsFrame>, frame: ResultsFrame): string {
  const end = assertion.indexOf(' == ');
  const compiled = end < 0 ? undefined : compileExpression(assertion.slice(0, end), environment);
  if (compiled === undefined || !compiled.ok) return '';
  try {
    return `, it is ${JSON.stringify(compiled.expression.evaluate(frame))}`;
  } catch {
    return '';
  }
}

/** Paths in the tests come from another machine; like CrowdSec, only their last step is compared. */
function withBaseName(assertion: string): string {
  if (!assertion.includes('datasource_path') || assertion.includes('basename(')) return assertion;
  const equals = assertion.indexOf('==');
  return equals < 0 ? assertion : `basename(${assertion.slice(0, equals)}) ${assertion.slice(equals)}`;
}

function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

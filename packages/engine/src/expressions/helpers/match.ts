// Match(pattern, name): a glob with `*` and `?`, over bytes. In the reference a name that is used up is matched
// by what remains of the pattern only if that is nothing or one star: `foo**` does not match `foo`.

import { matchStars } from '../../patterns/stars.ts';
import { pure, text, type HelperTable } from './define.ts';
import { isAscii, toBytes } from './unicode.ts';

export const matchHelpers: HelperTable = {
  Match: pure((args) => {
    const [pattern, name] = [text(args, 0), text(args, 1)];
    return matchGlob(isAscii(pattern) ? pattern : toBytes(pattern), isAscii(name) ? name : toBytes(name));
  }, 2),
};

function matchGlob(pattern: string, name: string): boolean {
  return matchStars(pattern.includes('**') ? normalize(pattern) : pattern, name, matchOne);
}

function matchOne(pattern: string, at: number, character: string): number | undefined {
  return pattern[at] === '?' || pattern[at] === character ? at + 1 : undefined;
}

// Several stars are one, but at the end they want something to be left of the name.
function normalize(pattern: string): string {
  const single = pattern.replaceAll(/\*+/g, '*');
  return pattern.endsWith('**') ? `${single.slice(0, -1)}?*` : single;
}

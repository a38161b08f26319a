// Match(pattern, name): a glob with `*` and `?`, over bytes. In the reference a name that is used up is matched
// by what remains of the pattern only if that is nothing or one star: `foo**` does not match `foo`.

import { pure, text, type HelperTable } from './define.ts';
import { isAscii, toBytes } from './unicode.ts';

export const matchHelpers: HelperTable = {
  Match: pure((args) => {
    const [pattern, name] = [text(args, 0), text(args, 1)];
    return matchGlob(isAscii(pattern) ? pattern : toBytes(pattern), isAscii(name) ? name : toBytes(name));
  }, 2),
};

function matchGlob(pattern: string, name: string): boolean {
  const glob = pattern.includes('**') ? normalize(pattern) : pattern;
  let p = 0;
  let n = 0;
  // Where to take up again when the rest does not match: the last star, and one character more for it.
  let star = -1;
  let starName = 0;
  while (n < name.length) {
    if (glob[p] === '*') {
      star = p++;
      starName = n;
    } else if (glob[p] === '?' || (p < glob.length && glob[p] === name[n])) {
      p++;
      n++;
    } else if (star >= 0) {
      p = star + 1;
      n = ++starName;
    } else {
      return false;
    }
  }
  return p === glob.length || (p === glob.length - 1 && glob[p] === '*');
}

// Several stars are one, but at the end they want something to be left of the name.
function normalize(pattern: string): string {
  const single = pattern.replaceAll(/\*+/g, '*');
  return pattern.endsWith('**') ? `${single.slice(0, -1)}?*` : single;
}

// The page that somebody wanted, carried through the check: a path of this site and nothing else.

const MOST_CHARACTERS = 2000;

/** Returns path and query as they can stand in an address; `/` for what is no path of this site. */
export function wantedPath(rawTarget: string): string {
  // `//host` and `/\host` are other sites to a browser.
  if (rawTarget.length > MOST_CHARACTERS || !/^\/(?![/\\])/.test(rawTarget)) return '/';
  if (/[\\\t\r\n]/.test(rawTarget)) return '/';
  // Our own pages are no place to land on.
  if (rawTarget.startsWith('/.parapet/')) return '/';
  return rawTarget.replace(/[^\x21-\x7e]|["'<>]/g, (character) => encodeByte(character));
}

function encodeByte(character: string): string {
  return `%${(character.charCodeAt(0) & 0xff).toString(16).toUpperCase().padStart(2, '0')}`;
}

// Cookies, read without making a table of them: only ours are looked for.

import type { Client, RequestView } from '@parapet/kinds';

// A visitor can be given a second cookie of the same name by a neighbouring host; a few are tried.
const MOST_TRIED = 4;
// Longer than any of ours.
const MOST_CHARACTERS = 100;

/** Returns the values of the cookie, at most four, as sent; cut after 100 characters. Ours hold no spaces, commas or semicolons. */
export function cookiesNamed(request: RequestView, name: string): readonly string[] {
  const rawCookies = request.header('cookie');
  if (rawCookies === undefined) return [];
  const found: string[] = [];
  const wanted = `${name}=`;
  let at = rawCookies.indexOf(wanted);
  while (at >= 0 && found.length < MOST_TRIED) {
    const start = at + wanted.length;
    if (at === 0 || isSeparator(rawCookies.charCodeAt(at - 1))) {
      let end = start;
      const last = Math.min(rawCookies.length, start + MOST_CHARACTERS);
      while (end < last && !isSeparator(rawCookies.charCodeAt(end))) end++;
      found.push(rawCookies.slice(start, end));
    }
    at = rawCookies.indexOf(wanted, start);
  }
  return found;
}

/** Returns the header value that sets a cookie only our own requests show, to no script and to no other site. */
export function setCookie(
  client: Client,
  name: string,
  value: string,
  maxAgeSeconds: number,
  path: string = '/',
): string {
  const secure = client.scheme === 'https' ? '; Secure' : '';
  return `${name}=${value}; Path=${path}; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax${secure}`;
}

function isSeparator(code: number): boolean {
  return code === 59 || code === 32 || code === 44; // ; space ,
}

// The route of a request, as far as its cost goes: its path, and which parameters it has. What they are set to is left
// out, for that is what a crawl through filters varies.

import { nameOf } from '../traffic/paths.ts';

/** More names are as good as any. */
export const MOST_NAMES = 12;
export const MOST_CHARACTERS = 40;

export interface RouteName {
  /** The path with every run of digits as `#`. */
  readonly path: string;
  /** The path with the names of its parameters: `/products?brand&f[]`; the path alone where it has none. */
  readonly route: string;
}

export function routeNameOf(rawTarget: string): RouteName {
  const path = nameOf(rawTarget);
  const query = rawTarget.indexOf('?');
  if (query < 0 || query === rawTarget.length - 1) return { path, route: path };
  const names: string[] = [];
  let start = query + 1;
  for (let i = 0; i < MOST_NAMES && start < rawTarget.length; i++) {
    const ampersand = rawTarget.indexOf('&', start);
    const end = ampersand < 0 ? rawTarget.length : ampersand;
    const equals = rawTarget.indexOf('=', start);
    const nameEnd = equals < 0 || equals > end ? end : equals;
    const name = parameterName(rawTarget.slice(start, Math.min(nameEnd, start + MOST_CHARACTERS)));
    if (name !== '' && !names.includes(name)) names.push(name);
    start = end + 1;
  }
  return { path, route: names.length === 0 ? path : `${path}?${names.sort().join('&')}` };
}

/** What most names have nothing of: reading them costs every request that nobody sent before. */
const COUNTED = /[\d%]/;

/** `f%5B12%5D`, `f[0]` -> `f[]`; `page12` -> `page#`. */
function parameterName(rawName: string): string {
  if (!COUNTED.test(rawName)) return rawName;
  return rawName
    .replace(/%5b/gi, '[')
    .replace(/%5d/gi, ']')
    .replace(/\[\d+\]/g, '[]')
    .replace(/\d+/g, '#');
}

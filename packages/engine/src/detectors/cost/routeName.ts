// The route of a request, as far as its cost goes: its path, and which parameters it has. What they are set to is left
// out, for that is what a crawl through filters varies.

import { nameOf } from '../traffic/paths.ts';

/** More names are as good as any. */
const MOST_NAMES = 12;
const MOST_CHARACTERS = 40;

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
  const names = new Set<string>();
  for (const pair of rawTarget.slice(query + 1).split('&', MOST_NAMES)) {
    const equals = pair.indexOf('=');
    const name = parameterName(equals < 0 ? pair : pair.slice(0, equals));
    if (name !== '') names.add(name);
  }
  return { path, route: names.size === 0 ? path : `${path}?${[...names].toSorted().join('&')}` };
}

/** `f%5B12%5D`, `f[0]` -> `f[]`; `page12` -> `page#`. */
function parameterName(rawName: string): string {
  return rawName
    .slice(0, MOST_CHARACTERS)
    .replace(/%5b/gi, '[')
    .replace(/%5d/gi, ']')
    .replace(/\[\d+\]/g, '[]')
    .replace(/\d+/g, '#');
}

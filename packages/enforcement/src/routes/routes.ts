// Which routes are exempt from a challenge. Only asked when a decision applies, so it may take a microsecond.
// An attacker would like any address to look like a feed: a path that two readers could understand in two ways
// (dots, doubled slashes, encoded slashes, parameters of path segments) is no machine's route.

import { ROUTES, type RouteRank, type RouteRow } from './routes.table.ts';

export interface RouteExemption {
  readonly kind: string;
  readonly rank: RouteRank;
}

export interface RouteOptions {
  /** More paths, written as in the table. */
  readonly neverChallenge?: readonly string[];
  /** Where the CMS lives, when not at the root: `/shop`. */
  readonly basePath?: string;
}

interface Rule extends RouteExemption {
  readonly isReadOnly: boolean;
  matches(path: string): boolean;
}

export class Routes {
  readonly #rules: readonly Rule[];
  readonly #basePath: string;

  constructor(options: RouteOptions = {}) {
    const own: RouteRow = {
      kind: 'configured route',
      rank: 'challenge-free',
      methods: 'any',
      paths: options.neverChallenge ?? [],
    };
    this.#rules = [own, ...ROUTES].flatMap(rulesOf);
    this.#basePath = (options.basePath ?? '').replace(/\/+$/, '');
  }

  /** Returns what the route is exempt as, or undefined when it is like any other. */
  find(method: string, rawTarget: string): RouteExemption | undefined {
    const path = plainPath(rawTarget);
    if (path === undefined) return undefined;
    const isRead = method === 'GET' || method === 'HEAD';
    const local = withoutBase(path, this.#basePath);
    return this.#match(local, isRead) ?? this.#match(withoutLanguage(local), isRead);
  }

  #match(path: string | undefined, isRead: boolean): RouteExemption | undefined {
    if (path === undefined) return undefined;
    return this.#rules.find((rule) => (isRead || !rule.isReadOnly) && rule.matches(path));
  }
}

/** Returns the path when it can be understood in one way only. */
function plainPath(rawTarget: string): string | undefined {
  const query = rawTarget.indexOf('?');
  const path = query < 0 ? rawTarget : rawTarget.slice(0, query);
  if (path.charCodeAt(0) !== 47) return undefined;
  return /\/\/|\/\.{1,2}(?:\/|$)|[;\\#\0]|%(?:00|23|25|2e|2f|3b|3f|5c)/i.test(path) ? undefined : path;
}

function withoutBase(path: string, basePath: string): string {
  return basePath !== '' && path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : path;
}

/** `/de/feed`, `/pt-br/feed`, `/zh-hans/feed` -> `/feed`; undefined when there is no such prefix. */
function withoutLanguage(path: string): string | undefined {
  const match = /^\/[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,2}(?=\/)/i.exec(path);
  return match === null ? undefined : path.slice(match[0].length);
}

function rulesOf(row: RouteRow): readonly Rule[] {
  const { kind, rank, methods } = row;
  const isReadOnly = methods === 'read';
  return row.paths
    .filter((path) => path !== '')
    .map((path) => ({ kind, rank, isReadOnly, matches: matcherOf(path) }));
}

function matcherOf(pattern: string): (path: string) => boolean {
  const isAnywhere = pattern.startsWith('**');
  const isPrefix = pattern.endsWith('*') && pattern !== '**';
  const text = pattern.slice(isAnywhere ? 2 : 0, isPrefix ? -1 : undefined);
  if (!isPrefix) return isAnywhere ? (path) => path.endsWith(text) : (path) => path === text;
  if (isAnywhere) return (path) => path.includes(text);
  if (!text.endsWith('/')) return (path) => path.startsWith(text);
  const itself = text.slice(0, -1);
  return (path) => path === itself || path.startsWith(text);
}

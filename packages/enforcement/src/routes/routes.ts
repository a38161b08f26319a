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
}

interface OwnRule extends Rule {
  matches(path: string): boolean;
}

/** Nearly all requests of somebody who is banned are told by this to be for none of these. */
const NEVER_HINT = /cron|\.well-known/i;

export class Routes {
  readonly #own: readonly OwnRule[];
  readonly #basePath: string;

  constructor(options: RouteOptions = {}) {
    this.#own = (options.neverChallenge ?? [])
      .filter((path) => path !== '')
      .map((path) => ({
        kind: 'configured route',
        rank: 'challenge-free',
        isReadOnly: false,
        matches: matcherOf(path),
      }));
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

  /** Returns what the route is when it is one that is never banned. */
  findNeverBanned(method: string, rawTarget: string): RouteExemption | undefined {
    if (!NEVER_HINT.test(rawTarget)) return undefined;
    const route = this.find(method, rawTarget);
    return route?.rank === 'never' ? route : undefined;
  }

  #match(path: string | undefined, isRead: boolean): RouteExemption | undefined {
    if (path === undefined) return undefined;
    const known = KNOWN.find(path);
    if (known !== undefined && (isRead || !known.isReadOnly)) return known;
    return this.#own.find((rule) => rule.matches(path));
  }
}

/** The rules of the table, by how a path is looked up in them. */
class KnownRoutes {
  readonly #whole = new Map<string, Rule>();
  /** In the order of the table: the first that fits has its way. */
  readonly #prefixes: (readonly [prefix: string, rule: Rule])[] = [];
  /** A name: what stands behind the last slash. */
  readonly #names = new Map<string, Rule>();
  /** `**.css`: what stands behind the last dot. */
  readonly #endings = new Map<string, Rule>();
  readonly #inside: (readonly [text: string, rule: Rule])[] = [];

  constructor(rows: readonly RouteRow[]) {
    for (const { kind, rank, methods, paths } of rows) {
      const rule: Rule = { kind, rank, isReadOnly: methods === 'read' };
      for (const path of paths) this.#add(path, rule);
    }
  }

  find(path: string): Rule | undefined {
    const slash = path.lastIndexOf('/');
    const dot = path.lastIndexOf('.');
    return (
      this.#whole.get(path) ??
      this.#prefixes.find(([prefix]) => path.startsWith(prefix))?.[1] ??
      this.#names.get(path.slice(slash + 1)) ??
      (dot > slash ? this.#endings.get(path.slice(dot + 1)) : undefined) ??
      this.#inside.find(([text]) => path.includes(text))?.[1]
    );
  }

  #add(path: string, rule: Rule): void {
    if (!path.startsWith('**')) {
      if (!path.endsWith('/*')) this.#whole.set(path, rule);
      else {
        this.#whole.set(path.slice(0, -2), rule);
        this.#prefixes.push([path.slice(0, -1), rule]);
      }
    } else if (path.endsWith('*')) this.#inside.push([path.slice(2, -1), rule]);
    else if (path.startsWith('**.')) this.#endings.set(path.slice(3), rule);
    else this.#names.set(path.slice(3), rule);
  }
}

const KNOWN = new KnownRoutes(ROUTES);

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

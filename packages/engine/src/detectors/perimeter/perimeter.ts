// The perimeter: an address that asks for what this site never had, and only scanners look for, is turned
// away. Only requests that the site answered 404 count, so a page that exists can never ban its readers.

import { cidrContains, parseIp, type Problem } from '@parapet/kinds';
import { compilePattern } from '../../patterns/index.ts';
import { readPhpPattern } from './phpPattern.ts';
import type { PerimeterSettings } from './settings.ts';

export interface MissingPage {
  readonly ip: string;
  /** As requested, or the whole URL; see `pathInfo` for what is looked at. */
  readonly path: string;
  readonly atMs: number;
  /** Which kind of log tells it; a request told by two logs counts once. */
  readonly log: string;
}

export interface PerimeterHit<Evidence> {
  /** The pattern that matched, in the notation it was written in. */
  readonly pattern: string;
  /** How many matching requests led to this, this one included. */
  readonly count: number;
  readonly firstAtMs: number;
  /** Of the last requests that led to this, oldest first. */
  readonly evidence: readonly Evidence[];
}

/** Everything that later hits depend on; the longest silent addresses first. */
export interface SavedTries<Evidence> {
  readonly tries: ReadonlyMap<string, readonly Try<Evidence>[]>;
  readonly quietUntilMs: ReadonlyMap<string, number>;
}

export interface Try<Evidence> extends MissingPage {
  readonly evidence: Evidence;
  /** A second log has told it as well. */
  isPaired: boolean;
}

/** At most so many addresses are remembered; the longest silent are forgotten first. */
const MAX_ADDRESSES = 100_000;
/** A higher threshold is taken for this one: it would protect from nothing and let an address fill the memory. */
const MAX_TRIES = 1000;
const MAX_EVIDENCE = 50;
/** Who has been turned away is not turned away again at once: one run of a scanner is one alert. */
const QUIET_MS = 300_000;
/** How far apart two logs may tell of one request. */
const SAME_REQUEST_MS = 5000;

export class Perimeter<Evidence = undefined> {
  readonly #settings: PerimeterSettings;
  readonly #patterns: { written: string; test(text: string): boolean }[] = [];
  /** What is still in the window, by address. */
  readonly #tries = new Map<string, Try<Evidence>[]>();
  readonly #quietUntilMs = new Map<string, number>();

  /** Patterns that cannot be used become problems and are left out; the others work. */
  constructor(settings: PerimeterSettings, problems: Problem[]) {
    this.#settings = settings;
    for (const [index, written] of settings.patterns.entries()) {
      const test = compile(written);
      if (typeof test === 'function') {
        this.#patterns.push({ written, test });
        continue;
      }
      const at = settings.positions?.[index] ?? { file: 'perimeter', line: index + 1, column: 1 };
      problems.push({ code: 'E_PERIMETER_PATTERN', ...at, ...test });
    }
  }

  /** Returns which pattern a path matches, as the settings page's tester shows it. */
  patternFor(rawPath: string): string | undefined {
    const path = pathInfo(rawPath);
    return this.#patterns.find((pattern) => pattern.test(path))?.written;
  }

  /** Counts a request that was answered 404. Returns a hit when the address has had its tries. */
  observe(
    request: MissingPage,
    evidenceOf: (pattern: string) => Evidence,
  ): PerimeterHit<Evidence> | undefined {
    const pattern = this.patternFor(request.path);
    if (pattern === undefined || this.#isAllowed(request.ip) || this.#isQuiet(request)) return undefined;
    const { floodThreshold, floodWindowMs } = this.#settings;
    const since = request.atMs - floodWindowMs;
    const tries = (this.#tries.get(request.ip) ?? []).filter(({ atMs }) => atMs > since);
    if (isToldAgain(request, tries)) return undefined;
    tries.push({ ...request, evidence: evidenceOf(pattern), isPaired: false });
    this.#tries.delete(request.ip);
    // As Drupal's flood control counts: `threshold` tries are let pass, the next one is not.
    if (tries.length <= Math.min(floodThreshold, MAX_TRIES)) {
      remember(this.#tries, request.ip, tries);
      return undefined;
    }
    this.#quietUntilMs.delete(request.ip);
    remember(this.#quietUntilMs, request.ip, request.atMs + QUIET_MS);
    return {
      pattern,
      count: tries.length,
      firstAtMs: tries[0]!.atMs,
      evidence: tries.slice(-MAX_EVIDENCE).map(({ evidence }) => evidence),
    };
  }

  /** What `restore` takes; it is only lent. */
  save(): SavedTries<Evidence> {
    return { tries: this.#tries, quietUntilMs: this.#quietUntilMs };
  }

  restore({ tries, quietUntilMs }: SavedTries<Evidence>): void {
    this.#tries.clear();
    this.#quietUntilMs.clear();
    for (const [ip, each] of tries) this.#tries.set(ip, [...each]);
    for (const [ip, untilMs] of quietUntilMs) this.#quietUntilMs.set(ip, untilMs);
  }

  #isAllowed(ip: string): boolean {
    if (this.#settings.allowlist.length === 0) return false;
    const address = parseIp(ip);
    return address !== undefined && this.#settings.allowlist.some((cidr) => cidrContains(cidr, address));
  }

  #isQuiet({ ip, atMs }: MissingPage): boolean {
    const untilMs = this.#quietUntilMs.get(ip);
    return untilMs !== undefined && atMs < untilMs && atMs >= untilMs - 2 * QUIET_MS;
  }
}

/**
 * What Drupal's getPathInfo() gives: not decoded, without scheme and host, without what follows a `?`, and
 * without the front controller.
 */
export function pathInfo(rawPath: string): string {
  const path = rawPath.replace(/^https?:\/\/[^/?#]*/i, '').replace(/[?#][\s\S]*$/, '');
  return path.replace(/^\/index\.php(?=\/|$)/, '') || '/';
}

function compile(
  written: string,
): ((text: string) => boolean) | { readonly message: string; readonly hint: string } {
  const php = readPhpPattern(written);
  if (!php.ok) return php;
  const compiled = compilePattern(php.source);
  if (compiled.ok) return (text) => compiled.pattern.test(text);
  const { message, hint } = compiled.error;
  return {
    message: `The pattern '${shorten(written)}' cannot be used: ${message}`,
    hint: hint ?? 'Write it without look-around and back-references, which could stall the engine',
  };
}

function isToldAgain<Evidence>(request: MissingPage, tries: readonly Try<Evidence>[]): boolean {
  const path = pathInfo(request.path);
  const twin = tries.find(
    (one) =>
      !one.isPaired &&
      one.log !== request.log &&
      Math.abs(one.atMs - request.atMs) <= SAME_REQUEST_MS &&
      pathInfo(one.path) === path,
  );
  if (twin === undefined) return false;
  twin.isPaired = true;
  return true;
}

function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.set(key, value);
  if (map.size > MAX_ADDRESSES) map.delete(map.keys().next().value!);
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

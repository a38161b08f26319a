// The perimeter: an address that asks for what this site never had, and only scanners look for, is turned
// away. Only requests that the site answered 404 count, so a page that exists can never ban its readers.

import { cidrContains, parseIp, type Problem } from '@parapet/kinds';
import { compilePattern } from '../../patterns/index.ts';
import { readPhpPattern } from './phpPattern.ts';
import type { PerimeterSettings } from './settings.ts';

export interface MissingPage {
  readonly ip: string;
  /** As requested; what follows a `?` is not looked at, as in Drupal's getPathInfo(). */
  readonly path: string;
  readonly atMs: number;
}

export interface PerimeterHit {
  /** The pattern that matched, in the notation it was written in. */
  readonly pattern: string;
  /** How many matching requests led to this, this one included. */
  readonly count: number;
  readonly firstAtMs: number;
}

/** At most so many addresses are remembered below the threshold; the longest silent are forgotten first. */
const MAX_ADDRESSES = 100_000;

export class Perimeter {
  readonly #settings: PerimeterSettings;
  readonly #patterns: { written: string; test(text: string): boolean }[] = [];
  /** Times of the tries that are still in the window, by address. */
  readonly #tries = new Map<string, number[]>();

  /** Patterns that cannot be used become problems and are left out; the others work. */
  constructor(settings: PerimeterSettings, problems: Problem[], file = 'perimeter') {
    this.#settings = settings;
    for (const [index, written] of settings.patterns.entries()) {
      const complain = (message: string, hint: string): void => {
        problems.push({ code: 'E_PERIMETER_PATTERN', file, line: index + 1, column: 1, message, hint });
      };
      const php = readPhpPattern(written);
      if (!php.ok) {
        complain(php.message, php.hint);
        continue;
      }
      const compiled = compilePattern(php.source);
      if (compiled.ok) this.#patterns.push({ written, test: (text) => compiled.pattern.test(text) });
      else complain(`'${written}': ${compiled.error.message}`, 'Write it without what PHP alone understands');
    }
  }

  /** Returns which pattern a path matches, as the settings page's tester shows it. */
  patternFor(rawPath: string): string | undefined {
    const path = withoutQuery(rawPath);
    return this.#patterns.find((pattern) => pattern.test(path))?.written;
  }

  /** Counts a request that was answered 404. Returns a hit when the address has had its tries. */
  observe(request: MissingPage): PerimeterHit | undefined {
    const pattern = this.patternFor(request.path);
    if (pattern === undefined || this.#isAllowed(request.ip)) return undefined;
    const { floodThreshold, floodWindowMs } = this.#settings;
    const since = request.atMs - floodWindowMs;
    const tries = (this.#tries.get(request.ip) ?? []).filter((at) => at > since);
    this.#tries.delete(request.ip);
    tries.push(request.atMs);
    // As Drupal's flood control counts: `threshold` tries are let pass, the next one is not.
    if (tries.length > floodThreshold) return { pattern, count: tries.length, firstAtMs: tries[0]! };
    this.#tries.set(request.ip, tries);
    if (this.#tries.size > MAX_ADDRESSES) this.#tries.delete(this.#tries.keys().next().value!);
    return undefined;
  }

  #isAllowed(ip: string): boolean {
    if (this.#settings.allowlist.length === 0) return false;
    const address = parseIp(ip);
    return address !== undefined && this.#settings.allowlist.some((cidr) => cidrContains(cidr, address));
  }
}

function withoutQuery(rawPath: string): string {
  const end = rawPath.indexOf('?');
  return end < 0 ? rawPath : rawPath.slice(0, end);
}

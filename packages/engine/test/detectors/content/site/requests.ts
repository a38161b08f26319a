// Requests taken apart by hand, and a site that is visited for hours and days.
import { parseIp, type FieldKind, type Placement } from '@parapet/kinds';
import type { Part, RequestParts } from '../../../../src/detectors/content/parts.ts';
import {
  readNormal,
  sampleOf,
  type SiteLearner,
  sourceOf,
  type Shift,
  type SiteNormal,
} from '../../../../src/detectors/content/site/index.ts';

export const KEY = { k0: 0x1234567, k1: 0x89abcdef };
export const START_MS: number = Date.UTC(2026, 2, 2, 9);
export const HOUR_MS = 3_600_000;
export const DAY_MS: number = 24 * HOUR_MS;

export function part(
  name: string,
  value: string,
  placement: Placement = 'query',
  kind: FieldKind = 'text',
): Part {
  return { placement, name, value, views: [], kind, isExcerpt: false };
}

export function request(path: string, parts: readonly Part[], isVouched = false): RequestParts {
  return {
    request: {
      method: 'GET',
      rawTarget: path,
      headers: [],
      body: undefined,
      isBodyCut: false,
      site: '',
      isVouched,
    },
    method: 'GET',
    path,
    host: 'example.org',
    mediaType: '',
    parts,
    anomalies: [],
  };
}

/** Of different networks. */
export function address(n: number): string {
  return `${11 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}.7`;
}

interface Visit {
  readonly path: string;
  readonly parts: readonly Part[];
  readonly ip: string;
  readonly atMs: number;
  readonly isVouched?: boolean;
  readonly logOdds?: number;
}

export function visit(learner: SiteLearner, { path, parts, ip, atMs, isVouched, logOdds = -6 }: Visit): void {
  const source = sourceOf(KEY, parseIp(ip)!);
  learner.observe(sampleOf(request(path, parts, isVouched), () => logOdds, { key: KEY, atMs, ...source }));
}

/** Six addresses, six hours, one value each. */
export function usualVisits(
  learner: SiteLearner,
  path: string,
  partOf: (n: number) => Part,
  { hours = 6, clients = 6, fromMs = START_MS, isVouched = false } = {},
): void {
  for (let hour = 0; hour < hours; hour++)
    for (let client = 0; client < clients; client++)
      visit(learner, {
        path,
        parts: [partOf(hour * clients + client)],
        ip: address(client),
        atMs: fromMs + hour * HOUR_MS + client * 60_000,
        isVouched,
      });
}

export function normalOf(learner: SiteLearner, nowMs: number): SiteNormal {
  const read = readNormal(learner.compile(nowMs));
  if (!read.ok) throw new Error(read.reason);
  return read.normal;
}

export function shiftOn(learner: SiteLearner, path: string, one: Part, isVouched = false): Shift | undefined {
  return normalOf(learner, START_MS).shift(request(path, [one], isVouched), one);
}

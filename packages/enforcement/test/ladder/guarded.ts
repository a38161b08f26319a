// A guarded site for tests: everything is real but for the clock, and the engine is a list of what it was told.

import { ipBits, parseIp, type Action, type Client, type RequestView } from '@parapet/kinds';
import { Challenge } from '../../src/challenge/challenge.ts';
import { LocalLink, type LocalListener } from '../../src/ladder/localLink.ts';
import type { GuardedSite } from '../../src/ladder/settings.ts';
import { SiteGuard, type GuardOptions } from '../../src/ladder/siteGuard.ts';
import { DecisionTable, type TableDecision } from '../../src/table/index.ts';
import type { Told } from '../../src/ladder/told.ts';
import { BROWSER, makeClient, makeRequest } from '../requests.ts';

export const SECRET: Buffer = Buffer.alloc(32, 7);
export const NOON: number = Date.UTC(2026, 10, 22, 12);
export const GOOGLE = '66.249.66.1';
export const PROXY = '198.51.100.250';

export interface Guarded {
  readonly guard: SiteGuard;
  readonly table: DecisionTable;
  /** Adds a decision for four hours; the first has the record 00000010. */
  decide(scope: string, value: string, remediation: string, more?: Partial<TableDecision>): void;
  readonly clock: { nowMs: number };
  /** Ends all that is slept for. */
  wake(): void;
  /** Sends a request and returns what is done, the waiting included when `woken`. */
  ask(client: Client, headers?: Readonly<Record<string, string>>, target?: string, method?: string): Action;
  /** What is told of a request when it ends. */
  toldOf(request: RequestView): Told | undefined;
  readonly asked: RequestView[];
}

export function guarded(
  more: Partial<GuardOptions> & {
    readonly listener?: LocalListener;
    readonly site?: Partial<GuardedSite>;
  } = {},
): Guarded {
  const clock = { nowMs: NOON };
  const nowMs = (): number => clock.nowMs;
  const table = new DecisionTable({ seed: 1 });
  let decided = 0;
  const told = new Map<RequestView, Told | undefined>();
  const sleepers: (() => void)[] = [];
  const sleep = (): Promise<void> => new Promise((resolve) => sleepers.push(resolve));
  const listener: LocalListener = {
    ...more.listener,
    onEvent: (exchange, what) => told.set(exchange.request, what),
  };
  const site: GuardedSite = {
    name: 'shop',
    mode: 'enforce',
    closedPaths: [],
    neverChallenge: [],
    ...more.site,
  };
  const guard = new SiteGuard({
    table,
    challenge: new Challenge({ secrets: [SECRET], nowMs, random: (n) => Buffer.alloc(n, 1), delay: sleep }),
    settings: { sites: [site], crawlers: ['66.249.64.0/19'], ownProxies: [`${PROXY}/32`] },
    link: new LocalLink(listener, nowMs),
    secrets: [SECRET],
    trustEpoch: 1,
    nowMs,
    sleep,
    ...more,
  });
  const asked: RequestView[] = [];
  return {
    guard,
    table,
    clock,
    asked,
    decide: (scope, value, remediation, other) => {
      const fault = table.add({
        id: `000000${(decided++ + 16).toString(16)}-0000-4000-8000-000000000000`,
        target: { scope, value },
        remediation,
        expiresAtMs: NOON + 40 * 86_400_000,
        scenario: 'parapet/drupal-bf',
        origin: 'scenario',
        simulated: false,
        ...other,
      });
      if (fault !== undefined) throw new Error(fault.message);
    },
    wake: () => {
      for (const resolve of sleepers.splice(0)) resolve();
    },
    ask: (client, headers = BROWSER, target = '/', method = 'GET') => {
      const request = makeRequest(headers, { target, method });
      asked.push(request);
      return guard.onRequest(request, client, 'shop');
    },
    toldOf: (request) => {
      guard.onEnd({
        client: makeClient(),
        request,
        startedAtMs: clock.nowMs,
        status: 200,
        requestBodyBytes: 0,
        responseBodyBytes: 0,
        upstreamMs: 1,
        totalMs: 2,
        cacheStatus: '',
        answer: undefined,
        site: 'shop',
        requestId: 'r1',
      });
      return told.get(request);
    },
  };
}

/** Another client of the same kind for each number. */
export function clientNumber(n: number): Client {
  const ip = parseIp(`203.0.${(n >> 8) & 255}.${n & 255}`)!;
  return { ip, words: ipBits(ip), peerIp: ip, scheme: 'https' };
}

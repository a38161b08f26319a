// A local API on a store of its own, with a clock that the test moves.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { parseCidr, type Decision } from '@parapet/kinds';
import { openStore, type Store, type StoredDecision } from '@parapet/store';
import { createLapi, hashOfKey, Passwords, type Lapi, type LapiOptions, type Peer } from '../src/index.ts';

export const NOON: Date = new Date('2026-03-01T12:00:00Z');
export const HERE: Peer = { ip: '127.0.0.1' };
export const KEY = 'a-key-of-a-bouncer';

export interface Stand {
  readonly lapi: Lapi;
  readonly store: Store;
  readonly lifted: StoredDecision[];
  pass: (ms: number) => void;
  now: () => Date;
  /** Sends it as the peer and gives the status with the text. */
  ask: (method: string, target: string, options?: AskOptions) => Promise<Asked>;
  /** As a bouncer. */
  get: (target: string, options?: AskOptions) => Promise<Asked>;
  /** As machine `web1`. */
  as: (method: string, target: string, body?: unknown) => Promise<Asked>;
  ban: (id: string, value: string, options?: Partial<Decision>) => Promise<void>;
}

export interface AskOptions {
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly peer?: Peer;
}

export interface Asked {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  json: () => any; // eslint-disable-line -- what a test looks into
}

export async function stand(options: Partial<LapiOptions> = {}): Promise<Stand> {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'parapet-lapi-'));
  let nowMs = NOON.getTime();
  const now = (): Date => new Date(nowMs);
  const store = await openStore({ dataDir, role: 'engine', now });
  onTestFinished(async () => {
    await store.close();
    fs.rmSync(dataDir, { recursive: true, force: true });
  });
  const lifted: StoredDecision[] = [];
  const lapi = createLapi({
    store,
    now,
    secret: new Uint8Array(32).fill(7),
    // What profiles would do: four hours for each alert that asks for it.
    ingest: (alerts) => {
      for (const { alert, decisions } of alerts)
        store.record({
          alerts: [alert],
          decisions:
            decisions.length > 0 || !alert.remediation
              ? decisions
              : [decisionFor(alert.id, alert.source.value)],
        });
    },
    ingestMore: (decisions) => store.record({ decisions }),
    onLifted: (decisions) => lifted.push(...decisions),
    ...options,
  });
  const decisionFor = (alertId: string, value: string): Decision => ({
    id: `${alertId.slice(0, -1)}f`,
    target: { scope: 'ip', value },
    remediation: 'ban',
    startAt: now(),
    expiresAt: new Date(nowMs + 4 * 3_600_000),
    scenario: 'crowdsecurity/http-probing',
    origin: 'scenario',
    mode: 'live',
    alertId,
  });
  await store.clients.putBouncer({
    name: 'fw',
    keyHash: hashOfKey(KEY),
    ip: '',
    type: '',
    version: '',
    createdAt: NOON,
  });
  await store.clients.putMachine({
    ...{ name: 'web1', isValidated: true, ip: '', version: '', scenarios: [], createdAt: NOON },
    passwordHash: await new Passwords().hash('secret'),
  });
  const ask: Stand['ask'] = async (method, target, { body, headers = {}, peer = HERE } = {}) => {
    const request = new Request(`http://127.0.0.1:8080${target}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    const answer = await lapi(request, peer);
    const text = await answer.text();
    return { status: answer.status, text, headers: answer.headers, json: () => JSON.parse(text) };
  };
  let token = '';
  return {
    lapi,
    store,
    lifted,
    now,
    pass: (ms) => {
      nowMs += ms;
    },
    ask,
    get: (target, more = {}) =>
      ask('GET', target, { ...more, headers: { 'x-api-key': KEY, ...more.headers } }),
    as: async (method, target, body) => {
      if (token === '') {
        const login = JSON.stringify({ machine_id: 'web1', password: 'secret', scenarios: [] });
        token = (await ask('POST', '/v1/watchers/login', { body: login })).json().token;
      }
      const more = body === undefined ? {} : { body: JSON.stringify(body) };
      return ask(method, target, { ...more, headers: { authorization: `Bearer ${token}` } });
    },
    ban: async (id, value, more = {}) => {
      await store.addDecisions([
        {
          ...{ id, remediation: 'ban', startAt: now(), expiresAt: new Date(nowMs + 3_600_000) },
          ...{ scenario: 'by hand', origin: 'operator', mode: 'live', target: targetOf(value) },
          ...more,
        },
      ]);
    },
  };
}

function targetOf(value: string): Decision['target'] {
  return { scope: parseCidr(value) === undefined || !value.includes('/') ? 'ip' : 'range', value };
}

/** As a real agent of 1.4.6 sends it. */
export function sentAlert(
  value: string,
  more: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    capacity: 5,
    decisions: null,
    events: [{ meta: [{ key: 'http_path', value: '/x' }], timestamp: '2026-03-01 11:59:00 +0000 UTC' }],
    events_count: 6,
    labels: null,
    leakspeed: '10s',
    message: `Ip ${value} performed 'crowdsecurity/http-probing' (6 events over 5s) at 2026-03-01 11:59:05 +0000 UTC`,
    remediation: true,
    scenario: 'crowdsecurity/http-probing',
    scenario_hash: 'ab',
    scenario_version: '0.4',
    simulated: false,
    source: {
      as_name: '',
      as_number: '',
      cn: 'FR',
      ip: value,
      latitude: 1.5,
      longitude: 2.5,
      range: '',
      scope: 'Ip',
      value,
    },
    start_at: '2026-03-01T11:59:00Z',
    stop_at: '2026-03-01T11:59:05Z',
    ...more,
  };
}

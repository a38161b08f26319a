// The API on a store of its own, with a clock that the test moves, and an engine that only notes what it is told.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { parseCidr, parseIp, type Alert, type Decision, type InspectionRecord } from '@parapet/kinds';
import { openStore, type Store, type StoredDecision } from '@parapet/store';
import { createApi, hashOfToken, SCOPES, SignalDesk, type Api, type ApiOptions } from '../src/index.ts';
import type { Scope } from '../src/access/scopes.ts';

export const NOON: Date = new Date('2026-03-01T12:00:00Z');
const ALL = 'pt_all';

export interface Asked {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  json: () => any; // eslint-disable-line -- what a test looks into
}

export interface AskOptions {
  readonly body?: unknown;
  /** Sent as it is. */
  readonly raw?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Null: none. */
  readonly token?: string | null;
  readonly ip?: string;
}

export interface Stand {
  readonly api: Api;
  readonly store: Store;
  readonly desk: SignalDesk;
  readonly lifted: StoredDecision[];
  readonly added: StoredDecision[];
  readonly faults: unknown[];
  pass: (ms: number) => void;
  ask: (method: string, target: string, options?: AskOptions) => Promise<Asked>;
  /** Makes a token of these scopes and returns it. */
  tokenFor: (
    name: string,
    scopes: readonly Scope[],
    expiresAt?: Date,
    sites?: readonly string[],
  ) => Promise<string>;
}

export interface StandOptions extends Partial<ApiOptions> {
  readonly recordsPerSecond?: number;
  readonly mostWaiting?: number;
}

export async function stand(options: StandOptions = {}): Promise<Stand> {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'parapet-api-'));
  let nowMs = NOON.getTime();
  const now = (): Date => new Date(nowMs);
  const store = await openStore({ dataDir, role: 'engine', now });
  onTestFinished(async () => {
    await store.close();
    fs.rmSync(dataDir, { recursive: true, force: true });
  });
  const { recordsPerSecond = 1000, mostWaiting = 100_000, ...more } = options;
  const desk = new SignalDesk({
    ...{ signals: store.signals, now, maxAgeMs: 86_400_000, recordsPerSecond, mostWaiting },
    onStored: () => {},
  });
  const lifted: StoredDecision[] = [];
  const added: StoredDecision[] = [];
  const faults: unknown[] = [];
  const api = createApi({
    ...{
      store,
      now,
      version: '0.0.0',
      signals: desk,
      siteOf: (named) => named,
      hosts: ['parapet.example.org'],
    },
    engine: () => ({
      ...{
        startedAt: NOON,
        lines: 12,
        unparsedLines: 1,
        sources: ['access.log'],
        scenarios: 3,
        problems: 0,
        decisionsActive: 1,
      },
      gateway: { workers: 2 },
    }),
    readTarget: (scope, value) => {
      const cidr = value.includes('/') ? parseCidr(value) : undefined;
      if (cidr !== undefined) return { target: { scope: 'range', value: cidr.text } };
      const ip = parseIp(value);
      if (scope === undefined || scope === 'ip')
        return ip === undefined
          ? { problem: `${value} is no address` }
          : { target: { scope: 'ip', value: ip } };
      return { target: { scope, value } };
    },
    reasonToSpare: async ({ value }) => (value.startsWith('10.') ? `${value} is private` : undefined),
    onAdded: (decisions) => added.push(...decisions),
    onLifted: (decisions) => lifted.push(...decisions),
    onFault: (error) => faults.push(error),
    ...more,
  });
  const tokenFor: Stand['tokenFor'] = async (name, scopes, expiresAt, sites) => {
    const token = `pt_${name.replaceAll(/\W+/g, '_')}`;
    await store.tokens.add({
      ...{ name, hash: hashOfToken(token), scopes, createdAt: NOON },
      ...(expiresAt === undefined ? {} : { expiresAt }),
      ...(sites === undefined ? {} : { sites }),
    });
    return token;
  };
  await tokenFor('all', SCOPES);
  const ask: Stand['ask'] = async (method, target, asked = {}) => {
    const { body, raw, headers = {}, token = ALL, ip = '127.0.0.1' } = asked;
    const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const request = new Request(`http://127.0.0.1:8091${target}`, {
      method,
      headers: {
        host: '127.0.0.1:8091',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(sent === undefined ? {} : { body: sent }),
    });
    const answer = await api(request, { ip });
    const text = await answer.text();
    return { status: answer.status, text, headers: answer.headers, json: () => JSON.parse(text) };
  };
  const made: Stand = {
    ...{ api, store, desk, lifted, added, faults, ask, tokenFor },
    pass: (ms) => {
      nowMs += ms;
    },
  };
  return made;
}

export function sampleAlert(id: string, value: string, more: Partial<Alert> = {}): Alert {
  return {
    ...{ id, scenario: 'parapet/signal-login-bf', scenarioVersion: '', scenarioHash: 'ab' },
    source: { scope: 'ip', value, ip: value, countryCode: 'FR' },
    ...{ startAt: NOON, stopAt: NOON, knownAt: NOON, eventsCount: 7 },
    events: [
      {
        at: NOON,
        meta: [
          ['__proto__', 'x'],
          ['http_path', '/user/login'],
          ['signal_type', 'login.failed'],
        ],
      },
    ],
    ...{ message: 'guessed', remediation: true, simulated: false, labels: { behavior: 'http:bruteforce' } },
    ...{ capacity: 6, leakSpeedMs: 1000 },
    ...more,
  };
}

export function sampleDecision(id: string, value: string, more: Partial<Decision> = {}): Decision {
  return {
    ...{ id, target: { scope: 'ip', value }, remediation: 'ban', startAt: NOON },
    expiresAt: new Date(NOON.getTime() + 4 * 3_600_000),
    ...{ scenario: 'parapet/signal-login-bf', origin: 'scenario', mode: 'live' },
    ...more,
  };
}

function sampleInspection(id: string, more: Partial<InspectionRecord> = {}): InspectionRecord {
  return {
    ...{ id, at: NOON, site: 'shop', ip: '192.0.2.1', method: 'GET', path: '/search', route: '/search' },
    ...{ action: 'block', isEnforced: true, score: 0.99, network: 7, isVouched: false },
    reasons: [
      {
        ...{ detector: 'sql-union', class: 'sqli', text: 'looks like commands for a database', weight: 6.5 },
        foundIn: { placement: 'query', name: 'q', excerpt: 'union select' },
      },
    ],
    findings: [{ placement: 'query', name: 'q', class: 'sqli', logOdds: 6.5, shape: 'AQID' }],
    ...more,
  };
}

export const ALERT_ID = '11111111-1111-4111-8111-111111111111';
export const DECISION_ID = 'aaaabbbb-1111-4111-8111-111111111111';

/** Something of everything. */
export async function filled(options: StandOptions = {}): Promise<Stand> {
  const made = await stand(options);
  made.store.record({
    alerts: [sampleAlert(ALERT_ID, '203.0.113.5')],
    decisions: [sampleDecision(DECISION_ID, '203.0.113.5', { alertId: ALERT_ID })],
  });
  await made.store.flush();
  await made.store.addToAllowlist([{ list: 'office', value: '198.51.100.0/24', comment: 'us' }], 'anna');
  await made.store.inspections.add([sampleInspection('1a2b3c4d'), sampleInspection('5e6f7a8b')]);
  return made;
}

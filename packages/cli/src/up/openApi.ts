// Parapet's own API and the ways in for signals, as the configuration says; loaded only where one of them is wanted.

import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { createApi, SignalDesk, SignalSource, type Api, type EngineFacts } from '@parapet/api';
import type { LineSource } from '@parapet/engine';
import { parseDuration, parseIp, type Target } from '@parapet/kinds';
import type { MetricSample } from '@parapet/reports';
import type { Store, StoredDecision } from '@parapet/store';
import type { ApiConfig, SignalsConfig } from '../config/apiSchema.ts';
import type { CommandContext } from '../context.ts';
import { makeOperatorCheck, makeSpareCheck, makeTarget, operatorsSince } from '../target.ts';
import { VERSION } from '../version.ts';
import { faultTeller } from './faultTeller.ts';
import { openServers, withFlush, type Listening } from './listening.ts';
import { openDatagrams } from './signalDatagrams.ts';
import { RefusedFile } from './signalRefused.ts';
import { watchSpool } from './signalSpool.ts';

export interface ApiSurroundings {
  readonly context: CommandContext;
  readonly api: ApiConfig;
  readonly signals: SignalsConfig;
  readonly dataDir: string;
  readonly store: Store;
  readonly cursors: ReadonlyMap<string, unknown>;
  readonly engine: () => EngineFacts;
  readonly siteOf: (named: string) => string;
  readonly onAdded: (decisions: readonly StoredDecision[]) => void;
  readonly onLifted: (decisions: readonly StoredDecision[]) => void;
  readonly onNote: (text: string) => void;
}

export interface ApiService {
  /** Signals, as lines for the engine. */
  source(signal: AbortSignal): LineSource;
  /** What was taken, for Prometheus. */
  samples(): readonly MetricSample[];
  /** Opens all ways in; rejects with a UsageError when one cannot be had. */
  open(): Promise<ApiListening>;
}

export interface ApiListening {
  /** Of the API. */
  readonly urls: readonly string[];
  close(): Promise<void>;
}

const DAY_MS = 86_400_000;

/** Nothing listens before `open`. */
export function prepareApi(surroundings: ApiSurroundings): ApiService {
  const { context, store, cursors, dataDir, signals: config, onNote } = surroundings;
  const maxAgeMs = parseDuration(config.max_age) ?? DAY_MS;
  const end = new AbortController();
  const source = new SignalSource({
    ...{ signals: store.signals, cursors, now: context.now, signal: end.signal },
    // A record that is refused for its age needs no memory of its id.
    idsForMs: Math.max(maxAgeMs, DAY_MS),
  });
  const desk = new SignalDesk({
    ...{ signals: store.signals, now: context.now, maxAgeMs, recordsPerSecond: config.records_per_second },
    onStored: source.onStored,
  });
  return {
    source: (signal) => {
      signal.addEventListener('abort', () => end.abort());
      if (signal.aborted) end.abort();
      return source.lines(desk);
    },
    samples: () => samplesOf(desk),
    open: async () => {
      const refused = new RefusedFile(path.join(dataDir, 'refused-signals.ndjson'), context.now, onNote);
      const opened: { close(): Promise<void> }[] = [];
      try {
        const served = await serve(surroundings, desk);
        if (served !== undefined) opened.push(served);
        const taking = { desk, refused, onNote };
        opened.push(await openDatagrams({ ...taking, config, folder: context.folder }));
        if (config.spool !== undefined)
          opened.push(await watchSpool({ ...taking, folder: path.resolve(context.folder, config.spool) }));
        return { urls: served?.urls ?? [], close: () => closeAll(opened) };
      } catch (error) {
        await closeAll(opened);
        throw error;
      }
    },
  };
}

function samplesOf(desk: SignalDesk): readonly MetricSample[] {
  const { accepted, duplicates, refused, waiting } = desk.counts();
  const refusals = Object.values(refused).reduce((sum, count) => sum + count, 0);
  return [
    { name: 'parapet_signals_total', value: accepted, labels: { outcome: 'accepted' } },
    { name: 'parapet_signals_total', value: duplicates, labels: { outcome: 'duplicate' } },
    { name: 'parapet_signals_total', value: refusals, labels: { outcome: 'refused' } },
    { name: 'parapet_queue_length', value: waiting, labels: { queue: 'signals' } },
  ];
}

async function closeAll(opened: readonly { close(): Promise<void> }[]): Promise<void> {
  for (const one of opened) await one.close();
}

async function serve(surroundings: ApiSurroundings, desk: SignalDesk): Promise<Listening | undefined> {
  const { api: config, context } = surroundings;
  if (config.listen.length === 0) return undefined;
  const api = apiOf(surroundings, desk);
  const answer = getRequestListener(
    (request, env) => {
      const { incoming } = env as { incoming: IncomingMessage }; // of node:http
      return api(request, { ip: ipOf(incoming), body: incoming });
    },
    { overrideGlobalObjects: false },
  );
  const server = await openServers({
    // A port alone is one of this machine.
    listen: config.listen.map((address) => (/^\d+$/.test(address) ? `127.0.0.1:${address}` : address)),
    tls: config.tls,
    folder: context.folder,
    listener: (incoming, outgoing) => void answer(incoming, outgoing),
    told: {
      ...{ who: 'The API', section: 'api', example: '127.0.0.1:8091' },
      ...{ listenCode: 'E_API_LISTEN', tlsCode: 'E_API_TLS' },
    },
  });
  return withFlush(server, api);
}

function apiOf(surroundings: ApiSurroundings, signals: SignalDesk): Api {
  const { context, store, engine, siteOf, onAdded, onLifted, onNote, api } = surroundings;
  const { now } = context;
  return createApi({
    ...{ store, now, signals, engine, siteOf, onAdded, onLifted, version: VERSION, hosts: api.hosts },
    readTarget: makeTarget,
    reasonToSpare: (target) => reasonToSpare(context, store, target),
    onFault: faultTeller('The API could not answer', now, onNote),
  });
}

async function reasonToSpare(
  context: CommandContext,
  store: Store,
  target: Target,
): Promise<string | undefined> {
  const now = context.now();
  const operators = await store.listOperators(operatorsSince(now));
  return makeSpareCheck(context)(target) ?? makeOperatorCheck(operators, now)(target);
}

function ipOf({ socket }: IncomingMessage): string {
  const raw = socket.remoteAddress ?? '';
  return parseIp(raw) ?? raw;
}

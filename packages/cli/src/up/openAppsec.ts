// The AppSec protocol of an engine, as its configuration says: web servers ask, the inspector of the gateway judges,
// and what it finds goes the way of what a gateway tells.

import { randomBytes } from 'node:crypto';
import type { RequestListener, Server } from 'node:http';
import { TrustOffice } from '@parapet/enforcement';
import type { LineSource, Pipeline } from '@parapet/engine';
import { learningKey, siteSecret, toldLine, type SiteKnowledgeMessage } from '@parapet/gateway';
import { formatProblem, parseDuration, parseIpOrCidr } from '@parapet/kinds';
import { answerUnreadable, APPSEC_CODES, createAppsec, type AppsecCounts } from '@parapet/lapi';
import type { MetricSample } from '@parapet/reports';
import type { Store } from '@parapet/store';
import type { Config } from '../config/schema.ts';
import { installedAppsec } from '../inspection/installedAppsec.ts';
import { readOwnRules } from '../inspection/ownRules.ts';
import { prepareLearningInspector } from '../inspection/prepareInspector.ts';
import { rehearse } from '../inspection/rehearse.ts';
import { inspectionFor } from '../inspection/settings.ts';
import { AppsecDesk, type AppsecDeskOptions } from './appsecDesk.ts';
import { faultTeller } from './faultTeller.ts';
import { openServers, type Listening } from './listening.ts';
import { siteFinder } from './siteFinder.ts';
import { ToldLines } from './toldLines.ts';

/** Addresses with the certificate that they are served with. */
export interface AppsecListener {
  readonly listen: readonly string[];
  readonly tls?: { readonly certificate: string; readonly key: string } | undefined;
}

export interface AppsecSurroundings {
  readonly listeners: readonly AppsecListener[];
  readonly config: Config;
  /** As it counts now. */
  readonly current: () => Config;
  /** What paths in the configuration are relative to. */
  readonly folder: string;
  readonly dataDir: string;
  readonly hasGateway: boolean;
  readonly store: Store;
  readonly pipeline: Pipeline;
  readonly now: () => Date;
  readonly onNote: (text: string) => void;
  /** Takes the record of a request in which something was found, as a worker tells it. */
  readonly onRecord: (record: unknown) => void;
  /** Someone whom the site trusts is at this address. */
  readonly onTrusted: (sighting: object) => void;
}

export interface AppsecService {
  /** What is found, as lines for the engine. */
  source(signal: AbortSignal): LineSource;
  /** Takes what is known of a site. */
  know(message: SiteKnowledgeMessage): void;
  /** Trust that was given out under another number has ended. */
  trustEpoch(epoch: number): void;
  samples(): readonly MetricSample[];
  /** Listens; rejects with a UsageError when it cannot. */
  open(): Promise<Listening>;
}

/** A client's own headers and those of the question: nginx takes 32 KiB of them by default. */
const MOST_HEADER_BYTES = 131_072;
const SERVED = {
  http: { maxHeaderSize: MOST_HEADER_BYTES },
  tune: (server: Server): void => {
    // Their size is bounded. One that was left out would not be inspected.
    server.maxHeadersCount = 0;
    server.on('clientError', answerUnreadable);
  },
  told: {
    who: 'The AppSec protocol',
    section: 'appsec',
    example: '127.0.0.1:7422',
    listenCode: 'E_APPSEC_LISTEN',
    tlsCode: 'E_APPSEC_TLS',
  },
} as const;

/** Loads rules and model; nothing listens before `open`. */
export function prepareAppsec(surroundings: AppsecSurroundings): AppsecService {
  const { config, folder, dataDir, store, now, onRecord, listeners } = surroundings;
  const nowMs = (): number => now().getTime();
  const secret = siteSecret(dataDir);
  const settings = inspectionFor(config, folder, dataDir);
  const installed = installedAppsec(settings.appsec);
  // A gateway beside it says so itself.
  if (!surroundings.hasGateway)
    for (const problem of [...readOwnRules(settings.ownRules).problems, ...installed.problems])
      surroundings.onNote(formatProblem(problem));
  const { onNote } = surroundings;
  const onFault = faultTeller("A web server's request could not be judged", now, onNote);
  const newRecordId = (): string => randomBytes(4).toString('hex');
  const learning = { nowMs, keyOf: (site: string) => learningKey(secret, site), newRecordId };
  const inspector = prepareLearningInspector(
    settings,
    // Only what the site answered well teaches, and what it answers is not seen here.
    { ...learning, onSample: () => {}, onRecord: (record) => onRecord(asTold(record)), onFault },
    installed,
  );
  const trust = new TrustOffice([secret], -1);
  const lines = new ToldLines('appsec', nowMs);
  const desk = new AppsecDesk({
    inspector,
    siteOf: siteFinder(surroundings.current),
    doubtful: config.appsec.doubtful,
    spare: sparing(surroundings, trust),
    newRecordId,
    nowMs,
    tell: (request, { ip, transactionId }, site, told) =>
      lines.add(toldLine(ip, request, told, { site, requestId: transactionId, atMs: nowMs() })),
  });
  const appsec = createAppsec({
    store,
    now,
    judge: desk,
    codes: { ...APPSEC_CODES, ...installed.codes },
    bodyBytes: settings.bodyBytes,
    bodyMs: parseDuration(config.appsec.body_timeout) ?? 1000, // the schema has checked it
    onFault,
    onRefused: faultTeller('Requests of a web server are not looked into', now, onNote),
  });
  const listener: RequestListener = (incoming, outgoing) => void appsec(incoming, outgoing);
  return {
    source: (signal) => lines.source(signal),
    know: (message) => void inspector.know(message),
    trustEpoch: (epoch) => trust.setEpoch(epoch),
    samples: () => samplesOf(appsec.counts(), lines.dropped),
    open: async () => {
      const opened: Listening[] = [];
      const close = async (): Promise<void> => {
        await Promise.all(opened.map((one) => one.close()));
      };
      try {
        for (const one of listeners) opened.push(await openServers({ ...one, folder, listener, ...SERVED }));
      } catch (error) {
        await close();
        throw error;
      }
      rehearse(inspector);
      return { urls: opened.flatMap(({ urls }) => urls), close };
    },
  };
}

function sparing(
  { pipeline, now, onTrusted }: AppsecSurroundings,
  trust: TrustOffice,
): AppsecDeskOptions['spare'] {
  return (request, { ip }, site) => {
    const atMs = now().getTime();
    const range = parseIpOrCidr(ip);
    if (range !== undefined && pipeline.stages.allowlist.find(range, atMs) !== undefined)
      return { cause: 'allowed' };
    const shown = trust.check(request, site, atMs);
    if (shown === undefined) return undefined;
    onTrusted({ ip, site, who: shown.who, kind: shown.kind, atMs });
    return { cause: 'trusted', detail: shown.who };
  };
}

function samplesOf(counts: Readonly<AppsecCounts>, dropped: number): readonly MetricSample[] {
  return [
    ...Object.entries(counts).map(([answer, value]) => ({
      ...{ name: 'parapet_appsec_answers_total' as const, value: Number(value) },
      labels: { answer },
    })),
    { name: 'parapet_queue_dropped_total', value: dropped, labels: { queue: 'appsec' } },
  ];
}

/** As it would have come from a worker. */
function asTold(record: unknown): unknown {
  return JSON.parse(JSON.stringify(record));
}

// What the dashboard shows of sites and of who serves them: what the configuration says, what the gateway's workers say of
// themselves, how far the learning is, and until when certificates hold.

import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { siteKey, type SiteRow, type SitesView } from '@parapet/dashboard';
import { inspectionModeOf } from '@parapet/enforcement';
import type { SupervisorStatus } from '@parapet/gateway';
import type { LiveConfig } from '../config/liveConfig.ts';
import { configuredName } from '../traffic/seasons.ts';
import { readStatus, type TrafficStatus } from '../traffic/status.ts';
import { sitesFor } from './gatewayConfig.ts';

export interface SiteSurroundings {
  readonly live: Pick<LiveConfig, 'current' | 'written' | 'chosen'>;
  /** What paths in the configuration are relative to. */
  readonly folder: string;
  readonly dataDir: string;
  readonly version: string;
  readonly startedMs: number;
  readonly nowMs: number;
  /** What the gateway's supervisor says; undefined where there is none. */
  readonly ask: (dataDir: string) => Promise<SupervisorStatus | undefined>;
}

type Upstream = SiteRow['upstreams'][number];

export async function sitesView(surroundings: SiteSurroundings): Promise<Omit<SitesView, 'nodes'>> {
  const { live, folder, dataDir, version, startedMs, nowMs, ask } = surroundings;
  const config = live.current;
  const status = await ask(dataDir);
  const traffic = readStatus(dataDir);
  return {
    sites: siteRows(live, status, traffic),
    workers: workerRows(status),
    certificates: config.gateway.certificates.map(({ cert_file: file }) => certificateAt(folder, file)),
    listening: status?.listening ?? [],
    restarts: status?.restarts ?? 0,
    hasGateway: status !== undefined,
    ...{ version, startedMs, nowMs },
  };
}

/** Those of the gateway, and those that are known from a log alone. */
function siteRows(
  live: SiteSurroundings['live'],
  status: SupervisorStatus | undefined,
  traffic: TrafficStatus | undefined,
): readonly SiteRow[] {
  const config = live.current;
  const upstreams = upstreamsBySite(status);
  const mayInspect = [...sitesFor(live.written, {}), ...sitesFor(config, {})].some(
    ({ inspection }) => inspection !== 'off',
  );
  const isChosen = (site: string, what: 'mode' | 'inspection'): boolean =>
    live.chosen(siteKey(site, what)) !== undefined;
  const known = status === undefined ? [] : sitesFor(config, {});
  const learned = new Map(
    (traffic?.sites ?? []).map((site) => [
      configuredName(site.site),
      learnedOf(site, traffic?.wantedDays ?? 0),
    ]),
  );
  const names = new Set([...upstreams.keys(), ...learned.keys()]);
  return [...names].map((name): SiteRow => {
    const written = known.find((site) => site.name === name);
    const mode = written?.mode ?? config.gateway.mode;
    const isOwn = config.gateway.sites.some((site) => site.name === name);
    const hasOwnInspection = config.inspection.sites.some((site) => site.name === name);
    const site = learned.get(name);
    return {
      ...{ name, hosts: written?.hosts ?? [], upstreams: upstreams.get(name) ?? [] },
      isServed: upstreams.has(name),
      mode,
      modePlace: isOwn ? `gateway.sites: ${name}: mode` : 'gateway.mode',
      isModeChosen: isChosen(name, 'mode'),
      isInspectionChosen: isChosen(name, 'inspection'),
      mayInspect,
      inspection: written?.inspection ?? config.inspection.mode,
      inspectionNow: inspectionModeOf({ mode, inspection: written?.inspection ?? config.inspection.mode }),
      inspectionPlace: hasOwnInspection ? `inspection.sites: ${name}: mode` : 'inspection.mode',
      ...(site === undefined ? {} : { learned: site }),
    };
  });
}

/** Up is what a worker has found to work; what is under way is added up. */
function upstreamsBySite(status: SupervisorStatus | undefined): ReadonlyMap<string, readonly Upstream[]> {
  const sites = new Map<string, Map<string, Upstream>>();
  for (const { health } of status?.workers ?? [])
    for (const { site: name, upstreams } of health?.sites ?? []) {
      const all = sites.get(name) ?? new Map<string, Upstream>();
      sites.set(name, all);
      for (const { url, isUp, outstanding } of upstreams) {
        const before = all.get(url);
        all.set(url, {
          url,
          isUp: isUp || before?.isUp === true,
          underWay: outstanding + (before?.underWay ?? 0),
        });
      }
    }
  return new Map([...sites].map(([name, all]) => [name, [...all.values()]]));
}

function learnedOf(
  { mode, modeNow, days, state, requests, usual }: TrafficStatus['sites'][number],
  wantedDays: number,
): NonNullable<SiteRow['learned']> {
  return {
    ...{ mode, modeNow, days, wantedDays, state, requests },
    ...(usual === undefined ? {} : { usual }),
  };
}

function workerRows(status: SupervisorStatus | undefined): SitesView['workers'] {
  return (status?.workers ?? []).map(({ number, pid, state, health }) => ({
    ...{ number, pid, state },
    ...(health === undefined
      ? {}
      : {
          health: {
            isConnected: health.engine.isConnected,
            ...(health.engine.heardSecondsAgo === null
              ? {}
              : { heardSecondsAgo: health.engine.heardSecondsAgo }),
            upForSeconds: health.upForSeconds,
            underWay: health.sites
              .flatMap(({ upstreams }) => upstreams)
              .reduce((sum, { outstanding }) => sum + outstanding, 0),
            decisions: health.decisions.size,
            droppedEvents: health.engine.droppedEvents,
            faults: health.faults,
          },
        }),
  }));
}

function certificateAt(folder: string, file: string): SitesView['certificates'][number] {
  try {
    const { validTo, subjectAltName = '' } = new X509Certificate(readFileSync(path.resolve(folder, file)));
    return { file, names: subjectAltName.replaceAll('DNS:', ''), endMs: Date.parse(validTo) };
  } catch {
    return { file, names: '' };
  }
}

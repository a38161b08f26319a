// How far the learning is and what goes on, for people: written down each minute beside what was learnt, since that is
// too large to be read for a line of text.

import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import {
  trafficModeAt,
  trafficProgress,
  type SiteMonitor,
  type TrafficMode,
  type TrafficMonitor,
} from '@parapet/engine';
import { z } from 'zod';
import type { Config } from '../config/schema.ts';
import { writeWhole } from '../io/writeWhole.ts';
import { calendarOf, configuredName, seasonWords } from './seasons.ts';

const siteSchema = z.object({
  /** '' for a log that names no hosts. */
  site: z.string(),
  /** What was chosen, and what is done now: nothing is enforced before enough is known. */
  mode: z.enum(['off', 'learn', 'observe', 'enforce']),
  modeNow: z.enum(['off', 'learn', 'observe', 'enforce']),
  days: z.number(),
  progress: z.string(),
  state: z.enum(['attack-wave', 'flash-crowd', 'usual']),
  clients: z.number(),
  paths: z.number(),
  /** Requests of the last minute that is over, and how many are usual then. */
  requests: z.number(),
  usual: z.number().optional(),
  /** What the calendar has for now and the next days, a sentence each. */
  seasons: z.array(z.string()).default([]),
});

const statusSchema = z.object({
  version: z.literal(1),
  at: z.string(),
  wantedDays: z.number(),
  sites: z.array(siteSchema),
});

export type TrafficStatus = z.infer<typeof statusSchema>;
type SiteStatus = z.infer<typeof siteSchema>;

const NAME = 'traffic-status.json';

export function writeStatus(dataDir: string, status: TrafficStatus): void {
  writeWhole(path.join(dataDir, NAME), `${JSON.stringify(status)}\n`, 0o600);
}

export function removeStatus(dataDir: string): void {
  rmSync(path.join(dataDir, NAME), { force: true });
}

/** Returns what was written last; undefined where nothing was, or nothing that can be read. */
export function readStatus(dataDir: string): TrafficStatus | undefined {
  const file = path.join(dataDir, NAME);
  if (!existsSync(file)) return undefined;
  try {
    return statusSchema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch {
    return undefined; // what is written next can be read again
  }
}

/** Returns how far the learning is now. */
export function statusOf(monitor: TrafficMonitor, settings: Config['traffic'], at: Date): TrafficStatus {
  const sites = [...monitor.sites].map((site) => siteStatus(site, settings, at));
  return { version: 1, at: at.toISOString(), wantedDays: settings.days, sites };
}

function siteStatus(monitor: SiteMonitor, settings: Config['traffic'], at: Date): SiteStatus {
  const { site, traffic, state, lastMinute } = monitor;
  const mode = chosenMode(settings, site);
  const { requests } = traffic.minutes;
  return {
    ...{ site, mode, state, ...lastMinute },
    modeNow: mode === 'off' ? mode : trafficModeAt(requests.length, mode, settings.days),
    days: Math.floor((10 * requests.length) / 1440) / 10,
    progress: trafficProgress(requests, settings.days),
    clients: traffic.clients.size,
    paths: traffic.paths.size,
    seasons: [...seasonWords(calendarOf(settings), site, at.getTime())],
  };
}

/** Returns the mode that the configuration has for a site. */
export function chosenMode({ mode, sites }: Config['traffic'], site: string): TrafficMode | 'off' {
  return sites.find(({ name }) => name === configuredName(site))?.mode ?? mode;
}

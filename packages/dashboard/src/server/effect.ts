// Whom a decision would hit: looked at before it is made, so that nobody locks out a provider to be rid of one visitor.

import { cidrContains, parseIp, parseIpOrCidr, type Cidr, type Language } from '@parapet/kinds';
import { explainReason } from '@parapet/reports';
import type { EffectView, VisitsView } from '../wire.ts';
import { peopleSince } from './incidents/radar.ts';
import type { DashboardOptions } from './options.ts';

const WEEK_MS = 7 * 86_400_000;
const SHOWN = 5;
const NOBODY: VisitsView = {
  ...{ requests: 0, addresses: 0, days: 0, isEstimate: false, people: 0, logins: 0, examples: [] },
};

export interface Doubt {
  readonly value: string;
  readonly why: string;
}

/** Returns whom decisions on these values would hit; `ip` is who asks, in this language. */
export async function effectOf(
  options: DashboardOptions,
  values: readonly string[],
  ip: string,
  language: Language,
): Promise<EffectView> {
  const { store, now, readTarget, reasonToSpare } = options;
  const doubtful: Doubt[] = [];
  const places: Cidr[] = [];
  let [targets, covered, inside] = [0, 0, 0];
  for (const value of values) {
    const read = readTarget(undefined, value);
    if ('problem' in read) {
      doubtful.push({ value, why: explainReason(read.problem, language) });
      continue;
    }
    targets += 1;
    const why = (await reasonToSpare(read.target)) ?? (await allowlisted(options, read.target.value));
    if (why !== undefined) doubtful.push({ value, why: explainReason(why, language) });
    const place = parseIpOrCidr(read.target.value);
    if (place === undefined) continue;
    places.push(place);
    const running = { activeAt: now(), mode: 'live' } as const;
    if ((await store.countDecisions({ ...running, around: place })) > 0) covered += 1;
    else if (read.target.scope === 'range')
      inside += await store.countDecisions({ ...running, inside: place });
  }
  const own = parseIp(ip);
  return {
    ...{ targets, covered, inside },
    isYou: own !== undefined && places.some((place) => cidrContains(place, own)),
    ...{ doubtful: doubtful.slice(0, SHOWN), doubtfulCount: doubtful.length },
    visits: (await visitsOf(options, places)) ?? NOBODY,
  };
}

/** Returns who came from there lately; undefined for who may see some sites only. */
export async function visitsOf(
  options: DashboardOptions,
  places: readonly Cidr[],
): Promise<VisitsView | undefined> {
  const people = await peopleSince(options, new Date(options.now().getTime() - WEEK_MS));
  return options.visits(places, people);
}

/** How many of those who would be hit look like people. */
export function humansIn({ people, logins }: VisitsView): number {
  return Math.max(people, logins);
}

async function allowlisted({ store }: DashboardOptions, value: string): Promise<string | undefined> {
  const [entry] = await store.findAllowlisted(value);
  return entry === undefined ? undefined : `${entry.value} is on the allowlist ${entry.list}`;
}

// What the store knows of the last seven days.

import { WEEK_MS, weekFacts, type WeekFacts } from '@parapet/notify';
import { eachAlert, type AlertFilter, type AlertSummary, type Store } from '@parapet/store';

const DAY_MS = 86_400_000;
const MOST_SIGNS = 10_000;
const MOST_TOP = 5;

/** Returns the week that ends at that moment. */
export async function readWeek(store: Store, until: Date): Promise<WeekFacts> {
  const since = new Date(until.getTime() - WEEK_MS);
  const sums = await store.sumAlerts({ since, until, stepMs: DAY_MS, top: MOST_TOP });
  const last = async (filter: AlertFilter): Promise<AlertSummary | undefined> =>
    (await store.listAlerts({ ...filter, since, until }, { newestFirst: true, limit: 1 }))[0];
  const labels = new Map<string, AlertSummary['labels']>();
  for (const { scenario } of sums.scenarios)
    if (!labels.has(scenario)) labels.set(scenario, (await last({ scenario }))?.labels ?? {});
  const top: WeekFacts['top'][number][] = [];
  for (const { value, alerts } of sums.top) {
    const { countryCode, asName } = (await last({ value }))?.source ?? {};
    top.push({
      ...{ value, alerts },
      ...(countryCode === undefined ? {} : { countryCode }),
      ...(asName === undefined ? {} : { asName }),
    });
  }
  let [requests, stopped] = [0, 0];
  for (const minute of await store.minutes.since(since)) {
    if (minute.at >= until) continue;
    requests += minute.lines;
    stopped += minute.stopped;
  }
  const people = new Set<string>();
  for (const { ip, at } of await store.humanSigns.since(since, MOST_SIGNS)) if (at <= until) people.add(ip);
  for (const { ip, at } of await store.listAppeals({})) if (at >= since && at <= until) people.add(ip);
  return weekFacts({
    ...{ untilMs: until.getTime(), sources: sums.sources, top, requests, stopped, people: people.size },
    scenarios: sums.scenarios.map((one) => ({ ...one, labels: labels.get(one.scenario) ?? {} })),
    watched: await store.countAlerts({ since, until, simulated: true }),
    alertsBefore: await store.countAlerts({ since: new Date(since.getTime() - WEEK_MS), until: since }),
    decisions: await store.countDecisions({ since, until, mode: 'live' }),
    appealsOpen: await store.countAppeals({ state: 'open' }),
  });
}

/** Yields alerts, the newest first. */
export function alertsBetween(store: Store, since: Date, until: Date): AsyncGenerator<AlertSummary> {
  return eachAlert(store, { since, until }, { newestFirst: true });
}

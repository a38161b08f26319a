// What the store knows of the last seven days, page by page.

import { WEEK_MS, WeekCounter, type WeekFacts } from '@parapet/notify';
import { eachAlert, type AlertSummary, type Store } from '@parapet/store';

const MOST_SIGNS = 10_000;

/** Returns the week that ends at that moment. */
export async function readWeek(store: Store, until: Date): Promise<WeekFacts> {
  const since = new Date(until.getTime() - WEEK_MS);
  const counter = new WeekCounter(until.getTime());
  for await (const alert of alertsBetween(store, since, until)) counter.add(alert);
  let [requests, stopped] = [0, 0];
  for (const minute of await store.minutes.since(since)) {
    if (minute.at >= until) continue;
    requests += minute.lines;
    stopped += minute.stopped;
  }
  const people = new Set<string>();
  for (const { ip, at } of await store.humanSigns.since(since, MOST_SIGNS)) if (at <= until) people.add(ip);
  for (const { ip, at } of await store.listAppeals({})) if (at >= since && at <= until) people.add(ip);
  return counter.facts({
    ...{ requests, stopped, people: people.size },
    alertsBefore: await store.countAlerts({ since: new Date(since.getTime() - WEEK_MS), until: since }),
    decisions: await store.countDecisions({ since, until, mode: 'live' }),
    appealsOpen: await store.countAppeals({ state: 'open' }),
  });
}

/** Yields alerts, the newest first. */
export function alertsBetween(store: Store, since: Date, until: Date): AsyncGenerator<AlertSummary> {
  return eachAlert(store, { since, until }, { newestFirst: true });
}

// What a store holds, counted: for `metrics` where no engine answers, and for a support dump.

import type { Store } from '@parapet/store';

export interface StoreCounts {
  readonly alerts: number;
  readonly alertsByScenario: ReadonlyMap<string, number>;
  readonly decisions: number;
  /** In force now, by `origin remediation`. */
  readonly activeBy: ReadonlyMap<string, number>;
}

const PAGE = 1000;
/** Of more, the oldest are counted by scenario. */
const MOST = 200_000;

export async function countStore(store: Store, now: Date): Promise<StoreCounts> {
  const alertsByScenario = new Map<string, number>();
  let last: number | undefined;
  for (let read = 0; read < MOST;) {
    const page = await store.listAlerts(last === undefined ? {} : { after: last }, { limit: PAGE });
    for (const { scenario } of page) count(alertsByScenario, scenario);
    read += page.length;
    last = page.at(-1)?.number;
    if (page.length < PAGE) break;
  }
  const activeBy = new Map<string, number>();
  const active = await store.listDecisions({ activeAt: now }, { limit: MOST });
  for (const { origin, remediation, mode } of active)
    count(activeBy, `${origin} ${remediation}${mode === 'simulated' ? ' (simulated)' : ''}`);
  return {
    alerts: await store.countAlerts({}),
    alertsByScenario,
    decisions: await store.countDecisions({}),
    activeBy,
  };
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

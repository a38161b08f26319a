// All alerts that fit, however many there are.
import type { Store } from './store.ts';
import type { AlertFilter, AlertSummary } from './tables/alerts.ts';

const PAGE = 500;

/** Yields alerts by when they were known; read a page at a time, so that memory does not grow with their number. */
export async function* eachAlert(
  store: Pick<Store, 'listAlerts'>,
  filter: AlertFilter,
  { newestFirst, pageRows = PAGE }: { readonly newestFirst: boolean; readonly pageRows?: number },
): AsyncGenerator<AlertSummary> {
  for (let behind = filter.behind; ;) {
    const page: readonly AlertSummary[] = await store.listAlerts(
      behind === undefined ? filter : { ...filter, behind },
      { limit: pageRows, newestFirst },
    );
    yield* page;
    behind = page.at(-1);
    if (page.length < pageRows || behind === undefined) return;
  }
}

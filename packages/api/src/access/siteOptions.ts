// The API for a token of some sites: the store tells of these alone and refuses what is about more, and so does the rest.

import { storeOfSites } from '@parapet/store';
import type { ApiOptions } from '../options.ts';
import { Problem } from '../problem.ts';
import type { RawRecord } from '../signals/batch.ts';

/** Returns what the routes are given. */
export function optionsOfSites(whole: ApiOptions, sites: readonly string[]): ApiOptions {
  const own = (record: RawRecord): RawRecord =>
    !record.ok || isOwn(record.value)
      ? record
      : {
          ok: false,
          code: 'E_SIGNAL_SITE',
          detail: `the token is for ${sites.join(', ')}: say which as site`,
        };
  const isOwn = (value: unknown): boolean => {
    const named: unknown =
      typeof value === 'object' && value !== null ? Reflect.get(value, 'site') : undefined;
    return typeof named === 'string' && sites.includes(whole.siteOf(named));
  };
  return {
    ...whole,
    store: storeOfSites(whole.store, sites),
    engine: () => {
      throw notForSites();
    },
    signals: {
      take: (sender, records) => whole.signals.take(sender, records.map(own)),
      counts: () => {
        throw notForSites();
      },
    },
  };
}

export function notForSites(): Problem {
  return new Problem(403, 'E_API_SITES', 'This is about all sites, and the token is for single ones');
}

// Which site an alert is about: the one that all of its evidence names. Who went from site to site is everybody's
// alert, and is shown to those who may see all sites: the evidence of one site is no business of another's owner.
import type { Alert } from '@parapet/kinds';
import { textOf } from './column.ts';
import type { Database } from './database.ts';

/** Returns the site, or an empty text where the evidence names none, or more than one. */
export function siteOfAlert(
  { source, events }: Pick<Alert, 'source' | 'events'>,
  nameOf: (named: string) => string,
): string {
  if (source.scope === 'site') return nameOf(source.value.toLowerCase());
  let site: string | undefined;
  for (const { meta } of events) {
    const named =
      meta.find(([key, value]) => key === 'site' && value !== '') ??
      meta.find(([key]) => key === 'target_fqdn');
    const own = named === undefined || named[1] === '' ? '' : nameOf(named[1].toLowerCase());
    if (own === '' || (site !== undefined && site !== own)) return '';
    site = own;
  }
  return site ?? '';
}

/** Gives what was stored under the name of a host the name of its site; costs little when all have theirs. */
export function nameSites(db: Database, nameOf: (named: string) => string): void {
  const named = db.all(`SELECT DISTINCT site FROM alerts WHERE site <> ''`);
  for (const host of named.map((row) => textOf(row, 'site'))) {
    const site = nameOf(host);
    if (site === host) continue;
    db.write(() => {
      for (const table of ['alerts', 'decisions'])
        db.run(`UPDATE ${table} SET site = ? WHERE site = ? AND site <> ''`, [site, host]);
    });
  }
}

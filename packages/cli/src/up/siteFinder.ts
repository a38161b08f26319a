// Which site a host is, what is done about attacks there, and what the sites are called.

import { inspectionModeOf } from '@parapet/enforcement';
import { SiteTable } from '@parapet/gateway';
import type { Config } from '../config/schema.ts';
import type { AppsecDeskOptions } from './appsecDesk.ts';
import { sitesFor } from './gatewayConfig.ts';

/** Of signals about the dashboard itself, which is none of the sites that it shows. */
export const DASHBOARD_SITE = 'parapet-dashboard';

/** A host that no site has is inspected as the configuration says for all; what is chosen meanwhile counts. */
export function siteFinder(current: () => Config): AppsecDeskOptions['siteOf'] {
  let known: Config | undefined;
  let find: AppsecDeskOptions['siteOf'] | undefined;
  return (host) => {
    const config = current();
    if (find === undefined || config !== known) find = finderOf(config);
    known = config;
    return find(host);
  };
}

function finderOf(config: Config): AppsecDeskOptions['siteOf'] {
  const table = new SiteTable(sitesFor(config, {}));
  const other = { name: '', mode: config.inspection.mode };
  return (host) => {
    const site = table.find(host);
    return site === undefined ? other : { name: site.name, mode: inspectionModeOf(site) };
  };
}

export interface SiteNames {
  readonly names: readonly string[];
  /** The site of a host, or of a name that an application gives; empty for none of ours. */
  readonly nameOf: (named: string) => string;
}

/** Visitors send any host: what is none of ours is no site. */
export function siteNames(config: Config): SiteNames {
  const sites = sitesFor(config, {});
  const table = new SiteTable(sites);
  const names = sites.map(({ name }) => name);
  const known = new Map(names.map((name) => [name.toLowerCase(), name]));
  const nameOf = (named: string): string =>
    known.get(named.toLowerCase()) ?? (named === DASHBOARD_SITE ? '' : (table.find(named)?.name ?? ''));
  return { names, nameOf };
}

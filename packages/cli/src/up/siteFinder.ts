// Which site a host is, and what is done about attacks there.

import { inspectionModeOf } from '@parapet/enforcement';
import { SiteTable } from '@parapet/gateway';
import type { Config } from '../config/schema.ts';
import type { AppsecDeskOptions } from './appsecDesk.ts';
import { sitesFor } from './gatewayConfig.ts';

/** A host that no site has is inspected as the configuration says for all. */
export function siteFinder(config: Config): AppsecDeskOptions['siteOf'] {
  const table = new SiteTable(sitesFor(config, {}));
  const other = { name: '', mode: config.inspection.mode };
  return (host) => {
    const site = table.find(host);
    return site === undefined ? other : { name: site.name, mode: inspectionModeOf(site) };
  };
}

// The gateway's configuration as the guard sees it.

import type { GuardSettings } from '@parapet/enforcement';
import { PROXY_PRESETS } from '../edge/proxyPresets.table.ts';
import type { WorkerConfig } from './workerConfig.ts';

export function guardSettingsOf({ gateway, guard }: WorkerConfig): GuardSettings {
  const { sites, trustedProxies } = gateway;
  return {
    ...guard,
    sites: sites.map(({ name, title, mode, inspection, closedPaths, neverChallenge, basePath }) => ({
      name,
      mode,
      closedPaths,
      neverChallenge,
      ...(title === undefined ? {} : { title }),
      ...(inspection === undefined ? {} : { inspection }),
      ...(basePath === undefined ? {} : { basePath }),
    })),
    ownProxies: trustedProxies.flatMap((name) =>
      Object.hasOwn(PROXY_PRESETS, name) ? (PROXY_PRESETS[name]?.ranges ?? []) : [name],
    ),
  };
}

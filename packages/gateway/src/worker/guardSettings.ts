// The gateway's configuration as the guard sees it.

import type { GuardSettings } from '@parapet/enforcement';
import type { GatewayConfig } from '../config.ts';
import { PROXY_PRESETS } from '../edge/proxyPresets.table.ts';

export function guardSettingsOf({ sites, trustedProxies }: GatewayConfig): GuardSettings {
  return {
    sites: sites.map(({ name, mode, closedPaths, neverChallenge }) => ({
      name,
      mode,
      closedPaths,
      neverChallenge,
    })),
    ownProxies: trustedProxies.flatMap((name) =>
      Object.hasOwn(PROXY_PRESETS, name) ? (PROXY_PRESETS[name]?.ranges ?? []) : [name],
    ),
  };
}

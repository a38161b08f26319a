// A site's configuration, for tests.

import type { SiteConfig } from '../../src/config.ts';

export function site(name: string, hosts: readonly string[], upstreams: readonly string[] = []): SiteConfig {
  return {
    name,
    hosts,
    upstreams,
    hostHeader: 'client',
    health: undefined,
    mode: 'enforce',
    closedPaths: [],
    neverChallenge: [],
  };
}

// The recipe for Apache, as it stands in docs/forward-auth.md, with the real Apache.

import { describeAsking } from './asking.ts';
import { hasApache, startApache } from './servers.ts';

describeAsking(
  'Apache that asks (skipped without it, mod_lua and LuaSocket)',
  hasApache(),
  startApache,
  // Of what Parapet answered, nothing stands in the log.
  { some: '/a?b=%20c', none: /GET \/x |parapet/ },
);

// The recipe for HAProxy, as it stands in docs/forward-auth.md, with the real HAProxy.

import { describeAsking } from './asking.ts';
import { hasProgram, startHaproxy } from './servers.ts';

describeAsking('HAProxy that asks (skipped where it is absent)', hasProgram('haproxy'), startHaproxy);

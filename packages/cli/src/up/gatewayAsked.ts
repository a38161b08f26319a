// Whether a gateway is asked for, by option or configuration: apart, so that an engine alone loads none of it.

import type { Config } from '../config/schema.ts';

export interface GatewayFlags {
  readonly upstream?: string;
  readonly port?: string;
}

export function isGatewayAsked({ gateway }: Config, flags: GatewayFlags): boolean {
  return (
    flags.upstream !== undefined ||
    gateway.upstream !== undefined ||
    gateway.sites.some(({ upstreams }) => upstreams.length > 0) ||
    gateway.listen.some(({ serves }) => serves === 'forward-auth')
  );
}

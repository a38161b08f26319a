// The door of the gateway.

export {
  GATEWAY_LIMITS,
  GATEWAY_TIMEOUTS,
  type CertificateConfig,
  type GatewayConfig,
  type GatewayLimits,
  type GatewayTimeouts,
  type ListenerConfig,
  type SiteConfig,
} from './config.ts';
export { trustedProxyProblem } from './edge/trustedProxies.ts';

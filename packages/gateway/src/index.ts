// The door of the gateway.

export {
  serveForwardAuth,
  type ForwardAuth,
  type ForwardAuthCounters,
  type ForwardAuthOptions,
} from './auth/forwardAuth.ts';
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
export { learningKey, siteSecret } from './worker/siteSecret.ts';
export { CertificateStore, type CertificateStoreOptions } from './edge/certificateStore.ts';
export { hostProblem, SiteTable } from './edge/siteTable.ts';
export { trustedProxyProblem } from './edge/trustedProxies.ts';
export { ChunkedReader } from './http/chunked.ts';
export { REFUSAL_STATUSES, type RefusalCode, type RefusalReason } from './http/refusals.ts';
export { DROP_AUTHORITY, DROP_CLAIM, DROP_HOP, DROP_LOOKALIKE, RequestHead } from './http/request-head.ts';
export { ResponseHead } from './http/response-head.ts';
export { parseUpstream, type UpstreamAddress, type UpstreamParse } from './edge/upstreamAddress.ts';
export type { GatewayCounters } from './relay/counters.ts';
export { createGateway, type Gateway, type GatewayOptions, type SiteHealth } from './relay/gateway.ts';
export {
  ENGINE_SOCKET,
  gatewayDate,
  LinkServer,
  type KnowledgeTopic,
  type SiteKnowledgeMessage,
  openSocketFolder,
  SNAPSHOT_FILE,
  toldLine,
  type WorkerBatch,
} from './link/index.ts';
export {
  askSupervisor,
  Backoff,
  findOrphans,
  readAddress as readAddressOf,
  Supervisor,
  SupervisorError,
  type SupervisorStatus,
} from './supervisor/index.ts';
export type { GatewayPolicy } from './worker/gatewayPolicy.ts';
export { LATENCY_MS } from './worker/counts.ts';
export type { WorkerInspector, WorkerLearning } from './worker/workerInspector.ts';
export { runWorker, type WorkerCosts } from './worker/worker.ts';
export type { WorkerConfig, WorkerInspection } from './worker/workerConfig.ts';

// The door of the SDK: Parapet inside a Node program (docs/sdk.md).

export type { SignalRecord, SignalValue } from '@parapet/kinds';
export {
  ApiClient,
  ApiError,
  type AlertDetails,
  type AlertInfo,
  type ApiClientOptions,
  type ApiQuery,
  type CheckInfo,
  type DecisionInfo,
  type ExplanationInfo,
} from './api/client.ts';
export { SignalClient, type SignalClientOptions, type SignalCounters } from './signals/signalClient.ts';
export type { AskerCounters } from './asker.ts';
export type { FastifyLike } from './fastify.ts';
export type { HonoContext } from './hono.ts';
export type { ParapetOptions } from './options.ts';
export { Parapet } from './parapet.ts';
export { visitorOf, type Visitor } from './visitor.ts';

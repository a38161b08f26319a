// The door of the SDK: Parapet inside a Node program (docs/sdk.md).

export type { AskerCounters } from './asker.ts';
export type { FastifyLike } from './fastify.ts';
export type { HonoContext } from './hono.ts';
export type { ParapetOptions } from './options.ts';
export { Parapet } from './parapet.ts';
export { visitorOf, type Visitor } from './visitor.ts';

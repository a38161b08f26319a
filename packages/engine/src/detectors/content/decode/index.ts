// The door of the decoders.

export type { Watch } from './attention.ts';
export { DECODE_LIMITS, type DecodeLimits } from './limits.ts';
export { readParts } from './readParts.ts';

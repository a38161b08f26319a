// The door of the decoders.

export { DECODE_LIMITS, type DecodeLimits } from './limits.ts';
export { readParts } from './readParts.ts';

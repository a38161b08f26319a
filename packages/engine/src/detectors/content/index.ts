export { DECODE_LIMITS, readParts, type DecodeLimits } from './decode/index.ts';
export type { Anomaly, Decoding, Part, RequestParts, View } from './parts.ts';
export * from './verdict/index.ts';
export * from './lexers/index.ts';
export * from './model/index.ts';
export * from './site/index.ts';
export * from './rules/index.ts';
export * from './appsec/index.ts';

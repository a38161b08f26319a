// How much of a request is looked at, beside what effort.ts allows. Every limit exists because somebody sends more than that on purpose; what lies
// beyond one is noted as an anomaly or looked at in excerpts, and never goes unseen without a word.

export interface DecodeLimits {
  /** Of a body as sent, and after Content-Encoding is undone; of a longer one the ends and the suspicious middle are read. */
  readonly bodyBytes: number;
  /** Parts in the order sent; of the rest only the most suspicious are kept. */
  readonly parts: number;
  /** A value longer than this is kept as an excerpt. */
  readonly valueLength: number;
}

export const DECODE_LIMITS: DecodeLimits = {
  bodyBytes: 131_072,
  parts: 472,
  valueLength: 16_384,
};

/** How often a value is decoded again: the sixth layer of encoding hides from the site as well. */
export const VIEW_DEPTH = 5;
/** Other readings of one part. */
export const VIEWS_PER_PART = 6;

// What an operator says about inspection, in plain terms, and what it comes to.

export interface InspectionSettings {
  /** Of a million honest requests, so many may be stopped by mistake. */
  readonly falsePositivesPerMillion: number;
}

export const INSPECTION_DEFAULTS: InspectionSettings = { falsePositivesPerMillion: 100 };

/** Log-odds from which a request is challenged, and from which it is blocked. */
export interface Thresholds {
  readonly challenge: number;
  readonly block: number;
}

/** Log-odds at which 100 honest requests in a million are stopped. */
const BLOCK_AT_100 = 5;
/** A challenge costs an honest visitor seconds and not the request: it may be ten times as frequent. */
const CHALLENGE_BELOW: number = Math.log(10);

/** Returns the thresholds for a budget: a tenth of the mistakes costs a factor of ten in the odds. */
export function thresholdsFor({ falsePositivesPerMillion }: InspectionSettings): Thresholds {
  const block = BLOCK_AT_100 - Math.log(Math.max(1, falsePositivesPerMillion) / 100);
  return { challenge: block - CHALLENGE_BELOW, block };
}

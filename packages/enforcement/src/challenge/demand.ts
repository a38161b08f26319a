// What is asked of a client, as the ladder decides it.

/** `check`: a script that runs at once, nothing to do; `work`: proof of work as well. */
export type ChallengeLevel = 'check' | 'work';

export interface Demand {
  readonly level: ChallengeLevel;
  /** Work takes 2^bits hashes on average, 8 to 26; see docs/challenge.md for how long that is. */
  readonly bits: number;
  /** Whether people without scripts may wait instead. */
  readonly allowsWaiting: boolean;
  /** How the site is called on the page. */
  readonly siteName: string;
  /** The decision that led to it, and `Appeals.tokenOf` for it: where all ways are closed, a form leads to the owner. */
  readonly recordId?: string;
  readonly appealToken?: string;
}

export const DEFAULT_DEMAND: Omit<Demand, 'siteName'> = { level: 'check', bits: 17, allowsWaiting: true };

export interface ChallengeSettings {
  /** How long a solved check lasts. */
  readonly passMs: number;
  /** How long having waited lasts. */
  readonly waitedPassMs: number;
  /** How long after being asked a solution is taken. */
  readonly solveWithinMs: number;
  readonly waitMs: number;
  /** Passes for waiting, for each client (IPv4 address or IPv6 /64) and hour. */
  readonly waitsPerHour: number;
}

/** People without scripts wait in so many steps of the same length. */
export const WAIT_STEPS = 2;

const MINUTE_MS = 60_000;

export const CHALLENGE_SETTINGS: ChallengeSettings = {
  passMs: 12 * 60 * MINUTE_MS,
  waitedPassMs: 30 * MINUTE_MS,
  solveWithinMs: 5 * MINUTE_MS,
  waitMs: 10_000,
  waitsPerHour: 6,
};

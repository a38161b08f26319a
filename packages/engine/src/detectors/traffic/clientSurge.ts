// Whether a client asks for more than it ever does. Its days so far say what is usual for it: requests a day follow a
// gamma prior that all clients of the site share, and vary from day to day as much as its own days did (Gamma-Poisson,
// so that today's count is negative binomial). A client without days of its own is held against all clients.

import { SAID, type Client } from './clients.ts';
import type { ClientNorms } from './norms.ts';
import { upperTail } from './tails.ts';
import { machineOdds, PERSON_ODDS, visitOf, type VisitNorms } from './visits.ts';

export interface ClientSurge {
  readonly today: number;
  /** Requests a day that are usual; for a newcomer, what is much for anybody. */
  readonly usual: number;
  readonly days: number;
  readonly improbability: number;
}

/** Of what came in one go; and of a day that became a heavy one little by little, as some of very many days do. */
const IMPROBABLE_AT_ONCE = 8.5;
const IMPROBABLE = 11;
const AT_ONCE_S = 7200;
const LEAST_TODAY = 20;
const LEAST_RATIO = 4;
/** The prior counts as so many days. */
const PRIOR_DAYS = 0.5;
/** How much the days of all clients say about those of one. */
const SPREAD_DAYS = 2.5;
const OWN_DAYS = 4;
const NEWCOMER_RATIO = 5;
/** Of what is a heavy day for anybody. */
const MUCH_BROWSING = 2;
/** So early in a visit, its pictures may be to come. */
const FEW_PAGES = 4;

export function clientSurge(client: Client, norms: ClientNorms, visits: VisitNorms): ClientSurge | undefined {
  const { today } = client;
  if (today < LEAST_TODAY) return undefined;
  const { days } = client;
  if (days < OWN_DAYS) {
    const much = norms.heavyDay * NEWCOMER_RATIO;
    return today > much ? { today, usual: norms.heavyDay, days, improbability: IMPROBABLE } : undefined;
  }
  const { requests } = client;
  const mean = requests / days;
  if (today < mean * LEAST_RATIO || today < 2 * client.most) return undefined;
  if (today < norms.heavyDay * MUCH_BROWSING && isBrowsing(client, visits)) return undefined;
  const rate = (requests + norms.typical * PRIOR_DAYS) / (days + PRIOR_DAYS);
  const own = Math.max(0, (client.squares / days - mean ** 2 - mean) / Math.max(mean ** 2, 1e-6));
  const spread = (own * days + norms.spread * SPREAD_DAYS) / (days + SPREAD_DAYS);
  const improbability = upperTail(today, rate, spread + 1 / (requests + norms.typical * PRIOR_DAYS));
  const limit = isAtOnce(client) ? IMPROBABLE_AT_ONCE : IMPROBABLE;
  return improbability > limit ? { today, usual: mean, days, improbability } : undefined;
}

/** Whether most of today's requests belong to this visit, which has not lasted long. */
function isAtOnce({ today, pages, assets, seenS, sinceS }: Client): boolean {
  return pages + assets > today / 2 && seenS - sinceS < AT_ONCE_S;
}

/** A long visit with all its pictures is what some people do now and then. */
function isBrowsing(client: Client, visits: VisitNorms): boolean {
  const { said, assets, pages, seenS } = client;
  if ((said & SAID.assets) === 0) return false;
  if (assets > pages / 2 || pages < FEW_PAGES) return true;
  // An app asks for much by itself, and its people look like people.
  return assets > 0 && machineOdds(visitOf(client, seenS), visits) <= PERSON_ODDS;
}

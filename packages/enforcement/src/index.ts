// The door of enforcement.

export { Challenge, type ChallengeOptions } from './challenge/challenge.ts';
export {
  CHALLENGE_SETTINGS,
  DEFAULT_DEMAND,
  type ChallengeLevel,
  type ChallengeSettings,
  type Demand,
} from './challenge/demand.ts';
export { deriveKey, Signer, type KeyUse } from './challenge/keys.ts';
export type { PassKind } from './challenge/pass.ts';
export { Appeals, type Appeal, type AppealsOptions } from './pages/appeals.ts';
export {
  CRAWLER_RULES,
  CrawlerPolicy,
  ruleOf,
  type CrawlerPolicySettings,
  type CrawlerRule,
} from './crawlers/crawlerPolicy.ts';
export { CRAWLERS, type CrawlerPurpose, type CrawlerRow } from './crawlers/crawlers.table.ts';
export { robotsText } from './crawlers/robots.ts';
export { ownAsset, OWN_PREFIX } from './pages/assets/assets.ts';
export { blockPage, type BlockFacts } from './pages/block-page.ts';
export { stepUpPage, throttlePage, upstreamPage, type NoticeFacts } from './pages/notice-page.ts';
export { languageOf, readerOf, type Format, type Language, type Reader } from './pages/reader.ts';
export { reasonClassOf, type ReasonClass } from './pages/reason.ts';
export * from './table/index.ts';
export type { GuardLink, Question, Redeemed, Redemption, TrustedSighting } from './ladder/guardLink.ts';
export { LocalLink, type LocalListener } from './ladder/localLink.ts';
export type { Place, PlaceOf } from './ladder/places.ts';
export { RecordMemory } from './ladder/recordMemory.ts';
export { inspectionModeOf } from './ladder/siteRules.ts';
export type { GuardedSite, GuardSettings, InspectionMode, QueueSettings } from './ladder/settings.ts';
export { SiteGuard, type GuardOptions } from './ladder/siteGuard.ts';
export { explainTold, type Told, type ToldCause } from './ladder/told.ts';
export { ROUTES, type RouteRow } from './routes/routes.table.ts';
export type { Rate } from './throttle/rateTable.ts';
export { THROTTLE_RATES, type ThrottleClass, type ThrottleRates } from './throttle/throttle.ts';
export { Acquaintances, isFileOf } from './trust/acquaintances.ts';
export { TrustOffice } from './trust/trustCookie.ts';
export { makeLinkPath } from './trust/oneTimeLink.ts';
export { vouchingKey } from './trust/vouching.ts';

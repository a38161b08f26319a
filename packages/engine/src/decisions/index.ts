// The door of the decisions: alerts in, decisions out.

export { Allowlist, type AllowlistItem } from './allowlist.ts';
export { DecisionSet } from './decisionSet.ts';
export { DEFAULT_PROFILES, loadProfiles, Profiles } from './profiles.ts';

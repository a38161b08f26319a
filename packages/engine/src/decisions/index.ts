// The door of the decisions: alerts in, decisions out.

export { Allowlist, type AllowlistItem } from './allowlist.ts';
export { DecisionsById } from './decisionsById.ts';
export { DecisionSet } from './decisionSet.ts';
export { DEFAULT_PROFILES, loadProfiles, Profiles } from './profiles.ts';

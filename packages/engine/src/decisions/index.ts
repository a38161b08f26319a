// The door of the decisions: alerts in, decisions out.

export { Allowlist, type AllowlistEntry } from './allowlist.ts';
export { DecisionSet, type Added, type AddOutcome } from './decisionSet.ts';
export { DEFAULT_PROFILES, loadProfiles, Profiles, type Answer, type LoadedProfiles } from './profiles.ts';

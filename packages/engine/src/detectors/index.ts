// The door of the detectors.

export * from './buckets/index.ts';
export { crowdsecScope, parapetScope } from './scopes.ts';
export { SelfInflicted, type RunningDecisions } from './selfInflicted.ts';

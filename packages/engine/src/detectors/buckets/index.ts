// The door of the bucket detector: scenarios in, overflows out.

export { BucketManager, type BucketOptions } from './bucketManager.ts';
export type { BucketFrame } from './environment.ts';
export { detach } from './evidence.ts';
export { formatRfc3339 } from './goTime.ts';
export { loadScenarios, type LoadedScenarios } from './loadScenario.ts';
export { AlertEventObject, AlertObject, Source } from './alertObject.ts';
export { Overflow } from './overflow.ts';
export type { SavedBuckets } from './savedBuckets.ts';
export { readEvent, saveEvent, type SavedEvent } from './savedEvidence.ts';
export type { Program, Scenario } from './scenario.ts';
export { TimerHeap } from './timerHeap.ts';
export { EvidenceKeeper, type ReadAgain } from './evidence.ts';

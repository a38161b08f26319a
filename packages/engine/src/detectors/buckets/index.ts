// The door of the bucket detector: scenarios in, overflows out.

export { BucketManager, type BucketOptions, type ScenarioCounts } from './bucketManager.ts';
export type { BucketFrame } from './environment.ts';
export { detach } from './evidence.ts';
export { BucketFaults, type BucketFault } from './faults.ts';
export type { FilterIndex } from './filterIndex.ts';
export { formatRfc3339, parseRfc3339 } from './goTime.ts';
export { loadScenarios, type LoadedScenarios, type ScenarioContext } from './loadScenario.ts';
export { AlertEventObject, AlertObject, Source } from './alertObject.ts';
export { Overflow } from './overflow.ts';
export type { Program, Scenario, ScenarioType } from './scenario.ts';
export { TimerHeap } from './timerHeap.ts';
export { EvidenceKeeper } from './evidence.ts';

// The door of the verdicts: overflows in, alerts out.

export { CidrMap, rangeOf, readCidrList } from './cidrMap.ts';
export type { Finding } from './finding.ts';
export { Judge, type Verdict } from './judge.ts';
export {
  AllowlistRule,
  MajorityRule,
  PrivateAddressRule,
  SearchEngineRule,
  WideRangeRule,
  type AllowlistView,
  type NeverRule,
} from './neverRules.ts';
export { isSimulated, loadSimulation, NO_SIMULATION } from './simulation.ts';
export { TrafficShare } from './trafficShare.ts';

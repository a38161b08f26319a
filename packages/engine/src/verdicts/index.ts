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
export { OPERATOR_HOURS, OperatorRule, type OperatorSighting } from './operatorRule.ts';
export { idMaker, type IdOf } from './ids.ts';
export { isSimulated, loadSimulation, NO_SIMULATION } from './simulation.ts';
export { TrafficShare, type SavedTraffic } from './trafficShare.ts';

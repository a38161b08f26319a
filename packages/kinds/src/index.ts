export type { Alert, AlertEvent, AlertSource } from './alert.ts';
export type { Decision, DecisionOrigin, Remediation, Target } from './decision.ts';
export { formatDuration, parseDuration } from './duration.ts';
export type {
  AttackClass,
  FieldHint,
  FieldKind,
  FoundIn,
  BodyFollower,
  InspectedRequest,
  Inspection,
  InspectionAction,
  InspectionReason,
  Inspector,
  Placement,
} from './inspection.ts';
export type {
  Forgettable,
  InspectionFeedback,
  InspectionRecord,
  RecordedFinding,
} from './inspectionRecord.ts';
export {
  cidrContains,
  ipBits,
  isPublicCidr,
  isPublicIp,
  parseCidr,
  parseIp,
  parseIpOrCidr,
  type Cidr,
  type Ip,
} from './ip.ts';
export { isStored, type CostEnd, type CostKeeper, type PageCost } from './cost.ts';
export { isOwnHost } from './ownHost.ts';
export type { Line, LineMeta, LineOrigin } from './line.ts';
export { formatProblem, type Problem } from './problem.ts';
export {
  PASS,
  type Action,
  type Answer,
  type Client,
  type Exchange,
  type Guard,
  type HeadBytes,
  type Refusal,
  type RequestView,
  type ResponseView,
} from './request.ts';
export { clockAheadMs } from './clockAhead.ts';
export { retryAfterMs } from './retryAfter.ts';
export { readRuleModes, RULE_MODES, type RuleMode, type RuleModes } from './ruleMode.ts';
export {
  readSignal,
  SIGNAL_BATCH,
  signalLine,
  type Signal,
  type SignalClock,
  type SignalFault,
  type SignalReading,
  type SignalRecord,
  type SignalValue,
} from './signal.ts';
export { languageOf, LANGUAGES, type Language } from './language.ts';

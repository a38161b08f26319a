export { alertsCsv, alertsJson } from './export/csv.ts';
export { stixBundle } from './export/stix.ts';
export { METRICS_CONTENT_TYPE, renderMetrics, type MetricSample } from './metrics.ts';
export type { MetricName } from './metrics.table.ts';
export {
  alertRecord,
  attentionRecord,
  decisionRecord,
  otlpLogs,
  type OtlpLevel,
  type OtlpLogRecord,
} from './otlp/logs.ts';
export { otlpMetrics } from './otlp/metrics.ts';
export type { OtlpSender } from './otlp/values.ts';
export { renderReplayHtml } from './page/replay-page.ts';
export { evidenceOf } from './replay/evidence.ts';
export { ReplayCollector, type CollectorLimits, type ReplayTotals } from './replay/collector.ts';
export type { Assessment, Verdict } from './replay/people.ts';
export type { EventFields } from './replay/source-table.ts';
export type {
  AlertNote,
  EvidenceLine,
  Finding,
  ReplaySummary,
  ScenarioReport,
  SourceReport,
  Timeline,
  TimelineBucket,
  UnparsedLines,
} from './replay/summary.ts';
export { renderEventLine } from './terminal/event-line.ts';
export { LiveStatus, type LiveStatusOptions } from './terminal/live-status.ts';
export { ProgressBar, renderProgress, type Progress, type TerminalOutput } from './terminal/progress.ts';
export { renderReplayText } from './terminal/replay-text.ts';
export { renderTable, type TableColumn, type TextOptions } from './terminal/table.ts';
export { fit, pad, plain } from './terminal/text.ts';
export { explainAttack } from './words/attack.ts';
export {
  describeSource,
  explainAct,
  explainAlert,
  explainSeveral,
  familyOf,
  metaOf,
  pathOf,
  scenarioTitle,
} from './words/explain.ts';
export { explainFinding, explainFindings } from './words/health/finding.ts';
export { formatCount, formatInstant, formatRemaining, formatSpan } from './words/numbers.ts';
export { explainReason } from './words/reasons/reason.ts';
export { describeDecision } from './words/sentences.ts';

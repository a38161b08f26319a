export { renderReplayHtml } from './page/replay-page.ts';
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
export { renderReplayText } from './terminal/replay-text.ts';
export { renderTable, type TableColumn, type TextOptions } from './terminal/table.ts';
export { explainAlert } from './words/explain.ts';

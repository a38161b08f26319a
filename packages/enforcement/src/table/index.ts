// The door of the table.

export { applyDelta, type Applied, type TableDelta } from './applyDelta.ts';
export { DecisionTable } from './decisionTable.ts';
export { toTableDecision, type DecisionName, type TableDecision, type TableFault } from './tableDecision.ts';

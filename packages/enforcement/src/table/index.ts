// The door of the table.

export { applyDelta, type Applied, type TableDelta } from './applyDelta.ts';
export { DecisionTable } from './decisionTable.ts';
export { decodeSnapshot, type Snapshot, type SnapshotFault } from './snapshot/decode.ts';
export { encodeSnapshot, type SnapshotHead } from './snapshot/encode.ts';
export { readSnapshot, writeSnapshot } from './snapshot/file.ts';
export { toTableDecision, type DecisionName, type TableDecision, type TableFault } from './tableDecision.ts';

// The door of the API.

export { addDecision, auditOf, decide, lengthOf, type Decided } from './acts/decide.ts';
export { findRecord, judge, previewFor, type Judged } from './acts/judge.ts';
export { scopesOf, SCOPES } from './access/scopes.ts';
export { hashOfToken, newToken } from './access/tokens.ts';
export { createApi, type Api } from './api.ts';
export type { ApiOptions, ApiPeer, EngineFacts } from './options.ts';
export { readBatch, type RawRecord } from './signals/batch.ts';
export { SignalDesk, type RefusedRecord } from './signals/signalDesk.ts';
export { SignalSource } from './signals/signalSource.ts';

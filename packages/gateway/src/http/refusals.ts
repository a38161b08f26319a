// Why bytes are refused. The codes are stable: they are written to the log and scenarios count them. The table in
// docs/gateway-http.md says the same for people, and a test holds the two together.

export interface RefusalReason {
  readonly code: RefusalCode;
  /** What a client is told; an upstream's answer that is refused is a 502 to the client. */
  readonly status: number;
}

export type RefusalCode =
  | 'empty-lines'
  | 'method'
  | 'connect'
  | 'request-line'
  | 'target'
  | 'target-fragment'
  | 'target-too-long'
  | 'absolute-form'
  | 'authority-not-host'
  | 'version'
  | 'http-0.9'
  | 'bare-lf'
  | 'bare-cr'
  | 'nul'
  | 'control-character'
  | 'obs-fold'
  | 'space-before-colon'
  | 'header-name'
  | 'header-without-colon'
  | 'head-too-large'
  | 'too-many-headers'
  | 'host-missing'
  | 'host-twice'
  | 'host-invalid'
  | 'content-length'
  | 'content-length-twice'
  | 'te-and-cl'
  | 'te-twice'
  | 'te-in-1.0'
  | 'te-not-chunked'
  | 'te-unknown'
  | 'connection-option'
  | 'connection-names-header'
  | 'expectation'
  | 'status-line'
  | 'chunk-size'
  | 'chunk-extension'
  | 'chunk-end'
  | 'trailer-field'
  | 'trailers-too-large';

/** Statuses that are not 400. */
const STATUSES: Partial<Record<RefusalCode, number>> = {
  connect: 405,
  'target-too-long': 414,
  version: 505,
  'head-too-large': 431,
  'too-many-headers': 431,
  'te-unknown': 501,
  expectation: 417,
  'trailers-too-large': 431,
};

const REASONS = new Map<RefusalCode, RefusalReason>();

/** Returns the reason with its status; the same object for the same code. */
export function refusalOf(code: RefusalCode): RefusalReason {
  let reason = REASONS.get(code);
  if (reason === undefined) REASONS.set(code, (reason = { code, status: STATUSES[code] ?? 400 }));
  return reason;
}

/** Returns the reason for a byte that may stand nowhere where it stands. */
export function refusalOfByte(byte: number): RefusalCode {
  if (byte === 10) return 'bare-lf';
  if (byte === 13) return 'bare-cr';
  return byte === 0 ? 'nul' : 'control-character';
}

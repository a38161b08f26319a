// Why bytes are refused. The codes are stable: they are written to the log and scenarios count them. The table in
// docs/gateway-http.md says the same for people, and a test holds the two together.

export interface RefusalReason {
  readonly code: RefusalCode;
  /** What a client is told; an upstream's answer that is refused is a 502 to the client. */
  readonly status: number;
}

/** Every code and its status. */
export const REFUSAL_STATUSES = {
  'empty-lines': 400,
  method: 400,
  connect: 405,
  'request-line': 400,
  target: 400,
  'target-fragment': 400,
  'target-too-long': 414,
  'absolute-form': 400,
  'authority-not-host': 400,
  version: 505,
  'http-0.9': 400,
  'bare-lf': 400,
  'bare-cr': 400,
  nul: 400,
  'control-character': 400,
  'obs-fold': 400,
  'space-before-colon': 400,
  'header-name': 400,
  'header-without-colon': 400,
  'head-too-large': 431,
  'too-many-headers': 431,
  'host-missing': 400,
  'host-twice': 400,
  'host-invalid': 400,
  'content-length': 400,
  'content-length-twice': 400,
  'te-and-cl': 400,
  'te-twice': 400,
  'te-in-1.0': 400,
  'te-not-chunked': 400,
  'te-unknown': 501,
  'connection-option': 400,
  'connection-names-header': 400,
  expectation: 417,
  'status-line': 400,
  'chunk-size': 400,
  'chunk-extension': 400,
  'chunk-end': 400,
  'trailer-field': 400,
  'trailers-too-large': 431,
} as const;

export type RefusalCode = keyof typeof REFUSAL_STATUSES;

const REASONS = new Map<RefusalCode, RefusalReason>();

/** Returns the reason with its status; the same object for the same code. */
export function refusalOf(code: RefusalCode): RefusalReason {
  let reason = REASONS.get(code);
  if (reason === undefined) REASONS.set(code, (reason = { code, status: REFUSAL_STATUSES[code] }));
  return reason;
}

/** Returns the reason for a byte that may stand nowhere where it stands. */
export function refusalOfByte(byte: number): RefusalCode {
  if (byte === 10) return 'bare-lf';
  if (byte === 13) return 'bare-cr';
  return byte === 0 ? 'nul' : 'control-character';
}

// One entry of `journalctl -o json` becomes one line as the syslog parsers of the hub read it. Entries hold bytes
// (as arrays of numbers) where they are not text, and several values where a field was given more than once.

export interface JournalEntry {
  /** Undefined when the entry has no message. */
  readonly line: string | undefined;
  readonly cursor: string;
}

/** Returns the entry, or undefined when the text is none. */
export function parseJournalEntry(text: string): JournalEntry | undefined {
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof fields !== 'object' || fields === null) return undefined;
  const get = (name: string): string | undefined => fieldText((fields as Record<string, unknown>)[name]);
  const cursor = get('__CURSOR');
  if (cursor === undefined) return undefined;
  const message = get('MESSAGE');
  if (message === undefined || message === '') return { line: undefined, cursor };
  const micros = Number(get('_SOURCE_REALTIME_TIMESTAMP') ?? get('__REALTIME_TIMESTAMP'));
  // With year and zone, unlike journalctl's own short form: nothing has to be guessed later.
  const time = isTime(micros) ? new Date(Math.floor(micros / 1000)).toISOString() : UNKNOWN_TIME;
  const host = get('_HOSTNAME') ?? 'localhost';
  const program = get('SYSLOG_IDENTIFIER') ?? get('_COMM') ?? 'unknown';
  const pid = get('_PID') ?? get('SYSLOG_PID');
  const tag = pid === undefined ? program : `${program}[${pid}]`;
  return { line: escapeControls(`${time} ${host} ${tag}: ${message}`), cursor };
}

/**
 * Makes one line of a message that holds line breaks, as rsyslog does (`#012`): otherwise whoever can write
 * into a message could forge a line of any program.
 */
export function escapeControls(text: string): string {
  return text.replace(/[\n\r\0]/g, (control) => `#${control.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

const MAX_MICROS = 8.64e18;
const UNKNOWN_TIME = '1970-01-01T00:00:00.000Z';

function isTime(micros: number): boolean {
  return Number.isFinite(micros) && micros >= 0 && micros < MAX_MICROS;
}

function fieldText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const items: readonly unknown[] = value;
  if (items.every((item) => Number.isInteger(item))) return Buffer.from(items as number[]).toString('utf8');
  return fieldText(items[0]);
}

// What is in a body, a datagram or a file: one record, an array of them, or one a line. Each record is still raw.

import { SIGNAL_BATCH, type SignalFault } from '@parapet/kinds';

/** Of one HTTP body. */
export const BATCH_BYTES: number = 1_048_576;

export type RawRecord =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: SignalFault; readonly detail: string };

export type Batch =
  | { readonly ok: true; readonly records: readonly RawRecord[] }
  | { readonly ok: false; readonly code: string; readonly detail: string; readonly isLarge: boolean };

/** Returns the records of a text. Never throws; takes a time in proportion to the bytes. */
export function readBatch(bytes: Uint8Array, most: number = SIGNAL_BATCH): Batch {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const whole = parsed(text);
  if (whole !== undefined) {
    const values = Array.isArray(whole.value) ? whole.value : [whole.value];
    return bounded(
      values.map((value: unknown) => ({ ok: true, value })),
      most,
    );
  }
  const lines = text.split('\n', most + 2).filter((line) => line.trim() !== '');
  if (lines.length <= 1)
    return { ok: false, code: 'E_SIGNAL_JSON', detail: 'The text is no JSON', isLarge: false };
  return bounded(lines.map(lineOf), most);
}

function lineOf(line: string): RawRecord {
  const found = parsed(line);
  return found === undefined
    ? { ok: false, code: 'E_SIGNAL_JSON', detail: 'the line is no JSON' }
    : { ok: true, value: found.value };
}

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

function bounded(records: readonly RawRecord[], most: number): Batch {
  if (records.length > most)
    return {
      ...{ ok: false, code: 'E_SIGNAL_BATCH', isLarge: true },
      detail: `A batch has at most ${most} records`,
    };
  if (records.length === 0)
    return { ok: false, code: 'E_SIGNAL_JSON', detail: 'There is no record', isLarge: false };
  return { ok: true, records };
}

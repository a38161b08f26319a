// A row of a series: `timestamp,value`.

export type SeriesRow =
  | { readonly ok: true; readonly timestamp: string; readonly atMs: number; readonly value: number }
  | { readonly ok: false; readonly problem: string };

/** Returns the row, or what is wrong with it. Times are RFC 3339, or without a zone and then UTC, or Unix seconds. */
export function readRow(line: string): SeriesRow {
  const fields = line.split(',');
  if (fields.length < 2) return { ok: false, problem: 'a row is timestamp,value' };
  const timestamp = unquoted(fields[0]!);
  const written = unquoted(fields[1]!);
  const atMs = timeOf(timestamp);
  if (Number.isNaN(atMs)) return { ok: false, problem: `'${shorten(timestamp)}' is no time` };
  const value = written === '' ? Number.NaN : Number(written);
  if (!Number.isFinite(value)) return { ok: false, problem: `'${shorten(written)}' is no number` };
  return { ok: true, timestamp, atMs, value };
}

/** Whether the first line names the columns: it has words where a row has numbers. */
export function isHeader(line: string): boolean {
  return /^\s*"?[a-z_][a-z_ ]*"?\s*,/i.test(line) && !readRow(line).ok;
}

const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?))?\s*(Z|[+-]\d\d:?\d\d)?$/i;

/** Returns a time in milliseconds; NaN when it is none. */
export function timeOf(text: string): number {
  if (/^\d{1,11}(\.\d+)?$/.test(text)) return Number(text) * 1000;
  if (/^\d{12,14}$/.test(text)) return Number(text);
  const parts = TIME.exec(text);
  if (parts === null) return Number.NaN;
  const [, day, time = '00:00', zone = 'Z'] = parts;
  return Date.parse(
    `${day}T${time}${zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase()}`,
  );
}

function unquoted(field: string): string {
  const text = field.trim();
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

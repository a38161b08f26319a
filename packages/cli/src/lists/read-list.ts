// Lists of decisions from elsewhere: values one a line, CSV with a heading, JSON; also CrowdSec's: the CSV and
// JSON that `cscli decisions import` takes, what `cscli decisions list` prints with -o raw and -o json, and the
// answer of /v1/decisions/stream.
import { parseCsvLine } from './csv.ts';
import type { ListFormat, ListItem, ListProblem } from './item.ts';
import { jsonValues } from './json-values.ts';
import { LONGEST_LINE, textLines } from './text-lines.ts';

/** Yields the items of the list and what is wrong with its lines, in order. */
export function readList(
  chunks: AsyncIterable<Uint8Array>,
  format: ListFormat,
): AsyncGenerator<ListItem | ListProblem> {
  switch (format) {
    case 'plain':
      return readPlain(chunks);
    case 'csv':
      return readCsv(chunks);
    case 'json':
      return readJson(chunks);
  }
}

/** Finds out the format from the name or the first bytes; the bytes are still in the returned stream. */
export async function detectFormat(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
): Promise<{ readonly format: ListFormat; readonly chunks: AsyncIterable<Uint8Array> }> {
  if (/\.csv(\.gz)?$/i.test(name)) return { format: 'csv', chunks };
  if (/\.(json|jsonl|ndjson)(\.gz)?$/i.test(name)) return { format: 'json', chunks };
  const iterator = chunks[Symbol.asyncIterator]();
  const seen: Uint8Array[] = [];
  let text = '';
  for (;;) {
    const { value, done } = await iterator.next();
    if (done === true) break;
    seen.push(value);
    text = Buffer.concat(seen).toString('utf8');
    if (text.length > 4096 || /\S[^\n]*\n/.test(text.replace(/^(\s*[#;][^\n]*\n)+/, ''))) break;
  }
  return { format: formatOfText(text), chunks: rejoin(seen, iterator) };
}

async function* rejoin(
  seen: readonly Uint8Array[],
  iterator: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* seen;
  for (;;) {
    const { value, done } = await iterator.next();
    if (done === true) return;
    yield value;
  }
}

function formatOfText(text: string): ListFormat {
  const start = text.replace(/^\uFEFF?(\s*[#;][^\n]*\n)*\s*/, '');
  const heading = start.split(/\r?\n/)[0]!.toLowerCase().split(',');
  if (heading.some((column) => VALUE_COLUMNS.has(column.replaceAll('"', '').trim()))) return 'csv';
  return /^[[{"]/.test(start) ? 'json' : 'plain';
}

const VALUE_COLUMNS: ReadonlySet<string> = new Set(['value', 'ip']);

async function* readPlain(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ListItem | ListProblem> {
  for await (const { line, text } of textLines(chunks)) {
    if (text.length > LONGEST_LINE) {
      yield { line, problem: 'the line is too long' };
      continue;
    }
    // `#` and `;` start comments in the lists that are common; some put a count after the value.
    const [value = ''] = text
      .replace(/^\uFEFF/, '')
      .replace(/\s*[#;].*$/, '')
      .trim()
      .split(/[\s,]/);
    if (value !== '') yield { line, value };
  }
}

async function* readCsv(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ListItem | ListProblem> {
  let columns: readonly string[] | undefined;
  for await (const { line, text } of textLines(chunks)) {
    if (text.trim() === '' || text.startsWith('#')) continue;
    const fields = text.length > LONGEST_LINE ? undefined : parseCsvLine(text);
    if (fields === undefined) {
      yield { line, problem: 'a quote does not end on its line, or the line is too long' };
    } else if (columns === undefined) {
      columns = fields.map((name) =>
        name
          .replace(/^\uFEFF/, '')
          .trim()
          .toLowerCase(),
      );
      if (!columns.some((name) => VALUE_COLUMNS.has(name))) {
        yield {
          line,
          problem: 'the heading has no column "value"; a list without heading is --format plain',
        };
        return;
      }
    } else {
      const named = new Map(columns.map((name, i) => [name, fields[i] ?? '']));
      yield itemOf(line, (name) => named.get(name));
    }
  }
}

async function* readJson(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ListItem | ListProblem> {
  for await (const { line, text } of jsonValues(chunks)) {
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      yield { line, problem: 'this is no JSON' };
      continue;
    }
    yield* itemsOfJson(line, parsed);
  }
}

function* itemsOfJson(line: number, parsed: unknown): Generator<ListItem | ListProblem> {
  if (typeof parsed === 'string') {
    yield { line, value: parsed };
  } else if (typeof parsed !== 'object' || parsed === null) {
    yield { line, problem: 'this is no decision' };
  } else {
    // An alert of cscli holds its decisions; the answer of a stream holds the new ones.
    const inner = field(parsed, 'decisions') ?? field(parsed, 'new');
    if (Array.isArray(inner)) {
      for (const one of inner) yield* itemsOfJson(line, one);
      return;
    }
    yield itemOf(line, (name) => {
      const value = field(parsed, name);
      return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
    });
  }
}

function field(object: object, name: string): unknown {
  return Object.hasOwn(object, name) ? Object.getOwnPropertyDescriptor(object, name)?.value : undefined;
}

function itemOf(line: number, read: (name: string) => string | undefined): ListItem | ListProblem {
  const first = (...names: readonly string[]): string | undefined =>
    names.map(read).find((text) => text !== undefined && text !== '');
  let value = first('value', 'ip');
  let scope = first('scope');
  if (value === undefined) return { line, problem: 'the value is missing' };
  // `Ip:192.0.2.1`, as cscli prints it in one column.
  const pair = scope === undefined && read('value') === undefined ? /^(\w+):(.+)$/.exec(value) : null;
  if (pair !== null && !/^[0-9a-f]{1,4}$/i.test(pair[1]!)) [, scope, value] = pair;
  const optional = {
    scope,
    type: first('type', 'action'),
    duration: first('duration', 'expiration'),
    expiresAt: first('expiresAt', 'expiresat'),
    reason: first('reason', 'scenario'),
  };
  // Only drops the keys without a value.
  const given = Object.fromEntries(Object.entries(optional).filter(([, text]) => text !== undefined));
  return { line, value: value!, ...given };
}

// Bodies as Coraza's body processors read them: fields of a form, fields and files of a multipart body, and the leaves
// of a JSON document under dotted names. Readers are lenient: what can be read of a broken body is.

import { readJsonLeaves } from './json.ts';
import { readPairs, type Entry } from './pairs.ts';

export interface ReadBody {
  readonly args: readonly Entry[];
  /** Files of a multipart body: the field's name and the name that the client gave. */
  readonly files: readonly Entry[];
  /** Of all parts of a multipart body together. */
  readonly sizeBytes: number;
}

const NOTHING: ReadBody = { args: [], files: [], sizeBytes: 0 };

/** Reads a body by its content type; a type that no reader knows has no fields. */
export function readBody(contentType: string, body: string): ReadBody {
  if (body === '') return NOTHING;
  const type = contentType.toLowerCase();
  if (type.startsWith('application/x-www-form-urlencoded')) {
    return { args: readPairs(body), files: [], sizeBytes: 0 };
  }
  if (type.startsWith('multipart/form-data')) return readMultipart(contentType, body);
  if (type.startsWith('application/json')) return { args: readJsonLeaves(body), files: [], sizeBytes: 0 };
  return NOTHING;
}

const MAX_PARTS = 1000;

function readMultipart(contentType: string, body: string): ReadBody {
  const boundary = parameterOf(contentType, 'boundary');
  if (boundary === undefined || boundary === '') return NOTHING;
  const delimiter = `--${boundary}`;
  const args: Entry[] = [];
  const files: Entry[] = [];
  let sizeBytes = 0;
  let at = findDelimiter(body, delimiter, 0);
  while (at >= 0 && args.length + files.length < MAX_PARTS) {
    const start = at + delimiter.length;
    if (body.startsWith('--', start)) break;
    const headStart = body.indexOf('\n', start) + 1;
    if (headStart === 0) break;
    const next = findDelimiter(body, delimiter, headStart);
    const end = next < 0 ? body.length : next;
    const headEnd = endOfHead(body, headStart, end);
    const part = partOf(
      body.slice(headStart, headEnd.head),
      body.slice(headEnd.content, trimmedEnd(body, headEnd.content, end)),
    );
    sizeBytes += part.content.length;
    if (part.fileName === '') args.push({ name: part.name, value: part.content });
    else files.push({ name: part.name, value: part.fileName });
    at = next;
  }
  return { args, files, sizeBytes };
}

/** Where the delimiter next stands at the start of a line, or -1. */
function findDelimiter(body: string, delimiter: string, from: number): number {
  let at = body.indexOf(delimiter, from);
  while (at > 0 && body.charCodeAt(at - 1) !== 0x0a) at = body.indexOf(delimiter, at + 1);
  return at;
}

/** The line end before a delimiter belongs to the delimiter. */
function trimmedEnd(body: string, start: number, end: number): number {
  let last = end;
  if (last > start && body.charCodeAt(last - 1) === 0x0a) last--;
  if (last > start && body.charCodeAt(last - 1) === 0x0d) last--;
  return last;
}

function endOfHead(body: string, start: number, end: number): { head: number; content: number } {
  let line = start;
  while (line < end) {
    const newline = body.indexOf('\n', line);
    if (newline < 0 || newline >= end) break;
    const isEmpty = newline === line || (newline === line + 1 && body.charCodeAt(line) === 0x0d);
    if (isEmpty) return { head: line, content: newline + 1 };
    line = newline + 1;
  }
  return { head: end, content: end };
}

function partOf(head: string, content: string): { name: string; fileName: string; content: string } {
  for (const line of head.split('\n')) {
    const colon = line.indexOf(':');
    if (colon < 0 || line.slice(0, colon).trim().toLowerCase() !== 'content-disposition') continue;
    const value = line.slice(colon + 1);
    return {
      name: parameterOf(value, 'name') ?? '',
      fileName: parameterOf(value, 'filename') ?? extendedName(value) ?? '',
      content,
    };
  }
  return { name: '', fileName: '', content };
}

/** RFC 5987: `filename*=UTF-8''na%20me`. */
function extendedName(value: string): string | undefined {
  const written = parameterOf(value, 'filename*');
  const name = written?.split("'").slice(2).join("'");
  if (name === undefined || !name.includes('%')) return name;
  return name.replace(/%([0-9a-fA-F]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}

/** A parameter of a header such as `form-data; name="a"`, its quotes and their backslashes undone. */
function parameterOf(header: string, wanted: string): string | undefined {
  let at = header.indexOf(';');
  while (at >= 0 && at < header.length) {
    const start = at + 1;
    let equals = start;
    while (equals < header.length && header[equals] !== '=' && header[equals] !== ';') equals++;
    const name = header.slice(start, equals).trim().toLowerCase();
    let value = '';
    let end = equals;
    if (header[equals] === '=') {
      end = equals + 1;
      while (header[end] === ' ' || header[end] === '\t') end++;
      if (header[end] === '"') {
        end++;
        while (end < header.length && header[end] !== '"') {
          // A backslash escapes a quote or itself; browsers send Windows paths as they are.
          if (header[end] === '\\' && (header[end + 1] === '"' || header[end + 1] === '\\')) end++;
          value += header[end] ?? '';
          end++;
        }
      }
      const next = header.indexOf(';', end);
      if (value === '') value = header.slice(end, next < 0 ? header.length : next).trim();
      end = next < 0 ? header.length : next;
    }
    if (name === wanted) return value;
    at = end;
  }
  return undefined;
}

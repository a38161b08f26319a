// A batch of events on its way from a worker to the engine: its number, the question it carries if it does, and a
// record for each event: the line, then what is known beside it in a fixed order, apart by U+001F, ended by a line
// feed. Everything in it has been escaped before, so that neither can stand inside.

import type { Told } from '@parapet/enforcement';
import type { Exchange, Inspection, Ip, LineMeta, Refusal, RequestView } from '@parapet/kinds';
import { RequestHead } from '../http/request-head.ts';
import { frameHead } from './frames.ts';
import { escapeLog, lineOf, lineOfExchange, lineOfRefusal, statusOf, unescapeLog } from './nginxLine.ts';
import { RecordBytes } from './recordBytes.ts';

/** What the fields are called as Meta of an event; docs/gateway-processes.md says what they mean. */
const FIELDS = [
  'site',
  'target_fqdn',
  'request_id',
  'response_ms',
  'upstream_ms',
  'cache_status',
  'request_bytes',
  'gateway_action',
  'gateway_record',
  'gateway_refusal',
  'attack_action',
  'attack_class',
  'attack_score',
  'attack_rule',
  'attack_reason',
  'attack_part',
  'attack_excerpt',
] as const;

export interface Batch {
  /** Rising by one from worker's start. */
  readonly number: number;
  /** Not 0: the engine is asked whether a decision covers the client of the last event now. */
  readonly ask: number;
  readonly lines: readonly { readonly raw: string; readonly meta: LineMeta }[];
}

/** Words for people, in any script. */
const FREE: ReadonlySet<string> = new Set(['attack_reason', 'attack_part', 'attack_excerpt']);
const SEPARATOR = '\u001F';
const SEPARATOR_BYTE = 31;
const FRAME_HEAD_BYTES = 5;
const BATCH_HEAD_BYTES = 12;
const RECORDS_AT = FRAME_HEAD_BYTES + BATCH_HEAD_BYTES;
/** A batch is full from here on; the longest record fits behind it. */
const FULL_BYTES = 65_536;
const MAX_RECORD_BYTES = 65_536;
const MAX_FIELD = 256;
/**
 * What frames of a busy worker are made of, again and again: they live until the engine has kept them, too long for
 * the quick collection of garbage, and new ones cost a twentieth of all time in slow ones.
 */
const REUSED_BYTES = RECORDS_AT + FULL_BYTES + 4096;
const LEAST_REUSED_BYTES = 32_768;
/** The engine keeps what it was sent once a second. */
const MOST_FREE = 256;

export class BatchWriter {
  readonly #free: Buffer[] = [];
  readonly #records = new RecordBytes(RECORDS_AT + FULL_BYTES + MAX_RECORD_BYTES, RECORDS_AT);

  get isEmpty(): boolean {
    return this.#records.end === RECORDS_AT;
  }

  get isFull(): boolean {
    return this.#records.end >= RECORDS_AT + FULL_BYTES;
  }

  /** `told` is what the guard did about it, when it did anything. The batch must not be full. */
  addExchange(exchange: Exchange, told?: Told): void {
    const { request } = exchange;
    if (request instanceof RequestHead) this.#addBytes(exchange, request, told);
    else
      this.add(
        lineOfExchange(exchange),
        toldAfter(
          metaOf(
            exchange.site,
            request.host,
            exchange.requestId,
            exchange.totalMs,
            exchange.upstreamMs,
            exchange.cacheStatus,
            exchange.requestBodyBytes,
          ),
          told,
        ),
      );
  }

  addRefusal(refusal: Refusal): void {
    const none = SEPARATOR.repeat(FIELDS.indexOf('gateway_refusal'));
    this.add(lineOfRefusal(refusal), none + escapeLog(refusal.reason, MAX_FIELD));
  }

  /** `meta` as `metaOf` gives it. The batch must not be full. */
  add(line: string, meta: string): void {
    const text = `${line}${SEPARATOR}${meta}\n`;
    if (text.length > MAX_RECORD_BYTES) return;
    const records = this.#records;
    records.end += records.bytes.write(text, records.end, 'latin1');
  }

  /** The same without making strings: nearly every request comes this way. */
  #addBytes(exchange: Exchange, head: RequestHead, told: Told | undefined): void {
    const records = this.#records;
    const { totalMs, cacheStatus } = exchange;
    records.line(
      exchange.client.ip,
      head,
      statusOf(exchange),
      exchange.responseBodyBytes,
      exchange.startedAtMs + totalMs,
    );
    records.byte(SEPARATOR_BYTE);
    records.text(exchange.site, MAX_FIELD);
    records.byte(SEPARATOR_BYTE);
    records.end = head.writeHost(records.bytes, records.end, MAX_FIELD);
    records.byte(SEPARATOR_BYTE);
    if (exchange.writeRequestId === undefined) records.text(exchange.requestId, MAX_FIELD);
    else records.end = exchange.writeRequestId(records.bytes, records.end);
    records.byte(SEPARATOR_BYTE);
    records.number(totalMs);
    records.byte(SEPARATOR_BYTE);
    records.number(exchange.upstreamMs);
    records.byte(SEPARATOR_BYTE);
    if (cacheStatus !== '') records.text(cacheStatus, MAX_FIELD);
    records.byte(SEPARATOR_BYTE);
    records.number(exchange.requestBodyBytes);
    if (told !== undefined) records.ascii(toldAfter('', told));
    records.byte(10);
  }

  /** Returns what was added as a whole frame, and starts anew. */
  take(number: number, ask: number): Buffer {
    const { bytes, end } = this.#records;
    frameHead('events', end - FRAME_HEAD_BYTES).copy(bytes);
    bytes.writeDoubleLE(number, FRAME_HEAD_BYTES);
    bytes.writeUInt32LE(ask, FRAME_HEAD_BYTES + 8);
    this.#records.end = RECORDS_AT;
    if (end < LEAST_REUSED_BYTES || end > REUSED_BYTES) {
      // Little to tell: the memory of busier times is given back bit by bit.
      this.#free.pop();
      return Buffer.from(bytes.subarray(0, end));
    }
    const room = this.#free.pop() ?? Buffer.allocUnsafeSlow(REUSED_BYTES);
    bytes.copy(room, 0, 0, end);
    return room.subarray(0, end);
  }

  /** Takes back a frame that nobody needs any more, not even a socket; it becomes another. */
  giveBack(frame: Buffer): void {
    if (frame.buffer.byteLength === REUSED_BYTES && this.#free.length < MOST_FREE)
      this.#free.push(Buffer.from(frame.buffer));
  }
}

/**
 * Returns a request in which something was found as the engine reads it from a worker, for who has it in the engine's
 * own process; the site was not asked.
 */
export function toldLine(
  ip: Ip,
  request: RequestView,
  told: Told,
  { site, requestId, atMs }: { readonly site: string; readonly requestId: string; readonly atMs: number },
): { readonly raw: string; readonly meta: LineMeta } {
  return {
    raw: lineOf(ip, request, 0, 0, atMs),
    meta: readMeta(toldAfter(metaOf(site, request.host, requestId, -1, -1, '', -1), told)),
  };
}

/** Returns what is known beside a line, as it stands in a record; -1 is not known. */
export function metaOf(
  site: string,
  host: string,
  requestId: string,
  responseMs: number,
  upstreamMs: number,
  cacheStatus: string,
  requestBytes: number,
): string {
  return `${escapeLog(site, MAX_FIELD)}${SEPARATOR}${escapeLog(host, MAX_FIELD)}${SEPARATOR}${escapeLog(requestId, MAX_FIELD)}${SEPARATOR}${count(responseMs)}${SEPARATOR}${count(upstreamMs)}${SEPARATOR}${cacheStatus === '' ? '' : escapeLog(cacheStatus, MAX_FIELD)}${SEPARATOR}${count(requestBytes)}`;
}

function toldAfter(meta: string, told: Told | undefined): string {
  if (told === undefined) return meta;
  const text = `${meta}${SEPARATOR}${told.cause}${SEPARATOR}${told.recordId ?? ''}`;
  return told.found === undefined ? text : `${text}${SEPARATOR}${foundIn(told.found)}`;
}

/** What the inspector found: the heaviest of its reasons, and what all of them come to. */
function foundIn({ action, class: found, score, reasons }: Inspection): string {
  const [first] = reasons;
  const part = first === undefined ? '' : `${first.foundIn.placement} ${first.foundIn.name}`.trimEnd();
  return [
    '',
    action,
    found ?? '',
    score.toFixed(3),
    first?.detector ?? '',
    first?.text ?? '',
    part,
    first?.foundIn.excerpt ?? '',
  ]
    .map((field) => escapeLog(field, MAX_FIELD))
    .join(SEPARATOR);
}

/** Reads the payload of a frame; undefined when it is no batch. */
export function readBatch(payload: Buffer): Batch | undefined {
  if (payload.length < BATCH_HEAD_BYTES) return undefined;
  const number = payload.readDoubleLE(0);
  if (!Number.isSafeInteger(number) || number < 1) return undefined;
  const lines: { raw: string; meta: LineMeta }[] = [];
  for (let at = BATCH_HEAD_BYTES; at < payload.length;) {
    const end = payload.indexOf(10, at);
    if (end < 0) return undefined;
    const split = payload.indexOf(31, at);
    const lineEnd = split < 0 || split > end ? end : split;
    // Each a string of its own: a slice of a whole batch would keep it in memory as long as the line is evidence.
    const raw = payload.toString('latin1', at, lineEnd);
    lines.push({ raw, meta: lineEnd === end ? [] : readMeta(payload.toString('latin1', lineEnd + 1, end)) });
    at = end + 1;
  }
  return { number, ask: payload.readUInt32LE(8), lines };
}

function readMeta(text: string): LineMeta {
  const meta: [string, string][] = [];
  let at = 0;
  for (const name of FIELDS) {
    if (at > text.length) break;
    let end = text.indexOf(SEPARATOR, at);
    if (end < 0) end = text.length;
    if (end > at) meta.push([name, FREE.has(name) ? unescapeLog(text.slice(at, end)) : text.slice(at, end)]);
    at = end + 1;
  }
  return meta;
}

function count(value: number): string {
  return value < 0 ? '' : String(Math.round(value));
}

// llhttp, the parser of Node, as WebAssembly out of undici: the foreign reader that ours is compared with.

import { createRequire } from 'node:module';

export interface ForeignMessage {
  /** Of the first message: complete, in need of more bytes, refused. */
  readonly state: 'complete' | 'partial' | 'refused';
  readonly reason: string;
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  /** Behind the last byte of the first message. */
  readonly end: number;
  readonly keepsAlive: boolean;
  readonly status: number;
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  _initialize(): void;
  malloc(bytes: number): number;
  llhttp_alloc(type: number): number;
  llhttp_free(parser: number): void;
  llhttp_execute(parser: number, at: number, length: number): number;
  llhttp_finish(parser: number): number;
  llhttp_get_error_pos(parser: number): number;
  llhttp_get_error_reason(parser: number): number;
  llhttp_get_method(parser: number): number;
  llhttp_get_status_code(parser: number): number;
  llhttp_get_http_major(parser: number): number;
  llhttp_get_http_minor(parser: number): number;
  llhttp_method_name(method: number): number;
  llhttp_should_keep_alive(parser: number): number;
}

interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Exports };
}

const PAUSED = 21;
const PAUSED_UPGRADE = 22;
const MOST_BYTES = 1 << 18;

const lists = { url: '', fields: [] as string[], values: [] as string[], body: '', isComplete: false };
let bodiless = 0;
let lastWas = '';

function collect(kind: 'field' | 'value', at: number, length: number): number {
  const into = kind === 'field' ? lists.fields : lists.values;
  const text = textAt(at, length);
  // A name or a value can come in pieces.
  if (lastWas === kind) into[into.length - 1] += text;
  else into.push(text);
  lastWas = kind;
  return 0;
}

const env = {
  wasm_on_message_begin: () => 0,
  wasm_on_url: (_: number, at: number, length: number) => ((lists.url += textAt(at, length)), 0),
  wasm_on_status: () => 0,
  wasm_on_header_field: (_: number, at: number, length: number) => collect('field', at, length),
  wasm_on_header_value: (_: number, at: number, length: number) => collect('value', at, length),
  wasm_on_headers_complete: () => bodiless,
  wasm_on_body: (_: number, at: number, length: number) => ((lists.body += textAt(at, length)), 0),
  wasm_on_message_complete: () => ((lists.isComplete = true), PAUSED),
};

// The types of this runtime have no WebAssembly without those of a browser.
const { Module, Instance } = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;
const load = createRequire(import.meta.url);
const bytes = load('undici/lib/llhttp/llhttp-wasm.js') as Uint8Array;
const { METHODS } = load('undici/lib/llhttp/constants.js') as { readonly METHODS: Record<string, number> };
const wasm = new Instance(new Module(bytes), { env }).exports;
wasm._initialize();
const memory = wasm.malloc(MOST_BYTES);

/** llhttp knows methods by name. */
export const FOREIGN_METHODS: ReadonlySet<string> = new Set(Object.keys(METHODS));

/** Reads the first message; lenient in nothing. `requestMethod` is what an answer is read for. */
export function readForeign(
  input: Buffer,
  type: 'request' | 'response',
  requestMethod = 'GET',
): ForeignMessage {
  const parser = wasm.llhttp_alloc(type === 'request' ? 1 : 2);
  Object.assign(lists, { url: '', fields: [], values: [], body: '', isComplete: false });
  lastWas = '';
  bodiless = type === 'response' && requestMethod === 'HEAD' ? 1 : 0;
  new Uint8Array(wasm.memory.buffer).set(input, memory);
  const result = wasm.llhttp_execute(parser, memory, input.length);
  const isPaused = result === PAUSED || result === PAUSED_UPGRADE;
  const end = isPaused ? wasm.llhttp_get_error_pos(parser) - memory : input.length;
  const message: ForeignMessage = {
    state: lists.isComplete && isPaused ? 'complete' : result === 0 ? 'partial' : 'refused',
    reason: result === 0 || isPaused ? '' : cString(wasm.llhttp_get_error_reason(parser)),
    method: cString(wasm.llhttp_method_name(wasm.llhttp_get_method(parser))),
    target: lists.url,
    version: `${wasm.llhttp_get_http_major(parser)}.${wasm.llhttp_get_http_minor(parser)}`,
    headers: lists.fields.map((name, i) => [
      name.toLowerCase(),
      (lists.values[i] ?? '').replace(/[ \t]+$/, ''),
    ]),
    body: lists.body,
    end,
    keepsAlive: wasm.llhttp_should_keep_alive(parser) === 1,
    status: wasm.llhttp_get_status_code(parser),
  };
  wasm.llhttp_free(parser);
  return message;
}

function textAt(at: number, length: number): string {
  return Buffer.from(wasm.memory.buffer, at, length).toString('latin1');
}

function cString(at: number): string {
  if (at === 0) return '';
  const all = new Uint8Array(wasm.memory.buffer);
  return textAt(at, all.indexOf(0, at) - at);
}

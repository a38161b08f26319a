// A request template as the hub's tests have them: requests to send and what their answers must be, in nuclei's
// format. Of that format all is read that has to do with HTTP; a template that needs more says what.

import type { Problem } from '@parapet/kinds';
import { toBytes } from '../../detectors/content/appsec/bytes.ts';
import { readDocuments } from '../../items/index.ts';

export interface Template {
  readonly id: string;
  /** In the order written, each a text that may name those before it. */
  readonly variables: readonly (readonly [name: string, text: string])[];
  readonly blocks: readonly RequestBlock[];
  /** How blocks are chosen and joined; undefined: all of them in turn, any may match. */
  readonly flow: string | undefined;
}

/** One entry of `http`: requests that share payloads and matchers. All texts are bytes, one character each. */
export interface RequestBlock {
  readonly id: string;
  /** Whole requests; when there are none, one request for each path is made of the fields below. */
  readonly raw: readonly string[];
  readonly method: string;
  readonly paths: readonly string[];
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  readonly payloads: readonly (readonly [name: string, values: readonly string[]])[];
  readonly attack: 'batteringram' | 'pitchfork' | 'clusterbomb';
  /** Whether raw requests are sent byte for byte. */
  readonly isUnsafe: boolean;
  readonly isSelfContained: boolean;
  /** Whether cookies of answers are sent with later requests. */
  readonly keepsCookies: boolean;
  readonly maxRedirects: number;
  readonly stopsAtFirstMatch: boolean;
  readonly matchers: readonly Matcher[];
  readonly matchersCondition: 'and' | 'or';
  readonly extractors: readonly Extractor[];
}

export type Matcher = {
  readonly part: string;
  readonly isNegative: boolean;
  readonly condition: 'and' | 'or';
} & (
  | { readonly type: 'status'; readonly status: readonly number[] }
  | { readonly type: 'size'; readonly size: readonly number[] }
  | { readonly type: 'word'; readonly words: readonly string[]; readonly ignoresCase: boolean }
  | { readonly type: 'regex'; readonly patterns: readonly string[] }
  | { readonly type: 'binary'; readonly contents: readonly string[] }
  | { readonly type: 'dsl'; readonly expressions: readonly string[] }
);

export type Extractor = {
  readonly name: string;
  readonly part: string;
  /** Whether it only feeds later requests, and is no finding of its own. */
  readonly isInternal: boolean;
} & (
  | { readonly type: 'regex'; readonly patterns: readonly string[]; readonly group: number }
  | { readonly type: 'kval'; readonly keys: readonly string[] }
  | { readonly type: 'json'; readonly paths: readonly string[] }
  | { readonly type: 'dsl'; readonly expressions: readonly string[] }
);

export type ReadTemplate =
  | { readonly ok: true; readonly template: Template }
  | { readonly ok: false; readonly reason: string };

/** What the format has and this reader has not. */
class Unsupported extends Error {}

/** Reads a template; `file` returns the text of a file of payloads beside it. */
export function readTemplate(
  path: string,
  text: string,
  file: (name: string) => string | undefined,
): ReadTemplate {
  const problems: Problem[] = [];
  const [document] = readDocuments(path, text, problems);
  if (document === undefined) {
    return {
      ok: false,
      reason: problems[0] === undefined ? `${path} is empty` : `${path}: ${problems[0].message}`,
    };
  }
  const { root } = document;
  const top = Object.fromEntries(root.keys().map((key) => [key, root.plain(key)]));
  try {
    for (const key of OTHER_PROTOCOLS) {
      if (top[key] !== undefined) throw new Unsupported(`it speaks ${key}, and this runner only HTTP`);
    }
    const blocks = listOf(top['http'] ?? top['requests']).map((block) => readBlock(mapOf(block), top, file));
    if (blocks.length === 0) throw new Unsupported('it has no HTTP requests');
    const variables = Object.entries(mapOf(top['variables'])).map(
      ([name, value]) => [name, bytes(value)] as const,
    );
    const flow = top['flow'] === undefined ? undefined : textOf(top['flow']);
    return { ok: true, template: { id: textOf(top['id']), variables, blocks, flow } };
  } catch (error) {
    if (error instanceof Unsupported) return { ok: false, reason: `${path}: ${error.message}` };
    throw error;
  }
}

const OTHER_PROTOCOLS = [
  'dns',
  'network',
  'tcp',
  'ssl',
  'websocket',
  'headless',
  'javascript',
  'code',
  'workflows',
  'whois',
  'file',
];

function readBlock(
  block: Readonly<Record<string, unknown>>,
  top: Readonly<Record<string, unknown>>,
  file: (name: string) => string | undefined,
): RequestBlock {
  if (block['fuzzing'] !== undefined) throw new Unsupported('it fuzzes, which this runner does not');
  const attack = textOf(block['attack'] ?? block['type']);
  const follows = block['redirects'] === true || block['host-redirects'] === true;
  return {
    id: textOf(block['id']),
    raw: listOf(block['raw']).map((raw) => withLineEnds(bytes(raw))),
    method: textOf(block['method'] ?? 'GET'),
    paths: listOf(block['path']).map(bytes),
    headers: Object.entries(mapOf(block['headers'])).map(
      ([name, value]) => [bytes(name), bytes(value)] as const,
    ),
    body: withLineEnds(bytes(block['body'])),
    payloads: Object.entries(mapOf(block['payloads'])).map(
      ([name, values]) => [name, readPayload(values, file)] as const,
    ),
    attack: attack === 'pitchfork' || attack === 'clusterbomb' ? attack : 'batteringram',
    isUnsafe: block['unsafe'] === true,
    isSelfContained: (block['self-contained'] ?? top['self-contained']) === true,
    keepsCookies: block['cookie-reuse'] !== false && block['disable-cookie'] !== true,
    maxRedirects: follows ? numberOr(block['max-redirects'], 10) : 0,
    stopsAtFirstMatch: (block['stop-at-first-match'] ?? top['stop-at-first-match']) === true,
    matchers: listOf(block['matchers']).map((matcher) => readMatcher(mapOf(matcher))),
    matchersCondition: textOf(block['matchers-condition']) === 'and' ? 'and' : 'or',
    extractors: listOf(block['extractors']).map((extractor) => readExtractor(mapOf(extractor))),
  };
}

/** A list, or the name of a file with a value a line. */
function readPayload(values: unknown, file: (name: string) => string | undefined): readonly string[] {
  if (Array.isArray(values)) return values.map(bytes);
  const written = textOf(values);
  if (written.includes('\n')) return linesOf(toBytes(written));
  const text = file(written);
  if (text === undefined) throw new Unsupported(`the file of payloads '${written}' is not there`);
  return linesOf(toBytes(text));
}

function readMatcher(matcher: Readonly<Record<string, unknown>>): Matcher {
  const common = {
    part: textOf(matcher['part']),
    isNegative: matcher['negative'] === true,
    condition: textOf(matcher['condition']) === 'and' ? ('and' as const) : ('or' as const),
  };
  const type = textOf(matcher['type']);
  switch (type) {
    case 'status':
    case 'size':
      return type === 'status'
        ? { ...common, type, status: listOf(matcher['status']).map(Number) }
        : { ...common, type, size: listOf(matcher['size']).map(Number) };
    case 'word': {
      const isHex = textOf(matcher['encoding']) === 'hex';
      const words = listOf(matcher['words']).map((word) => (isHex ? fromHex(textOf(word)) : bytes(word)));
      return { ...common, type, words, ignoresCase: matcher['case-insensitive'] === true };
    }
    case 'regex':
      return { ...common, type, patterns: listOf(matcher['regex']).map(textOf) };
    case 'binary':
      return { ...common, type, contents: listOf(matcher['binary']).map((one) => fromHex(textOf(one))) };
    case 'dsl':
      return { ...common, type, expressions: listOf(matcher['dsl']).map(bytes) };
    default:
      throw new Unsupported(`a matcher is of type '${type}', which this runner does not know`);
  }
}

function readExtractor(extractor: Readonly<Record<string, unknown>>): Extractor {
  const common = {
    name: textOf(extractor['name']),
    part: textOf(extractor['part']),
    isInternal: extractor['internal'] === true,
  };
  const type = textOf(extractor['type']);
  switch (type) {
    case 'regex':
      return {
        ...common,
        type,
        patterns: listOf(extractor['regex']).map(textOf),
        group: numberOr(extractor['group'], 0),
      };
    case 'kval':
      return { ...common, type, keys: listOf(extractor['kval']).map(textOf) };
    case 'json':
      return { ...common, type, paths: listOf(extractor['json']).map(textOf) };
    case 'dsl':
      return { ...common, type, expressions: listOf(extractor['dsl']).map(bytes) };
    default:
      throw new Unsupported(`an extractor is of type '${type}', which this runner does not know`);
  }
}

function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>) // a YAML map
    : {};
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as unknown[]) : [value];
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint'
    ? String(value)
    : '';
}

function bytes(value: unknown): string {
  return toBytes(textOf(value));
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

function fromHex(digits: string): string {
  return Buffer.from(digits.replace(/\s/g, ''), 'hex').toString('latin1');
}

function linesOf(text: string): readonly string[] {
  return text.split(/\r?\n/).filter((line) => line !== '');
}

/** YAML's line ends are those of HTTP, unless the template writes its own. */
function withLineEnds(text: string): string {
  return text.includes('\r\n') ? text : text.replaceAll('\n', '\r\n');
}

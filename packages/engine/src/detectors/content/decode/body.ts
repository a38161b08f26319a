// The body, by what it says it is and by what it looks like: a site may read JSON whatever the media type says.

import { isAscii } from 'node:buffer';
import { decodeCharset, hasOddDeclaration } from './charset.ts';
import { decodeContent } from './contentCoding.ts';
import { excerptOf } from './excerpt.ts';
import type { Fields } from './fields.ts';
import { addFile, isText } from './files.ts';
import { looksLikeGraphql, readGraphql } from './graphql.ts';
import type { HeaderSummary } from './headers.ts';
import { readJsonText } from './json.ts';
import type { DecodeLimits } from './limits.ts';
import { readMultipart } from './multipart.ts';
import { formIdOf, readPairs, richTextOf } from './pairs.ts';
import { SeenTexts } from './seenTexts.ts';
import { readXml } from './xml.ts';

/** Read as text whatever is in it, so that a NUL in front hides nothing. */
const TEXT_TYPE = /^text\/|json|xml|graphql|csp-report|^$/;
const XML_START = /^\s*<(?:\?xml|!DOCTYPE|[\w.-]+:[Ee]nvelope)/;

const MOST_LINES = 4096;
/** As much as a gateway holds back of a body that is not packed. */
const MOST_UNPACKED = 262_144;
/** Of what lies beyond the limit. */
const LONG_REST = 16_384;

export interface Body {
  readonly bytes: Uint8Array;
  readonly isCut: boolean;
}

/** Adds what the body holds. */
export function readBody(fields: Fields, body: Body, summary: HeaderSummary, limits: DecodeLimits): void {
  const { contentType } = summary;
  const sent = Buffer.from(body.bytes.buffer, body.bytes.byteOffset, body.bytes.byteLength);
  const plain = decodeContent(fields.collector, sent, summary.contentEncoding, MOST_UNPACKED);
  const bytes = decodeCharset(fields.collector, plain, contentType);
  if (bytes.length === 0) return;
  fields.collector.beginBody(bytes.length);
  const mediaType = mediaTypeOf(contentType);
  // PHP asks only how the media type begins.
  if (mediaType.startsWith('multipart/')) {
    if (mediaType !== 'multipart/form-data')
      fields.collector.note('multipart-other', 'multipart', '', 'note');
    if (readMultipart(fields, bytes, contentType, body.isCut)) return;
  }
  readText(fields, bytes, mediaType, body.isCut, limits);
}

/** The media type without its parameters, in lower case; empty when there is none. */
export function mediaTypeOf(contentType: string): string {
  const end = contentType.search(/[;,\s]/);
  return (end < 0 ? contentType : contentType.slice(0, end)).toLowerCase();
}

function readText(
  fields: Fields,
  bytes: Buffer,
  mediaType: string,
  isCut: boolean,
  limits: DecodeLimits,
): void {
  const { collector } = fields;
  if (mediaType === 'application/x-www-form-urlencoded') {
    readForm(fields, bounded(fields, bytes, limits));
    return;
  }
  if (!TEXT_TYPE.test(mediaType) && !isText(bytes, 0, bytes.length)) {
    addFile(collector, '', bytes, 0, bytes.length);
    return;
  }
  const isWhole = !isCut && bytes.length <= limits.bodyBytes;
  const raw = bounded(fields, bytes, limits);
  const text = isAscii(bytes) ? raw : fields.decoder.utf8(raw);
  const lenient = fields.decoder.isOverlong ? fields.decoder.lenient() : undefined;
  const first = firstCode(text);
  if (isJsonType(mediaType) || isJsonStart(first)) {
    if (readJson(fields, text)) return;
    if (isWhole && isJsonType(mediaType)) collector.note('json-invalid', 'body', '', 'note');
  } else if (isXmlType(mediaType) || (first === 0x3c && XML_START.test(text.slice(0, 256)))) {
    if (hasOddDeclaration(text.slice(0, 512))) collector.note('charset', 'xml', '', 'refuse');
    readXml(fields, text);
    return;
  } else if (mediaType === 'application/graphql') readGraphql(fields, text, '');
  else if (/^[\w.%[\]-]{1,128}=/.test(text.slice(0, 160))) readPairs(fields, 'form', raw, 0);
  collector.add('body', '', text, 'text', lenient);
}

function readForm(fields: Fields, raw: string): void {
  fields.kinds.setForm(formIdOf(raw, fields.decoder), richTextOf(raw, fields.decoder));
  readPairs(fields, 'form', raw, 0);
  // What has no name is one to PHP; others read the body itself.
  if (!raw.includes('=')) fields.collector.add('body', '', fields.decoder.decode(raw, 0, raw.length, true));
  // Clients that forget to say that they send JSON leave this type in place.
  if (isJsonStart(firstCode(raw))) readJson(fields, fields.decoder.utf8(raw));
}

// One text, or one a line (NDJSON). What was found in a text that turns out to be no JSON stays.
function readJson(fields: Fields, text: string): boolean {
  const sink = new GraphqlAware(fields);
  if (!isOneEachLine(text)) return readJsonText(sink, text, '');
  const seen = new SeenTexts(text);
  let isValid = true;
  let start = 0;
  for (const [index, line] of text.split('\n', MOST_LINES).entries()) {
    const end = start + line.length;
    if (fields.collector.isFull()) {
      fields.collector.addRest('json', text.slice(start));
      return isValid;
    }
    if (line.trim() !== '' && seen.isNew(start, end))
      isValid = readJsonText(sink, line, `/${index}`) && isValid;
    start = end + 1;
  }
  return isValid;
}

function isOneEachLine(text: string): boolean {
  const lf = text.indexOf('}\n') + 1;
  const next = lf === 0 ? -1 : text.indexOf('{', lf);
  return next > 0 && text.slice(lf, Math.min(next, lf + 16)).trim() === '' && next - lf <= 16;
}

// The `query` at the top of a JSON text is a GraphQL document where it looks like one.
class GraphqlAware {
  readonly collector: Fields['collector'];
  readonly #fields: Fields;

  constructor(fields: Fields) {
    this.collector = fields.collector;
    this.#fields = fields;
  }

  addText(name: string, value: string, nesting: number, traits: number | undefined): void {
    this.#fields.addText(name, value, nesting, traits);
    if (
      nesting === 0 &&
      name.length <= 12 &&
      value.length > 8 &&
      name.endsWith('/query') &&
      looksLikeGraphql(value)
    )
      readGraphql(this.#fields, value, name);
  }
}

function isJsonType(mediaType: string): boolean {
  return (
    mediaType.endsWith('json') || mediaType === 'application/csp-report' || mediaType === 'application/jsonl'
  );
}

function isXmlType(mediaType: string): boolean {
  return mediaType.endsWith('/xml') || mediaType.endsWith('+xml');
}

function firstCode(text: string): number {
  let at = 0;
  while (text.charCodeAt(at) <= 0x20 || text.charCodeAt(at) === 0xfeff) at++;
  return text.charCodeAt(at);
}

function isJsonStart(code: number): boolean {
  return code === 0x7b || code === 0x5b;
}

// Of a body beyond the limit the beginning, the hottest places of what follows, and the end.
function bounded(fields: Fields, bytes: Buffer, limits: DecodeLimits): string {
  if (bytes.length <= limits.bodyBytes) return bytes.toString('latin1');
  fields.collector.note('body-too-long', 'body', '', 'note');
  const begin = limits.bodyBytes - 2 * LONG_REST;
  const searched = bytes.toString('latin1', begin, Math.min(bytes.length, begin + limits.bodyBytes * 8));
  const end = bytes.toString('latin1', Math.max(begin, bytes.length - LONG_REST));
  return `${bytes.toString('latin1', 0, begin)}\n${excerptOf(searched, LONG_REST)}\n${end}`;
}

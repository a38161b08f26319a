// The body, by what it says it is and by what it looks like: a site may read JSON whatever the media type says.

import type { Fields } from './fields.ts';
import { readJsonText } from './json.ts';
import type { DecodeLimits } from './limits.ts';
import { formIdOf, readPairs } from './pairs.ts';
import { excerptOf } from './excerpt.ts';

/** Adds what the body holds. */
export function readBody(fields: Fields, body: Uint8Array, contentType: string, limits: DecodeLimits): void {
  const mediaType = mediaTypeOf(contentType);
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const raw = bounded(fields, bytes, limits);
  if (mediaType === 'application/x-www-form-urlencoded') {
    fields.kinds.setFormId(formIdOf(raw, fields.decoder));
    readPairs(fields, 'form', raw, 0);
    if (!startsLikeJson(raw)) return;
  }
  const text = fields.decoder.utf8(raw);
  if (isJsonType(mediaType) || startsLikeJson(text)) {
    if (readJsonText(fields, text, '')) return;
    if (isJsonType(mediaType)) fields.collector.note('json-invalid', 'body', '', 'note');
  }
  fields.collector.add('body', '', text);
}

/** The media type without its parameters, in lower case; empty when there is none. */
export function mediaTypeOf(contentType: string): string {
  const semicolon = contentType.indexOf(';');
  return (semicolon < 0 ? contentType : contentType.slice(0, semicolon)).trim().toLowerCase();
}

function isJsonType(mediaType: string): boolean {
  return (
    mediaType.endsWith('json') ||
    mediaType === 'application/csp-report' ||
    mediaType === 'application/reports+json'
  );
}

function startsLikeJson(text: string): boolean {
  let at = 0;
  while (at < text.length && text.charCodeAt(at) <= 0x20) at++;
  const code = text.charCodeAt(at);
  return code === 0x7b || code === 0x5b;
}

// Of a body beyond the limit, the first half of the limit, the hottest places and the end.
function bounded(fields: Fields, bytes: Buffer, limits: DecodeLimits): string {
  if (bytes.length <= limits.bodyBytes) return bytes.toString('latin1', 0, bytes.length);
  fields.collector.note('body-too-long', 'body', '', 'note');
  const half = limits.bodyBytes >> 1;
  const rest = excerptOf(
    bytes.toString('latin1', half, Math.min(bytes.length, half + limits.bodyBytes * 8)),
    65_536,
  );
  return `${bytes.toString('latin1', 0, half)}\n${rest}`;
}

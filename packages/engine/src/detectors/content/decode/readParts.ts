// The way of a request through the decoders, on one screen: target, headers, query, body.

import type { InspectedRequest } from '@parapet/kinds';
import type { RequestParts, Unread } from '../parts.ts';
import type { Watch } from './attention.ts';
import { mediaTypeOf, readBody } from './body.ts';
import { Collector } from './collector.ts';
import { FieldKinds } from './fieldKinds.ts';
import { Fields } from './fields.ts';
import { readHeaders } from './headers.ts';
import { DECODE_LIMITS, type DecodeLimits } from './limits.ts';
import { readPairs } from './pairs.ts';
import { PercentDecoder } from './percent.ts';
import { addPath, readTarget } from './target.ts';

/**
 * The request taken apart as PHP and Drupal would see it. Never throws; the cost is linear in its size and capped.
 * `watch` looks at values for those who are asked about the parts, of a long body at some; without `unread` all of it is
 * taken apart.
 */
export function readParts(
  request: InspectedRequest,
  limits: Partial<DecodeLimits> = {},
  watch?: Watch,
  unread?: Unread,
): RequestParts {
  const allLimits = { ...DECODE_LIMITS, ...limits };
  const collector = new Collector(allLimits, watch);
  const decoder = new PercentDecoder();
  const target = readTarget(request.rawTarget, decoder);
  const fields = new Fields(collector, new FieldKinds(request, target.path), decoder);
  if (unread?.hasPath !== false) addPath(collector, target, request.rawTarget);
  if (unread !== undefined) readPairs(fields, 'query', unread.query, 1);
  else if (target.queryStart >= 0) readPairs(fields, 'query', request.rawTarget, target.queryStart);
  const summary = readHeaders(fields, unread?.headers ?? request.headers);
  if (request.body !== undefined && request.body.length > 0) {
    readBody(fields, { bytes: request.body, isCut: request.isBodyCut }, summary, allLimits);
  }
  collector.finish();
  return {
    request,
    unread,
    method: request.method,
    path: target.path,
    host: summary.host,
    mediaType: mediaTypeOf(summary.contentType),
    parts: collector.parts,
    anomalies: collector.anomalies,
    bodyFrom: collector.bodyFrom,
    isHeadSkimmed: collector.isHeadSkimmed,
    effort: collector.effort,
  };
}

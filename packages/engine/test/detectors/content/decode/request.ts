// A request for tests of the decoders, with what matters in each.

import type { InspectedRequest } from '@parapet/kinds';
import type { Part } from '../../../../src/detectors/content/parts.ts';

export function request(
  rawTarget: string,
  headers: Readonly<Record<string, string>> = {},
  body?: string | Uint8Array,
): InspectedRequest {
  return {
    method: body === undefined ? 'GET' : 'POST',
    rawTarget,
    headers: Object.entries(headers),
    body: typeof body === 'string' ? Buffer.from(body) : body,
    isBodyCut: false,
    site: '',
  };
}

export function form(rawTarget: string, body: string): InspectedRequest {
  return request(rawTarget, { 'content-type': 'application/x-www-form-urlencoded' }, body);
}

export function json(rawTarget: string, body: string): InspectedRequest {
  return request(rawTarget, { 'content-type': 'application/json' }, body);
}

/** `placement name=value`, one for each part. */
export function listed(parts: readonly Part[]): string[] {
  return parts.map((part) => `${part.placement} ${part.name}=${part.value}`);
}

/** Every text that is seen of the parts: values and their other readings. */
export function texts(parts: readonly Part[]): string[] {
  return parts.flatMap((part) => [part.value, ...part.views.map((view) => view.text)]);
}

// Requests taken apart by hand: what a rule sees, without the decoders.

import type { InspectedRequest } from '@parapet/kinds';
import type { Part, RequestParts } from '../../../../src/detectors/content/parts.ts';
import type { RuleExample } from '../../../../src/detectors/content/rules/rule.ts';

export function partsOf(
  given: Partial<RequestParts> & { rawTarget?: string; headers?: InspectedRequest['headers'] } = {},
): RequestParts {
  const { rawTarget, headers, ...rest } = given;
  const request: InspectedRequest = {
    method: given.method ?? 'GET',
    rawTarget: rawTarget ?? given.path ?? '/',
    headers: headers ?? [],
    body: undefined,
    isBodyCut: false,
    site: '',
  };
  return { request, method: 'GET', path: '/', host: '', mediaType: '', parts: [], anomalies: [], ...rest };
}

export function part(given: Partial<Part>): Part {
  return { placement: 'query', name: 'p', value: '', views: [], kind: 'text', isExcerpt: false, ...given };
}

/** The request that an example stands for. */
export function partsOfExample(example: RuleExample): RequestParts {
  const { place, text, name, kind, method, path, mediaType } = example;
  const given = { method, path, mediaType };
  if (place === 'target') return partsOf({ ...given, rawTarget: text });
  if (place === 'raw-header') return partsOf({ ...given, headers: [[name, text]] });
  const anomalies = anomaly(text);
  if (place === 'request') return partsOf({ ...given, anomalies });
  if (place === 'name') return partsOf({ ...given, parts: [part({ name: text, kind })] });
  if (place === 'path') {
    const parts = [part({ placement: 'path', name: '', value: text })];
    return partsOf({ ...given, path: text, anomalies, parts });
  }
  return partsOf({ ...given, anomalies, parts: [part({ placement: place, name, value: text, kind })] });
}

/** An example of a rule on anomalies is the anomaly's code. */
function anomaly(code: string): RequestParts['anomalies'] {
  return [{ code, placement: 'body', name: '', severity: 'note' }];
}

// Requests of all kinds: right ones, right ones with one thing changed, and wild ones. None makes the API fail, and
// every answer is JSON of a status that the document has. PARAPET_FUZZ_RUNS asks for a longer run.

import process from 'node:process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ROUTES } from '../src/api.ts';
import { ALERT_ID, filled } from './stand.ts';

const RUNS = Number(process.env['PARAPET_FUZZ_RUNS'] ?? 2000);

const word = fc.oneof(
  fc.constantFrom(
    '1',
    '0',
    '-1',
    '1e309',
    'true',
    'x',
    '%00',
    '%ff',
    '..',
    '__proto__',
    ALERT_ID,
    'aaaabbbb',
  ),
  fc.constantFrom(
    '203.0.113.5',
    '::1',
    '0.0.0.0/0',
    '198.51.100.0/24',
    '1a2b3c4d',
    '2026-03-01T00:00:00Z',
    '9d',
  ),
  fc.string({ maxLength: 20 }).map(encodeURIComponent),
);
const key = fc.constantFrom(
  ...[
    'limit',
    'cursor',
    'scope',
    'value',
    'ip',
    'active',
    'since',
    'until',
    'mode',
    'recordId',
    'list',
    'class',
  ],
  ...['scenario', 'origin', 'simulated', 'site', '__proto__', 'constructor'],
);
const field = fc.constantFrom(
  ...[
    'value',
    'scope',
    'remediation',
    'duration',
    'reason',
    'force',
    'list',
    'comment',
    'expiresAt',
    'recordId',
  ],
  ...['kind', 'confirm', 'type', 'id', 'time', 'attributes', 'user', '__proto__'],
);
const fieldValue = fc.oneof(word, fc.jsonValue({ maxDepth: 2 }));
const body = fc.oneof(
  fc.dictionary(field, fieldValue, { maxKeys: 6 }).map((value) => JSON.stringify(value)),
  fc
    .array(fc.dictionary(field, fieldValue, { maxKeys: 4 }), { maxLength: 4 })
    .map((value) => JSON.stringify(value)),
  fc.json(),
  fc.string(),
);
const request = fc.record({
  method: fc.constantFrom('GET', 'GET', 'POST', 'POST', 'DELETE', 'PUT', 'HEAD', 'PATCH'),
  path: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...ROUTES.map((one) => one.path)) },
    { weight: 1, arbitrary: fc.webPath() },
  ),
  parameter: word,
  query: fc.array(fc.tuple(key, word), { maxLength: 3 }),
  body,
  type: fc.constantFrom(
    'application/json',
    'application/json; charset=utf-8',
    'application/x-ndjson',
    'text/plain',
    '',
  ),
  encoding: fc.constantFrom('', '', '', 'gzip', 'identity', 'br'),
  authorization: fc.constantFrom(
    'Bearer pt_all',
    'Bearer pt_all',
    'Bearer pt_all',
    'Basic eDp5',
    'Bearer',
    '',
  ),
});

/** Right in all but, at most, one field. */
const nearlyRight = fc
  .tuple(
    fc.constantFrom(
      { path: '/decisions', body: { value: '192.0.2.7', duration: '4h' } },
      { path: '/allowlists', body: { value: '192.0.2.0/28', list: 'office' } },
      { path: '/feedback', body: { recordId: '1a2b3c4d', kind: 'attack' } },
      { path: '/signals', body: { type: 'login.failed', ip: '192.0.2.7' } },
    ),
    fc.option(fc.tuple(field, fieldValue), { nil: undefined }),
  )
  .map(([{ path, body: value }, other]) => ({
    ...{ method: 'POST', path, parameter: '', query: [], type: 'application/json', encoding: '' },
    ...{
      authorization: 'Bearer pt_all',
      body: JSON.stringify({ ...value, ...(other && { [other[0]]: other[1] }) }),
    },
  }));

describe('wild requests', () => {
  it('are answered, and none is a fault of ours', async () => {
    const made = await filled();
    const statuses = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(
        fc.oneof({ weight: 9, arbitrary: request }, { weight: 1, arbitrary: nearlyRight }),
        async ({ method, path, parameter, query, ...sent }) => {
          made.pass(5000);
          const search = query.map(([name, value]) => `${name}=${value}`).join('&');
          const target = `/api/v1${path.replaceAll(/\{\w+\}/g, parameter)}${search === '' ? '' : `?${search}`}`;
          const { authorization, type, encoding } = sent;
          const hasBody = method !== 'GET' && method !== 'HEAD';
          const answer = await made.ask(method, target, {
            token: null,
            headers: {
              ...(authorization === '' ? {} : { authorization }),
              ...(hasBody ? { 'content-type': type, 'content-encoding': encoding } : {}),
            },
            ...(hasBody ? { raw: sent.body } : {}),
          });
          statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
          expect(made.faults).toEqual([]);
          expect(answer.status).toBeLessThan(500);
          const isTold = answer.text !== '' && method !== 'HEAD';
          const code: unknown = isTold ? answer.json().code : 'E_NONE';
          expect(answer.status < 400 || /^E_[A-Z_]+$/.test(String(code)), answer.text).toBe(true);
        },
      ),
      { numRuns: RUNS },
    );
    // It was no use if nothing was ever right.
    for (const status of [200, 201, 202, 400, 401, 404, 405])
      expect(statuses.get(status) ?? 0, `${status}`).toBeGreaterThan(0);
  });
});

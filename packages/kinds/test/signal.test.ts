import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSignal, signalLine, type SignalFault } from '../src/index.ts';

const NOW_MS = Date.parse('2026-11-22T12:00:00Z');
const CLOCK = { nowMs: NOW_MS, maxAgeMs: 3_600_000 };
const WHOLE = {
  id: '0f8e2f0c-7a41-4c0e-9f39-5f1d0a3c9b11',
  time: '2026-11-22T12:30:00.123+01:00',
  type: 'login.failed',
  site: 'www.example.org',
  ip: '::FFFF:203.0.113.9',
  user: '5d41402abc4b2a76',
  session: '9f86d081884c7d65',
  attributes: { account_exists: true, roles: ['editor', 'author'], ms: 12.5, text: 'a,b', gone: null },
};

function faultOf(more: Readonly<Record<string, unknown>>): SignalFault | undefined {
  const read = readSignal({ type: 'a.b', ...more }, CLOCK);
  return read.ok ? undefined : read.code;
}

describe('readSignal', () => {
  it('reads a record whole, with its address and time in one form', () => {
    const read = readSignal(WHOLE, CLOCK);
    expect(read).toEqual({
      ok: true,
      signal: {
        ...{ id: WHOLE.id, atMs: Date.parse('2026-11-22T11:30:00.123Z'), type: 'login.failed' },
        ...{ site: 'www.example.org', ip: '203.0.113.9', user: WHOLE.user, session: WHOLE.session },
        attributes: [
          ['account_exists', true],
          ['roles', ['editor', 'author']],
          ['ms', 12.5],
          ['text', 'a,b'],
        ],
      },
    });
  });

  it('takes now for the time when none is given', () => {
    const read = readSignal({ type: 'a.b' }, CLOCK);
    expect(read.ok && read.signal.atMs).toBe(NOW_MS);
  });

  it('writes a line that it reads again as the same', () => {
    const read = readSignal(WHOLE, CLOCK);
    const line = read.ok ? signalLine(read.signal, 'x') : '';
    expect(readSignal(JSON.parse(line), CLOCK)).toEqual({
      ok: true,
      signal: { ...(read.ok ? read.signal : {}), id: 'x' },
    });
  });

  it('refuses what is no record', () => {
    for (const raw of [null, 1, 'x', [], [WHOLE]])
      expect(readSignal(raw, CLOCK)).toMatchObject({ code: 'E_SIGNAL_RECORD' });
    expect(readSignal({}, CLOCK)).toMatchObject({ code: 'E_SIGNAL_TYPE', detail: 'type is missing' });
  });

  it('says which key of a record is wrong', () => {
    expect(faultOf({ usr: 'x' })).toBe('E_SIGNAL_KEY');
    for (const type of ['login', 'Login.failed', 'a..b', '.a', 'a.b.c.d.e', `a.${'b'.repeat(63)}`, 5])
      expect(faultOf({ type })).toBe('E_SIGNAL_TYPE');
    for (const id of ['', 'a b', 'x'.repeat(65), 5]) expect(faultOf({ id })).toBe('E_SIGNAL_ID');
    for (const site of ['', 'a b', 'x'.repeat(256), 'a\nb', {}])
      expect(faultOf({ site })).toBe('E_SIGNAL_SITE');
    for (const ip of ['', '1.2.3', '1.2.3.4/32', 'fe80::1%eth0', 16_909_060])
      expect(faultOf({ ip })).toBe('E_SIGNAL_IP');
    for (const user of ['alice', 'alice@example.org', 'ABCDEF0123456789', 'abc', 'a'.repeat(65)])
      expect(faultOf({ user })).toBe('E_SIGNAL_HASH');
    expect(faultOf({ session: 'SESS1234' })).toBe('E_SIGNAL_HASH');
  });

  it('never repeats a name that was sent in the place of a hash', () => {
    expect(JSON.stringify(readSignal({ type: 'a.b', user: 'alice' }, CLOCK))).not.toContain('alice');
  });

  it('refuses times without a zone, far ahead, and long ago', () => {
    for (const time of [
      '2026-11-22T12:00:00',
      '22/Nov/2026:12:00:00 +0000',
      1_795_348_800,
      '2026-13-01T00:00:00Z',
    ])
      expect(faultOf({ time })).toBe('E_SIGNAL_TIME');
    expect(faultOf({ time: '2026-11-22T12:04:59Z' })).toBeUndefined();
    expect(faultOf({ time: '2026-11-22T12:05:01Z' })).toBe('E_SIGNAL_TIME');
    expect(faultOf({ time: '2026-11-22T11:00:01Z' })).toBeUndefined();
    expect(faultOf({ time: '2026-11-22T10:59:59Z' })).toBe('E_SIGNAL_TIME');
  });

  it('bounds attributes', () => {
    const many = Object.fromEntries(Array.from({ length: 49 }, (_, i) => [`a${i}`, 1]));
    for (const attributes of [
      [],
      'x',
      many,
      { Big: 1 },
      { ['a'.repeat(41)]: 1 },
      { message: 'x' },
      { program: 'nginx' },
      { a: 'x'.repeat(8193) },
      { a: { b: 1 } },
      { a: ['x', 1] },
      { a: ['x,y'] },
      { a: Array.from({ length: 33 }, () => 'x') },
      { a: Number.NaN },
    ])
      expect(faultOf({ attributes })).toBe('E_SIGNAL_ATTRIBUTE');
    const texts = Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`a${i}`, 'x'.repeat(8000)]));
    expect(faultOf({ attributes: texts })).toBe('E_SIGNAL_LARGE');
  });

  it('never throws, and what it takes is one line that it takes again', () => {
    const value = fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.array(fc.string()), fc.constant(null));
    const record = fc.record(
      {
        id: fc.oneof(fc.stringMatching(/^[\w:.-]{1,64}$/), fc.anything()),
        type: fc.oneof(fc.constant('login.failed'), fc.string(), fc.anything()),
        time: fc.oneof(
          fc.date({ noInvalidDate: true }).map((at) => at.toISOString()),
          fc.anything(),
        ),
        ip: fc.oneof(fc.ipV4(), fc.ipV6(), fc.anything()),
        site: fc.oneof(fc.domain(), fc.anything()),
        user: fc.oneof(fc.stringMatching(/^[0-9a-f]{16,64}$/), fc.anything()),
        attributes: fc.oneof(
          fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9_]{0,39}$/), value),
          fc.anything(),
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(record, fc.anything()), (raw) => {
        const read = readSignal(raw, { nowMs: NOW_MS, maxAgeMs: Infinity });
        if (!read.ok) return;
        const line = signalLine(read.signal, read.signal.id ?? 'x');
        expect(line).not.toContain('\n');
        const again = readSignal(JSON.parse(line), { nowMs: NOW_MS, maxAgeMs: Infinity });
        expect(again).toMatchObject({ ok: true, signal: { type: read.signal.type, atMs: read.signal.atMs } });
      }),
      { numRuns: 2000 },
    );
  });
});

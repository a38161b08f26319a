import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Redaction } from '../src/redaction.ts';

const redaction = new Redaction({ home: '/home/alice', keepsAddresses: false });

describe('what leaves the machine', () => {
  it.each([
    ['most from 10.0.0.2)', 'most from <address>)'],
    ['It is 192.0.2.7. Really', 'It is <address>. Really'],
    ['2001:db8::1, ::1 and fe80::1%eth0', '<address>, <address> and <address>'],
    ['192.0.2.0/24=x [2001:db8::/32]:80', '<address>=x [<address>]:80'],
    ['listen 127.0.0.1:9464', 'listen <address>:9464'],
    ['at 12:30:45 on 2026-03-01T12:30:45.123Z', 'at 12:30:45 on 2026-03-01T12:30:45.123Z'],
    ['version 1.2.3, parapet.yaml:3:14: x::y', 'version 1.2.3, parapet.yaml:3:14: x::y'],
    ['/home/alice/site: bob@example.org', '~/site: <e-mail>'],
    ['https://bob:pw@example.org/x?token=abc&a=1', 'https://<secret>@example.org/x?token=<secret>&a=1'],
  ])('%s', (text, cleaned) => {
    expect(redaction.text(text)).toBe(cleaned);
  });

  it('holds no address, wherever one stands', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.constantFrom(' ', '"', '(', '=', ','), (ip, before) => {
        expect(redaction.text(`x${before}${ip}${before}y`)).toBe(`x${before}<address>${before}y`);
      }),
    );
  });

  it('keeps the shape of what it cleans, and secrets out of it', () => {
    expect(redaction.clean({ api_key: 'abc', list: [1, '192.0.2.7', null], '192.0.2.7': true })).toEqual({
      api_key: '<secret>',
      list: [1, '<address>', null],
      '<address>': true,
    });
  });
});

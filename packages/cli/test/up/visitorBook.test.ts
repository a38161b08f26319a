import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseIpOrCidr } from '@parapet/kinds';
import { describe, expect, it } from 'vitest';
import { VisitorBook } from '../../src/up/visitorBook.ts';

const NOON = Date.parse('2026-03-01T12:00:00Z');
const DAY_MS = 86_400_000;
const place = (text: string): ReturnType<typeof parseIpOrCidr> & object => parseIpOrCidr(text)!;
const folder = (): string => mkdtempSync(path.join(tmpdir(), 'parapet-visitors-'));

describe('who visits', () => {
  it('is told of an address and of a range, for a week; who logged in for a month', () => {
    const book = new VisitorBook(folder());
    for (let i = 0; i < 3; i += 1) book.visit('203.0.113.7', NOON);
    book.visit('203.0.113.8', NOON - 6 * DAY_MS);
    book.visit('203.0.113.9', NOON - 8 * DAY_MS);
    book.visit('2001:db8::1', NOON);
    book.login('203.0.113.9', NOON - 20 * DAY_MS);
    book.login('203.0.113.10', NOON - 31 * DAY_MS);
    expect(book.within([place('203.0.113.7')], NOON)).toMatchObject({ requests: 3, addresses: 1, logins: 0 });
    expect(book.within([place('203.0.113.0/24')], NOON)).toEqual({
      ...{
        requests: 4,
        addresses: 2,
        isEstimate: false,
        logins: 1,
        examples: ['203.0.113.9'],
        days: 2,
        people: 0,
      },
    });
    const people = new Set(['203.0.113.200', '198.51.100.1']);
    expect(book.within([place('203.0.113.0/24')], NOON, people).people).toBe(1);
    // Places that lie in each other count once.
    const twice = [place('203.0.113.7'), place('203.0.0.0/16'), place('2001:db8::/32')];
    expect(book.within(twice, NOON)).toMatchObject({ requests: 5, addresses: 3 });
  });

  it('is there again after a restart, and begins anew with a broken file', () => {
    const dataDir = folder();
    const book = new VisitorBook(dataDir);
    book.visit('203.0.113.7', NOON);
    book.login('203.0.113.7', NOON);
    book.save(NOON);
    const again = new VisitorBook(dataDir);
    expect(again.within([place('203.0.113.7')], NOON)).toMatchObject({ requests: 1, logins: 1 });
    writeFileSync(path.join(dataDir, 'visitors.json'), '{"days":[[1');
    expect(new VisitorBook(dataDir).within([place('203.0.113.7')], NOON)).toMatchObject({ requests: 0 });
  });

  it('is estimated of a crowd, in bounded memory', () => {
    const book = new VisitorBook(folder());
    for (let i = 0; i < 60_000; i += 1) book.visit(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, NOON);
    const { addresses, isEstimate } = book.within([place('10.0.0.0/17')], NOON);
    expect(isEstimate).toBe(true);
    expect(Math.abs(addresses - 32_768) / 32_768).toBeLessThan(0.1);
    expect(book.within([place('192.0.2.0/24')], NOON).addresses).toBe(0);
  });

  it('is never something that is no address', () => {
    const book = new VisitorBook(folder());
    for (const rawIp of ['', 'x'.repeat(1000), '-']) {
      book.visit(rawIp, NOON);
      book.login(rawIp, NOON);
    }
    expect(book.within([place('0.0.0.0/0'), place('::/0')], NOON)).toMatchObject({ requests: 0, logins: 0 });
  });
});

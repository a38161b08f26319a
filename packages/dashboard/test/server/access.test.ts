import { describe, expect, it } from 'vitest';
import { Attempts } from '../../src/server/access/attempts.ts';
import { readInvitation, makeInvitation } from '../../src/server/access/links.ts';
import { Passwords } from '../../src/server/access/passwords.ts';
import { mayAct } from '../../src/server/access/roles.ts';
import { newTotpSecret, totpCode, totpStep, totpUri } from '../../src/server/access/totp.ts';
import { START } from './site.ts';

// RFC 6238, appendix B, with the last six of its eight digits: the secret is "12345678901234567890".
const RFC_SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

describe('codes by time', () => {
  it.each([
    [59, '287082'],
    [1111111109, '081804'],
    [1111111111, '050471'],
    [1234567890, '005924'],
    [2000000000, '279037'],
    [20000000000, '353130'],
  ])('at %i are those of RFC 6238', (seconds, code) => {
    expect(totpCode(RFC_SECRET, Math.floor(seconds / 30))).toBe(code);
    expect(totpStep(RFC_SECRET, code, seconds * 1000)).toBe(Math.floor(seconds / 30));
  });

  it('count for half a minute before and after, and no longer', () => {
    const nowMs = START.getTime();
    const code = totpCode(RFC_SECRET, Math.floor(nowMs / 30_000));
    expect(totpStep(RFC_SECRET, code, nowMs + 30_000)).toBeDefined();
    expect(totpStep(RFC_SECRET, code, nowMs + 61_000)).toBeUndefined();
    expect(totpStep(RFC_SECRET, `${code}0`, nowMs)).toBeUndefined();
    expect(totpStep(RFC_SECRET, 'abcdef', nowMs)).toBeUndefined();
  });

  it('have secrets of 160 bits that apps can take', () => {
    const secret = newTotpSecret();
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(newTotpSecret()).not.toBe(secret);
    expect(totpUri(secret, 'anna', 'Parapet')).toContain(`secret=${secret}&issuer=Parapet`);
  });
});

describe('passwords', () => {
  it('are kept as argon2id and found again', async () => {
    const passwords = new Passwords();
    const hash = await passwords.hash('seven brave otters');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await passwords.fits('seven brave otters', hash)).toBe(true);
    expect(await passwords.fits('seven brave otter', hash)).toBe(false);
    expect(await passwords.fits('seven brave otters', undefined)).toBe(false);
    expect(await passwords.fits('', hash)).toBe(false);
    expect(await passwords.hash('seven brave otters')).not.toBe(hash);
  });

  it('wait in line, and are refused when the line is long', async () => {
    const passwords = new Passwords();
    const tries = Array.from({ length: 20 }, () => passwords.fits('x', undefined));
    const results = await Promise.allSettled(tries);
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(4);
  });
});

describe('links', () => {
  const secret = new Uint8Array(32).fill(7);
  const expiresAt = new Date(START.getTime() + 1000);

  it('say what they were made for', () => {
    const token = makeInvitation(secret, { role: 'analyst', user: 'anna', expiresAt });
    expect(readInvitation(secret, token, START)).toMatchObject({ role: 'analyst', user: 'anna', expiresAt });
  });

  it('are worth nothing when they are over, changed, or of another engine', () => {
    const token = makeInvitation(secret, { role: 'viewer', expiresAt });
    expect(readInvitation(secret, token, expiresAt)).toBeUndefined();
    expect(readInvitation(new Uint8Array(32), token, START)).toBeUndefined();
    const [text = '', digest = ''] = token.split('.');
    const claims = Buffer.from(text, 'base64url').toString().replace('viewer', 'admin');
    const forged = `${Buffer.from(claims).toString('base64url')}.${digest}`;
    expect(readInvitation(secret, forged, START)).toBeUndefined();
    for (const odd of ['', '.', 'a.b', 'a'.repeat(9000)])
      expect(readInvitation(secret, odd, START)).toBeUndefined();
  });
});

describe('tries', () => {
  it('are free at first and then cost twice as much each time, up to a minute for a name', () => {
    const attempts = new Attempts();
    const waits: number[] = [];
    for (let i = 0; i < 14; i++) {
      attempts.failed(`place ${i}`, 'anna', 0);
      waits.push(attempts.waitSeconds('elsewhere', 'anna', 0));
    }
    expect(waits).toEqual([0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
    expect(attempts.waitSeconds('elsewhere', 'anna', 60_000)).toBe(0);
    expect(attempts.waitSeconds('elsewhere', 'bert', 0)).toBe(0);
  });

  it('are counted for a place whatever the names', () => {
    const attempts = new Attempts();
    for (let i = 0; i < 20; i++) attempts.failed('192.0.2.1', `name ${i}`, 0);
    expect(attempts.waitSeconds('192.0.2.1', 'anna', 0)).toBe(900);
    attempts.succeeded('192.0.2.1', 'anna');
    expect(attempts.waitSeconds('192.0.2.1', 'anna', 0)).toBe(0);
  });

  it('of guessers elsewhere keep nobody out from where they came in before', () => {
    const attempts = new Attempts();
    attempts.succeeded('192.0.2.1', 'anna');
    for (let i = 0; i < 50; i++) attempts.failed(`198.51.100.${i}`, 'anna', 0);
    expect(attempts.waitSeconds('192.0.2.1', 'anna', 0)).toBe(0);
    expect(attempts.waitSeconds('192.0.2.2', 'anna', 0)).toBe(60);
    for (let i = 0; i < 6; i++) attempts.failed('192.0.2.1', 'anna', 0);
    expect(attempts.waitSeconds('192.0.2.1', 'anna', 0)).toBe(2);
  });

  it('of guessers elsewhere keep nobody out on this machine, where one may wait for a minute', () => {
    const attempts = new Attempts();
    for (let i = 0; i < 50; i++) attempts.failed(`198.51.100.${i}`, 'anna', 0);
    expect(attempts.waitSeconds('192.0.2.2', 'anna', 0)).toBe(60);
    for (const place of ['127.0.0.1', '::1']) {
      expect(attempts.waitSeconds(place, 'anna', 0)).toBe(0);
      for (let i = 0; i < 50; i++) attempts.failed(place, `name ${i}`, 0);
      expect(attempts.waitSeconds(place, 'anna', 0)).toBe(60);
    }
  });

  it('are forgiven after an hour, and by a clock that was set back', () => {
    const attempts = new Attempts();
    for (let i = 0; i < 9; i++) attempts.failed('p', 'anna', 10_000_000);
    expect(attempts.waitSeconds('p', 'anna', 9_000_000)).toBe(0);
    attempts.failed('p', 'anna', 10_000_000 + 3_600_001);
    expect(attempts.waitSeconds('p', 'anna', 10_000_000 + 3_600_001)).toBe(0);
  });
});

describe('roles', () => {
  it('are a ladder, and what is no role may nothing', () => {
    expect(mayAct('operator', 'analyst')).toBe(true);
    expect(mayAct('analyst', 'operator')).toBe(false);
    expect(mayAct('root', 'viewer')).toBe(false);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cookiesNamed, setCookie } from '../../src/challenge/cookies.ts';
import { makeClient, makeRequest } from '../requests.ts';

const named = (cookie: string): readonly string[] => cookiesNamed(makeRequest({ cookie }), 'pass');

describe('cookies', () => {
  it('are found by their whole name, wherever they stand', () => {
    expect(named('pass=1')).toEqual(['1']);
    expect(named('a=b; pass=1; c=d')).toEqual(['1']);
    expect(named('a=b;pass=1;c=d')).toEqual(['1']);
    expect(named('bypass=1; my_pass=2; pass2=3; x=pass=4')).toEqual([]);
    // Two fields, as a header joins them.
    expect(named('a=b, pass=1, c=d')).toEqual(['1']);
    expect(cookiesNamed(makeRequest(), 'pass')).toEqual([]);
  });

  it('of one name are at most four, each cut to what ours could be', () => {
    expect(named('pass=1; pass=2; pass=3; pass=4; pass=5')).toEqual(['1', '2', '3', '4']);
    expect(named(`pass=${'a'.repeat(5000)}`)).toEqual(['a'.repeat(100)]);
  });

  it('are read from anything without a throw', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom('pass=', ';', ' ', ',', '='), fc.string({ unit: 'binary' }))),
        (parts) => {
          for (const value of named(parts.join(''))) expect(value).not.toMatch(/[;, ]/);
        },
      ),
    );
  });

  it('are set for this site alone, out of the reach of scripts', () => {
    expect(setCookie(makeClient('192.0.2.1', 'https'), 'pass', 'x', 60)).toBe(
      'pass=x; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure',
    );
    expect(setCookie(makeClient('192.0.2.1', 'http'), 'pass', 'x', 60, '/a')).toBe(
      'pass=x; Path=/a; Max-Age=60; HttpOnly; SameSite=Lax',
    );
  });
});

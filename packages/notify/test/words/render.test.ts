import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OUTCOMES, type Message } from '../../src/message.ts';
import { ATTACKS, type AttackKey } from '../../src/words/attacks.table.ts';
import { type Language, LANGUAGES } from '@parapet/kinds';
import { renderMessage, textOf } from '../../src/words/render.ts';
import { attackMessage } from '../samples.ts';

const zone = 'Europe/Berlin';
const inLanguage = (language: Language, message: Message = attackMessage()): string =>
  renderMessage(message, { language, zone }).title;

describe('the headline', () => {
  it('says what, what was done, when there, and whether to look', () => {
    expect(inLanguage('en')).toBe('Possible SQL injection attack blocked at 2:35 AM, review suggested');
    expect(inLanguage('de')).toBe(
      'Möglicher SQL-Injection-Angriff um 02:35 Uhr abgewehrt, Durchsicht empfohlen',
    );
    expect(inLanguage('es')).toBe(
      'Posible ataque de inyección SQL bloqueado a las 2:35, se recomienda revisarlo',
    );
    expect(inLanguage('fr')).toBe(
      'Possible attaque par injection SQL bloquée à 02:35, vérification conseillée',
    );
  });

  it('is in the time of the place, summer time included', () => {
    const atMs = Date.parse('2026-07-01T00:35:00Z');
    const message = attackMessage({ facts: { ...attackMessage().facts, firstAtMs: atMs, lastAtMs: atMs } });
    expect(renderMessage(message, { language: 'en', zone: 'America/New_York' }).title).toContain(
      'at 8:35 PM',
    );
    expect(renderMessage(message, { language: 'de', zone }).title).toContain('um 02:35 Uhr');
  });

  it('says that it is over, and that it goes on', () => {
    expect(inLanguage('en', attackMessage({ kind: 'over' }))).toBe(
      'Back to normal: Possible SQL injection attack (2:35 AM – 2:47 AM)',
    );
    expect(inLanguage('fr', attackMessage({ kind: 'over' }))).toBe(
      'Retour à la normale : Possible attaque par injection SQL (02:35 – 02:47)',
    );
    expect(inLanguage('de', attackMessage({ kind: 'still-on' }))).toMatch(/^Dauert noch an: Möglicher/);
  });

  it('never claims that something was stopped that was not', () => {
    const facts = { ...attackMessage().facts, outcome: 'observed' as const };
    expect(inLanguage('en', attackMessage({ facts }))).toBe(
      'Possible SQL injection attack seen, not stopped, at 2:35 AM, review suggested',
    );
  });
});

describe('what is no attack', () => {
  it('is told in the language of the channel', () => {
    const message: Message = {
      ...attackMessage(),
      kind: 'attention',
      about: 'set-up',
      detail:
        'The bouncer web-1 (192.0.2.1) has not been heard of for 3 hours. Look whether it runs there and reaches this engine; if it is gone for good, remove it: parapet bouncers delete web-1',
    };
    expect(renderMessage(message, { language: 'de', zone }).lines).toEqual([
      'Seit 3 Stunden hört man nichts mehr: Bouncer web-1 (192.0.2.1). Sehen Sie nach, ob es dort läuft und diese Engine erreicht; gibt es das nicht mehr, entfernen Sie es: parapet bouncers delete web-1',
    ]);
    expect(renderMessage(message, { language: 'en', zone }).lines).toEqual([message.detail]);
  });
});

describe('every language', () => {
  it('has a sentence for every attack and outcome, on one line and without holes', () => {
    for (const language of LANGUAGES) {
      for (const attack of Object.keys(ATTACKS) as AttackKey[]) {
        for (const outcome of OUTCOMES) {
          const facts = { ...attackMessage().facts, attack, outcome };
          for (const kind of ['attack', 'over', 'still-on'] as const) {
            const title = inLanguage(language, attackMessage({ facts, kind }));
            expect(title).not.toMatch(/undefined|NaN|\n| {2}|,,|, ?\)/);
            expect(title.length).toBeLessThan(200);
          }
        }
      }
    }
  });

  it('says the same facts', () => {
    const counts = LANGUAGES.map(
      (language) => renderMessage(attackMessage(), { language, zone }).facts.length,
    );
    expect(new Set(counts).size).toBe(1);
  });
});

it('counts and names, and offers to undo only what concerns one address', () => {
  const { facts } = renderMessage(attackMessage(), { language: 'en', zone, link: 'https://p.example.org' });
  expect(Object.fromEntries(facts)).toMatchObject({
    Site: 'shop',
    When: 'Nov 22, 2026, 2:35 AM GMT+1 – Nov 22, 2026, 2:47 AM GMT+1',
    From: '4,312 addresses, such as 203.0.113.7 (France, Example <b>*Net*</b> | x=1)',
    Events: '9,000',
    Why: 'parapet alerts show 5c1f0a52-0000-4000-8000-000000000000',
    Dashboard: 'https://p.example.org',
  });
  const one = { ...attackMessage().facts, sources: 1 };
  expect(textOf(renderMessage(attackMessage({ facts: one }), { language: 'en', zone }))).toContain(
    'Undo: parapet unban 203.0.113.7',
  );
  expect(facts.some(([label]) => label === 'Undo')).toBe(false);
});

it('sums up a day', () => {
  const line = {
    attack: 'login',
    site: 'shop',
    outcome: 'blocked',
    severity: 'medium',
    firstAtMs: attackMessage().atMs,
    attacks: 3,
    sources: 12,
    needsReview: false,
  } as const;
  const digest: Message = {
    id: 'd',
    kind: 'digest',
    severity: 'low',
    site: '',
    atMs: attackMessage().atMs,
    sinceMs: attackMessage().atMs - 86_400_000,
    lines: [line, { ...line, attack: 'spray', attacks: 1, needsReview: true }],
    more: 5,
  };
  const { title, lines } = renderMessage(digest, { language: 'en', zone });
  expect(title).toBe('Summary: 9 attacks, 1 deserves a look');
  expect(lines).toEqual([
    'Possible password guessing blocked at 2:35 AM, nothing to do (shop, 12 addresses, 3 attacks)',
    'Possible password attack on many accounts blocked at 2:35 AM, review suggested (shop, 12 addresses)',
    'and 5 more',
  ]);
});

it('shows nothing that can steer a terminal, whatever strangers wrote', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const facts = { ...attackMessage().facts, paths: [text], shown: [{ value: text, asName: text }] };
      const message = attackMessage({ facts, site: text });
      const rendered = renderMessage(message, { language: 'en', zone });
      for (const [, value] of rendered.facts)
        expect(value).not.toMatch(/[\u0000-\u001F\u007F-\u009F\u202A-\u202E]/);
      expect(textOf(rendered).length).toBeLessThan(2000 + 5 * text.length);
    }),
  );
});

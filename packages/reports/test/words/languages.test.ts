// What a source did, in the languages of those who read it.

import { describe, expect, it } from 'vitest';
import { LANGUAGES, type Language } from '@parapet/kinds';
import { explainAct, explainAlert, explainSeveral, familyOf } from '../../src/words/explain.ts';
import { FAMILIES, type Family } from '../../src/words/families.table.ts';
import { makeAlert } from '../samples.ts';

/** Words that each sentence of a language has one of, and no sentence of the others. */
const OWN: Readonly<Record<Language, RegExp>> = {
  en: /\b(?:asked|sent|tried|put|looked|failed|fetched|logged|did|was|made|changed|wrote|uploaded|had|placed|went)\b/,
  de: /\b(?:hat|hatte|wurde)\b/,
  es: /\b(?:ha|no ha)\b/,
  fr: /(?:^|\s)(?:a|s’est)\s/,
};
const OTHERS: Readonly<Record<Language, RegExp>> = {
  en: /\b(?:hat|ha|Minuten|minutos)\b/,
  de: /\b(?:the|and|with|minutes|sent|asked|tried|el|los)\b/,
  es: /\b(?:the|and|with|minutes|sent|asked|tried|hat)\b/,
  fr: /\b(?:the|and|with|sent|asked|tried|hat|ha)\b/,
};

/** A scenario of each family whose own pattern is no name as it stands. */
const NAMES: Readonly<Record<string, string>> = {
  weakness: 'http-cve-2021-41773',
  'password-reset': 'password-reset',
  'user-enumeration': 'user-enum',
  login: 'ssh-bf',
  flood: 'http-dos',
};

function alertOf(family: Family, eventsCount: number): ReturnType<typeof makeAlert> {
  const [name] = family.name?.source.match(/[a-z]+(?:-[a-z]+)*/) ?? ['x'];
  const [behavior] = family.behavior?.source.match(/[a-z]+(?:-[a-z]+)*/) ?? ['x'];
  const scenario = `somebody/${NAMES[family.key] ?? name}`;
  const labels = { behavior: `http:${behavior}` };
  expect(familyOf(scenario, labels)?.key).toBe(family.key);
  return makeAlert({ scenario, eventsCount, labels });
}

describe.each(LANGUAGES)('in %s', (language) => {
  it('each family has a whole sentence, of one event and of many', () => {
    const said = new Set<string>();
    for (const family of FAMILIES)
      for (const count of [1, 1234]) {
        const sentence = explainAct(alertOf(family, count), language);
        expect(sentence, family.key).toMatch(OWN[language]);
        expect(sentence, family.key).not.toMatch(OTHERS[language]);
        expect(sentence, family.key).not.toMatch(/undefined|null|\$\{| {2}|^\s|\s$| ,|\(\)/);
        said.add(sentence);
      }
    expect(said.size).toBeGreaterThan(FAMILIES.length);
  });
});

describe('the same alert', () => {
  it.each([
    [
      'de',
      '203.0.113.7 (Frankreich, AS64500 Example) hat in 20 Sekunden 11 verschiedene Seiten verlangt, die fehlen oder gesperrt sind, wie es Scanner tun (crowdsecurity/http-probing)',
    ],
    [
      'es',
      '203.0.113.7 (Francia, AS64500 Example) ha pedido en 20 segundos 11 páginas distintas que faltan o están prohibidas, como hacen los escáneres (crowdsecurity/http-probing)',
    ],
    [
      'fr',
      '203.0.113.7 (France, AS64500 Example) a demandé en 20 secondes 11 pages différentes, absentes ou interdites, comme le font les scanneurs (crowdsecurity/http-probing)',
    ],
  ] as const)('is told in %s', (language, sentence) => {
    expect(explainAlert(makeAlert(), language)).toBe(sentence);
  });

  it('writes days, large numbers and examples as the language does', () => {
    const startAt = new Date('2026-05-04T00:00:00Z');
    const alert = makeAlert({
      scenario: 'crowdsecurity/http-sensitive-files',
      paths: ['/.env', '/.git/config'],
      eventsCount: 12_345,
      startAt,
      stopAt: new Date(startAt.getTime() + 7 * 86_400_000),
    });
    expect(explainAct(alert, 'de')).toBe(
      'hat in 7 Tagen 12.345 Dateien verlangt, die nie für Besucher bestimmt waren, zum Beispiel /.env und /.git/config',
    );
    expect(explainSeveral(3, alert, 'de')).toMatch(/^3 Quellen; die letzte, 203\.0\.113\.7 \(.*\), hat in /);
  });

  it('says what an application told, and who it was', () => {
    const meta = [
      ['signal_type', 'role.granted'],
      ['signal_subject', 'editor'],
    ] as const;
    const alert = makeAlert({
      scenario: 'parapet/signal-rights-changed',
      events: [{ at: new Date(0), meta }],
      eventsCount: 1,
      source: { scope: 'user', value: 'anna' },
    });
    expect(explainAlert(alert, 'fr')).toBe(
      'Le compte « anna » a donné plus de droits à un compte (le rôle editor)' +
        ' ; vérifiez si c’était vous (parapet/signal-rights-changed)',
    );
  });
});

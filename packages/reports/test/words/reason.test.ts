import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { CODE_REASONS } from '../../src/words/reasons/code.table.ts';
import { DETECTOR_REASONS, VALUE_WORDS } from '../../src/words/reasons/detectors.table.ts';
import { LEXER_REASONS } from '../../src/words/reasons/lexers.table.ts';
import { explainReason, isKnownReason } from '../../src/words/reasons/reason.ts';
import { REQUEST_REASONS } from '../../src/words/reasons/requests.table.ts';
import { SOFTWARE_REASONS } from '../../src/words/reasons/software.table.ts';
import { SPARED_REASONS } from '../../src/words/reasons/spared.table.ts';

const PACKAGES = path.resolve(import.meta.dirname, '../../..');
const CONTENT = path.join(PACKAGES, 'engine/src/detectors/content');
const ALL = [
  ...CODE_REASONS,
  ...DETECTOR_REASONS,
  ...LEXER_REASONS,
  ...REQUEST_REASONS,
  ...SOFTWARE_REASONS,
  ...SPARED_REASONS,
];

function filesOf(folder: string, end: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(end) && !name.endsWith('.table.ts'))
    .map((name) => readFileSync(path.join(folder, name), 'utf8'));
}

/** Texts of code that are sentences of ours: they begin as `names a class …` does. */
function sentencesOf(code: string): readonly string[] {
  return [...code.matchAll(/(?<!\w)(['`])((?:[a-z]+s|has) [^'`\n]*)\1/g)]
    .map(([, , text]) => text!)
    .filter((text) => text.split(' ').length > 2 || /^(?:is|has|opens|renames) /.test(text))
    .map((text) => text.replace(/\$\{[^}]*\}/g, '3'));
}

describe('every reason that is shipped has a sentence in each language', () => {
  it('of the rules', () => {
    const texts = filesOf(path.join(PACKAGES, 'cli/items/content-rules'), '.yaml').flatMap((file) =>
      [...file.matchAll(/^    text: (.*)$/gm)].map(([, text]) => unquoted(text!)),
    );
    expect(texts.length).toBeGreaterThan(200);
    expect(texts.filter((text) => !isKnownReason(text))).toEqual([]);
  });

  it('of the readers of languages', () => {
    const texts = filesOf(path.join(CONTENT, 'lexers'), '.ts').flatMap(sentencesOf);
    expect(texts.length).toBeGreaterThan(120);
    expect(texts.filter((text) => !isKnownReason(text))).toEqual([]);
  });

  it('of the model', () => {
    const texts = [
      ...readFileSync(path.join(CONTENT, 'model/classes.ts'), 'utf8').matchAll(/'(looks like [^']+)'/g),
    ].map(([, text]) => text!);
    expect(texts.length).toBe(17);
    expect(texts.filter((text) => !isKnownReason(text))).toEqual([]);
  });

  it('of what is weighed against them and of what a site is used to', () => {
    const texts = ['site', 'verdict', 'appsec'].flatMap((folder) =>
      filesOf(path.join(CONTENT, folder), '.ts').flatMap((code) =>
        [...code.matchAll(/text(?::| =)[^;]*?['`]((?:is|has) [^'`\n]*)['`]/g)].map(([, text]) => text!),
      ),
    );
    const filled = texts.map((text) =>
      text
        .replace('${listOf(found)}', 'quotes')
        .replace('${named}', 'the field q')
        .replace('${IN_WORDS[type]}', 'a number')
        .replace('as ${who} it', 'as editors often send it')
        .replace('q ${who} here', 'q often has here')
        .replace('${who}', 'stopped')
        .replace('${day}', '2026-11-22')
        .replace(/\$\{[^}]*\}/g, '3'),
    );
    expect(filled.length).toBeGreaterThan(5);
    expect(filled.filter((text) => !isKnownReason(text))).toEqual([]);
  });

  it('of the rules that keep an alert from becoming a decision', () => {
    const codes = ['neverRules', 'operatorRule', 'trafficShare'].map((name) =>
      readFileSync(path.join(PACKAGES, `engine/src/verdicts/${name}.ts`), 'utf8'),
    );
    const signs = [...codes[2]!.matchAll(/return '?(?:`)?((?:with|and) [^;]*)[`'];/g)].map(([, text]) =>
      text!.replace(/\$\{[^}]*\}`?[^}]*\}/, '12 or more').replace(/\$\{[^}]*\}/, '12'),
    );
    expect(signs).toHaveLength(3);
    const texts = codes
      .flatMap((code) => [...code.matchAll(/`(\$\{(?:source\.value|what)\} (?:is|looks|belongs) [^`]*)`/g)])
      .flatMap(([, text]) => signs.map((sign) => [text!, sign] as const))
      .flatMap(([text, sign]) =>
        ['just now', '1 minute before', '7 minutes before', '3 hours before'].map((ago) =>
          text
            .replace('${reason}', `97 % of the last hour's 400 requests come from it, ${sign}`)
            .replace('${ago(agoMs)}', ago)
            .replace(/\$\{[^}]*\}/g, '192.0.2.0/24'),
        ),
      );
    expect(new Set(texts).size).toBeGreaterThan(9);
    expect(texts.filter((text) => !isKnownReason(text))).toEqual([]);
    expect(
      explainReason(
        '192.0.2.0/8 (with 192.0.2.4) is where anna, whom the site trusts, was seen 7 minutes before: a decision would lock the operator out',
        'de',
      ),
    ).toBe(
      'Von 192.0.2.0/8 (mit 192.0.2.4) kam 7 Minuten davor anna, und die Website vertraut diesem Konto: Eine Maßnahme würde den Betreiber aussperren',
    );
  });
});

describe('the sentences', () => {
  it('are four different ones with the same holes', () => {
    for (const row of ALL) {
      expect(new Set(row).size, row[0]).toBe(4);
      for (const text of row)
        expect(text.match(/\{\w+\}/g)?.toSorted() ?? [], row[0]).toEqual(
          row[0].match(/\{\w+\}/g)?.toSorted() ?? [],
        );
    }
    expect(new Set([...ALL, ...VALUE_WORDS].map(([en]) => en)).size).toBe(ALL.length + VALUE_WORDS.length);
  });
});

describe('explainReason', () => {
  it('translates whole sentences, and what stands in their holes', () => {
    expect(explainReason('has signs of SQL', 'de')).toBe('hat Anzeichen von SQL');
    expect(explainReason('runs the command wget, written so that it is not seen', 'fr')).toBe(
      'exécute la commande wget, écrite pour ne pas être vue',
    );
    expect(
      explainReason(
        'has quotes, hyphens and dots and spaces, where the parameter a b is always a number here',
        'de',
      ),
    ).toBe(
      'hat Anführungszeichen, Striche oder Punkte, Leerzeichen, wo der Parameter a b hier immer eine Zahl ist',
    );
    expect(explainReason('is a number, as editors often send it in the field body', 'es')).toBe(
      'es un número, como lo envían a menudo los editores: el campo body',
    );
  });

  it('leaves English as it is, and what is no sentence of ours in every language', () => {
    expect(explainReason('has signs of SQL', 'en')).toBe('has signs of SQL');
    expect(explainReason('tut etwas Eigenes', 'de')).toBe('tut etwas Eigenes');
    const long = `runs the command ${'x'.repeat(10_000)}`;
    expect(explainReason(long, 'de')).toBe(long);
  });
});

/** A plain or a quoted text of YAML. */
function unquoted(text: string): string {
  if (text.startsWith("'")) return text.slice(1, -1).replaceAll("''", "'");
  return text.startsWith('"') ? text.slice(1, -1) : text;
}

// Why inspection took a part of a request for an attack, and why nothing was decided, in the language of who reads it. Reasons are stored as they
// were found, in English: the sentence is the key of its translations, so that old records have them too, and what
// operators or foreign rules wrote stays as it is written.

import type { Language } from '@parapet/kinds';
import { CODE_REASONS } from './code.table.ts';
import { DETECTOR_REASONS, VALUE_WORDS } from './detectors.table.ts';
import { LEXER_REASONS } from './lexers.table.ts';
import { REQUEST_REASONS } from './requests.table.ts';
import { SOFTWARE_REASONS } from './software.table.ts';
import { SPARED_REASONS } from './spared.table.ts';

export type ReasonRow = readonly [en: string, de: string, es: string, fr: string];

/** Longer texts are nobody's sentence of ours; it bounds the work of the patterns. */
const LONGEST = 400;
const COLUMNS: Readonly<Record<Language, 0 | 1 | 2 | 3>> = { en: 0, de: 1, es: 2, fr: 3 };
const ALL: readonly ReasonRow[] = [
  ...SOFTWARE_REASONS,
  ...CODE_REASONS,
  ...REQUEST_REASONS,
  ...LEXER_REASONS,
  ...DETECTOR_REASONS,
  ...SPARED_REASONS,
];
const ROWS: ReadonlyMap<string, ReasonRow> = new Map(ALL.map((row) => [row[0], row]));
const VALUES: ReadonlyMap<string, ReasonRow> = new Map(VALUE_WORDS.map((row) => [row[0], row]));
/** What may stand in a hole; in all others it is anything. */
const HOLES: Readonly<Record<string, string>> = {
  noun: 'parameter|field|value|cookie',
  who: 'stopped|confirmed by an operator',
  type: '[A-Za-z -]{2,24}',
  list: '[A-Za-z, -]{2,200}?',
  day: '[\\d-]{10}',
  number: '\\d+',
  typical: '\\d+',
  record: '[\\w-]+',
  agents: '\\d+',
  percent: '\\d+',
  total: '\\d+',
  minutes: '\\d+',
  hours: '\\d+',
  ip: '[0-9a-f:.]+',
};
const PATTERNS = ALL.filter(([en]) => en.includes('{')).map((row) => ({ row, pattern: patternOf(row[0]) }));

/** Returns the reason in the language; as it is written where it is none of our sentences. */
export function explainReason(text: string, language: Language): string {
  if (language === 'en' || text.length > LONGEST) return text;
  const row = ROWS.get(text);
  if (row !== undefined) return row[COLUMNS[language]];
  for (const { row: found, pattern } of PATTERNS) {
    const holes = pattern.exec(text)?.groups;
    if (holes !== undefined) return filled(found[COLUMNS[language]], holes, language);
  }
  return text;
}

/** Returns whether the sentence is known in every language. */
export function isKnownReason(text: string): boolean {
  return ROWS.has(text) || PATTERNS.some(({ pattern }) => pattern.test(text));
}

function patternOf(sentence: string): RegExp {
  const source = sentence
    .split(/(\{\w+\})/)
    .map((piece) => {
      const name = /^\{(\w+)\}$/.exec(piece)?.[1];
      if (name === undefined) return piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      return `(?<${name}>${Object.hasOwn(HOLES, name) ? HOLES[name]! : '.+'})`;
    })
    .join('');
  return new RegExp(`^${source}$`, 's');
}

function filled(sentence: string, holes: Readonly<Record<string, string>>, language: Language): string {
  return sentence.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = holes[name] ?? '';
    return name === 'list' ? listIn(value, language) : valueIn(value, language);
  });
}

/** `quotes, slashes and spaces`; `hyphens and dots` are one of them. */
function listIn(list: string, language: Language): string {
  const items = list.split(/, | and (?!dots|stars)/).map((item) => valueIn(item, language));
  return items.join(', ');
}

function valueIn(value: string, language: Language): string {
  return VALUES.get(value)?.[COLUMNS[language]] ?? value;
}

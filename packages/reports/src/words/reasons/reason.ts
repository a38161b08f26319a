// Why inspection took a part of a request for an attack, and why nothing was decided, in the language of who reads it.

import type { Language } from '@parapet/kinds';
import { SentenceTable, wordsOf, type SentenceRow, type ValueWords } from '../sentenceTable.ts';
import { CODE_REASONS } from './code.table.ts';
import { DETECTOR_REASONS, VALUE_WORDS } from './detectors.table.ts';
import { LEXER_REASONS } from './lexers.table.ts';
import { REQUEST_REASONS } from './requests.table.ts';
import { SOFTWARE_REASONS } from './software.table.ts';
import { SPARED_REASONS } from './spared.table.ts';

const ALL: readonly SentenceRow[] = [
  ...SOFTWARE_REASONS,
  ...CODE_REASONS,
  ...REQUEST_REASONS,
  ...LEXER_REASONS,
  ...DETECTOR_REASONS,
  ...SPARED_REASONS,
];
const HOLES = {
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
const word = wordsOf(VALUE_WORDS);
const TABLE = new SentenceTable(ALL, HOLES, valueIn);

/** Returns the reason in the language; as it is written where it is none of our sentences. */
export function explainReason(text: string, language: Language): string {
  return TABLE.translate(text, language) ?? text;
}

/** Returns whether the sentence is known in every language. */
export function isKnownReason(text: string): boolean {
  return TABLE.knows(text);
}

/** A list is `quotes, slashes and spaces`; `hyphens and dots` are one of them. */
function valueIn(...[value, language, hole]: Parameters<ValueWords>): string | undefined {
  if (hole !== 'list') return word(value, language);
  const items = value.split(/, | and (?!dots|stars)/).map((item) => word(item, language) ?? item);
  return items.join(', ');
}

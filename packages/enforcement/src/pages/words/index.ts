// The words of a language, and what is filled into them.

import type { Language } from '../reader.ts';
import { DE } from './de.table.ts';
import { EN } from './en.table.ts';
import { ES } from './es.table.ts';
import { FR } from './fr.table.ts';
import { IT } from './it.table.ts';
import { NL } from './nl.table.ts';
import { PL } from './pl.table.ts';
import { PT } from './pt.table.ts';
import type { Words } from './words.ts';

const ALL: Readonly<Record<Language, Words>> = {
  en: EN,
  de: DE,
  es: ES,
  fr: FR,
  it: IT,
  nl: NL,
  pl: PL,
  pt: PT,
};

export function wordsOf(language: Language): Words {
  return ALL[language];
}

/** Returns the sentence with each `{name}` replaced; a name without a value stays. */
export function fill(sentence: string, values: Readonly<Record<string, string | number>>): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Returns "5 seconds" in the language. */
export function seconds(language: Language, count: number): string {
  const format = new Intl.NumberFormat(language, { style: 'unit', unit: 'second', unitDisplay: 'long' });
  return format.format(count);
}

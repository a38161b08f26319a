// The words of a language, and what is filled into them.

import type { Language } from '../reader.ts';
import { EN } from './en.table.ts';
import type { Words } from './words.ts';

const ALL: Readonly<Record<Language, Words>> = {
  en: EN,
  de: EN,
  es: EN,
  fr: EN,
  it: EN,
  nl: EN,
  pl: EN,
  pt: EN,
};

export function wordsOf(language: Language): Words {
  return ALL[language];
}

/** Returns the sentence with each `{name}` replaced; a name without a value stays. */
export function fill(sentence: string, values: Readonly<Record<string, string | number>>): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

// The languages in which there are words for what sources did.

import type { Language } from '@parapet/kinds';
import { GERMAN } from './de.ts';
import { ENGLISH } from './en.ts';
import { SPANISH } from './es.ts';
import { FRENCH } from './fr.ts';
import type { ActWords } from './words.ts';

export const ACT_WORDS: Readonly<Record<Language, ActWords>> = {
  en: ENGLISH,
  de: GERMAN,
  es: SPANISH,
  fr: FRENCH,
};

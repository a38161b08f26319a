// Who reads an answer of ours: a person in some language, or a program that wants JSON or plain text.

import type { RequestView } from '@parapet/kinds';

export const LANGUAGES = ['en', 'de', 'es', 'fr', 'it', 'nl', 'pl', 'pt'] as const;
export type Language = (typeof LANGUAGES)[number];
export type Format = 'html' | 'json' | 'text';

export interface Reader {
  readonly language: Language;
  readonly format: Format;
}

// Browsers send few different lists, attackers may send many: the cache is bounded.
const MOST_REMEMBERED = 512;
const MOST_RANGES = 32;
const remembered = new Map<string, Language>();

/** Returns how an answer to this request is to be written. */
export function readerOf(request: RequestView): Reader {
  return { language: languageOf(request.header('accept-language')), format: formatOf(request) };
}

/**
 * A page for what a person looks at; JSON for scripts and interfaces; plain text for the rest, which are pictures,
 * styles and programs such as curl.
 */
function formatOf(request: RequestView): Format {
  const accept = request.header('accept') ?? '';
  const destination = request.header('sec-fetch-dest');
  if (destination !== undefined) {
    if (destination === 'document' || destination === 'iframe' || destination === 'frame') return 'html';
    if (destination === 'empty') return accept.includes('text/plain') ? 'text' : 'json';
    return 'text';
  }
  if (request.header('x-requested-with') !== undefined) return 'json';
  if (accept.includes('text/html') || accept.includes('application/xhtml+xml')) return 'html';
  return accept.includes('json') ? 'json' : 'text';
}

/** Returns our language that the list likes best (RFC 9110 12.5.4, basic filtering by the primary tag). */
export function languageOf(acceptLanguage: string | undefined): Language {
  if (acceptLanguage === undefined) return 'en';
  const known = remembered.get(acceptLanguage);
  if (known !== undefined) return known;
  const language = chooseLanguage(acceptLanguage);
  if (acceptLanguage.length <= 200) {
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    remembered.set(acceptLanguage, language);
  }
  return language;
}

function chooseLanguage(acceptLanguage: string): Language {
  let best: Language = 'en';
  let bestQuality = 0;
  for (const range of acceptLanguage.slice(0, 1000).split(',', MOST_RANGES)) {
    const [rawTag = '', ...parameters] = range.split(';');
    const primary = rawTag.trim().toLowerCase().split('-', 1)[0];
    const language = LANGUAGES.find((one) => one === primary);
    if (language === undefined) continue;
    const quality = qualityOf(parameters);
    if (quality > bestQuality) {
      best = language;
      bestQuality = quality;
    }
  }
  return best;
}

function qualityOf(parameters: readonly string[]): number {
  for (const parameter of parameters) {
    const match = /^\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*$/i.exec(parameter);
    if (match !== null) return Number(match[1]);
  }
  return 1;
}

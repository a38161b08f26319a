// The page's language: chosen by the browser, or by hand and then remembered on this device.

import { computed, signal } from '@preact/signals';
import { EN, type FirstWord } from './en.ts';
import type { LaterWord } from './later/en.ts';

export type Word = FirstWord | LaterWord;

export const LANGUAGES = { en: 'English', de: 'Deutsch', es: 'Español', fr: 'Français' } as const;

export type Language = keyof typeof LANGUAGES;

type Words = Readonly<Record<FirstWord, string>>;
type LaterWords = Readonly<Record<LaterWord, string>>;

const KEPT = 'parapet-language';

const LOAD: Readonly<Record<Language, () => Promise<Words>>> = {
  en: async () => EN,
  de: async () => (await import('./de.ts')).DE,
  es: async () => (await import('./es.ts')).ES,
  fr: async () => (await import('./fr.ts')).FR,
};

/** Those of pages that are loaded later come with the first of them. */
const LOAD_LATER: Readonly<Record<Language, () => Promise<LaterWords>>> = {
  en: async () => (await import('./later/en.ts')).EN_LATER,
  de: async () => (await import('./later/de.ts')).DE_LATER,
  es: async () => (await import('./later/es.ts')).ES_LATER,
  fr: async () => (await import('./later/fr.ts')).FR_LATER,
};

export const language = signal<Language>('en');
const words = signal<Readonly<Record<string, string>>>(EN);
/** How this browser's people write times and numbers, where it is of the same language: `en-GB` has 24 hours. */
export const locale = computed(
  () => navigator.languages.find((tag) => tag.split('-')[0] === language.value) ?? language.value,
);
/** Hours and minutes: `08:05`, or `8:05 AM`. */
export const hourAndMinute = computed<Intl.DateTimeFormatOptions>(() => {
  const { hour12 } = new Intl.DateTimeFormat(locale.value, { hour: 'numeric' }).resolvedOptions();
  return { hour: hour12 === true ? 'numeric' : '2-digit', minute: '2-digit' };
});
let areLaterNeeded = false;

/** Takes the language that was chosen here before, else the first that the browser knows and we do. */
export async function chooseFirstLanguage(): Promise<void> {
  const known = [localStorage.getItem(KEPT) ?? '', ...navigator.languages].map((tag) => tag.slice(0, 2));
  await setLanguage(known.find(isLanguage) ?? 'en');
}

export async function chooseLanguage(chosen: Language): Promise<void> {
  localStorage.setItem(KEPT, chosen);
  await setLanguage(chosen);
}

export function isLanguage(tag: string): tag is Language {
  return Object.hasOwn(LANGUAGES, tag);
}

/** Resolves when the words of all pages are there. */
export async function needAllWords(): Promise<void> {
  if (areLaterNeeded) return;
  areLaterNeeded = true;
  try {
    await setLanguage(language.value);
  } catch (error) {
    areLaterNeeded = false;
    throw error;
  }
}

async function setLanguage(chosen: Language): Promise<void> {
  const [first, later] = await Promise.all([
    LOAD[chosen](),
    areLaterNeeded ? LOAD_LATER[chosen]() : undefined,
  ]);
  words.value = { ...first, ...later };
  language.value = chosen;
  document.documentElement.lang = chosen;
}

type Values = Readonly<Record<string, string | number>>;

/** Returns the words with their values; where there is an `n`, in the singular or the plural. */
export function t(word: Word, values: Values = {}): string {
  const [one = '', many = one] = (words.value[word] ?? word).split('|');
  const n = values['n'];
  const isOne = typeof n !== 'number' || new Intl.PluralRules(language.value).select(n) === 'one';
  const text = isOne ? one : many;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return typeof value === 'number' ? count(value) : (value ?? whole);
  });
}

/** Returns the words for a key that is put together, or the other text when there are none. */
export function tOr(word: string, other: string, values: Values = {}): string {
  return Object.hasOwn(words.value, word) ? t(word as Word, values) : other; // it is one of the keys
}

export function count(number: number): string {
  return new Intl.NumberFormat(locale.value).format(number);
}

export function compact(number: number): string {
  return number < 10_000
    ? count(number)
    : new Intl.NumberFormat(locale.value, { notation: 'compact', maximumFractionDigits: 1 }).format(number);
}

export function percent(share: number): string {
  const digits = share > 0.999 ? 2 : share > 0.99 ? 1 : 0;
  const style = { style: 'percent', maximumFractionDigits: digits } as const;
  // 100 % would be a claim that nobody can make.
  return new Intl.NumberFormat(locale.value, style).format(Math.min(share, 0.9999));
}

/** `14:03` today, `Sat 14:03` this week, else with the date. */
export function moment(atMs: number, nowMs: number = Date.now()): string {
  const at = new Date(atMs);
  const isToday = at.toDateString() === new Date(nowMs).toDateString();
  const isNear = Math.abs(nowMs - atMs) < 6 * 86_400_000;
  const format: Intl.DateTimeFormatOptions = {
    ...hourAndMinute.value,
    ...(isToday ? {} : isNear ? { weekday: 'short' } : { day: 'numeric', month: 'short' }),
  };
  return new Intl.DateTimeFormat(locale.value, format).format(at);
}

export function clock(atMs: number): string {
  return new Intl.DateTimeFormat(locale.value, { ...hourAndMinute.value, second: '2-digit' }).format(atMs);
}

export function whole(atMs: number): string {
  return new Intl.DateTimeFormat(locale.value, { dateStyle: 'full', timeStyle: 'medium' }).format(atMs);
}

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
];

/** `5 minutes ago`, `in 4 hours`. */
export function ago(atMs: number, nowMs: number = Date.now()): string {
  const ms = atMs - nowMs;
  for (const [unit, size] of STEPS)
    if (Math.abs(ms) >= size)
      return new Intl.RelativeTimeFormat(locale.value, { numeric: 'auto' }).format(
        Math.trunc(ms / size),
        unit,
      );
  return t('time.now');
}

/** `4 hours`, `30 seconds`: the largest unit alone. */
export function long(ms: number): string {
  const [unit, size] = STEPS.find(([, one]) => ms >= one) ?? ['second', 1000];
  const style = { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 0 } as const;
  return new Intl.NumberFormat(locale.value, style).format(Math.max(0, Math.round(ms / size)));
}

export function country(code: string): string {
  if (!/^[A-Z]{2}$/.test(code)) return code;
  return new Intl.DisplayNames([locale.value], { type: 'region', fallback: 'code' }).of(code) ?? code;
}

/** Words for what went wrong. */
export function faultText(fault: { readonly code: string; readonly values: Values }): string {
  return tOr(`fault.${fault.code}`, t('fault.other', { code: fault.code }), fault.values);
}

/** The languages in which people are spoken to, as BCP 47 tags. */
export const LANGUAGES = ['en', 'de', 'es', 'fr'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Returns the language of a tag, `de` for `de-AT`; English for what is none of ours. */
export function languageOf(tag: string | null | undefined): Language {
  const first = tag?.slice(0, 2).toLowerCase();
  return LANGUAGES.find((one) => one === first) ?? 'en';
}

// Sentences of ours in the language of who reads them. Some are stored, or come from processes and files that know no
// language but English: the English sentence is the key of its translations, so that old records have them too, and what
// operators, foreign rules or the system wrote stays as it is written.

import type { Language } from '@parapet/kinds';

/** A sentence in each language; what stands in `{holes}` is the same in all, or a value of the table's. */
export type SentenceRow = readonly [en: string, de: string, es: string, fr: string];

/** Returns what stands in a hole in the language, or undefined where it stays as it is. */
export type ValueWords = (value: string, language: Language, hole: string) => string | undefined;

interface Pattern {
  readonly row: SentenceRow;
  readonly pattern: RegExp;
}

/** Longer texts are nobody's sentence of ours; it bounds the work of the patterns. */
const LONGEST = 500;
const COLUMNS: Readonly<Record<Language, 0 | 1 | 2 | 3>> = { en: 0, de: 1, es: 2, fr: 3 };

export class SentenceTable {
  readonly #rows: ReadonlyMap<string, SentenceRow>;
  readonly #patterns: readonly Pattern[];
  readonly #valueIn: ValueWords;

  /** `holes` says what may stand in one, as the source of a pattern; in all others it is anything. */
  constructor(
    rows: readonly SentenceRow[],
    holes: Readonly<Record<string, string>>,
    valueIn: ValueWords = () => undefined,
  ) {
    this.#rows = new Map(rows.map((row) => [row[0], row]));
    this.#patterns = rows
      .filter(([en]) => en.includes('{'))
      .map((row) => ({ row, pattern: patternOf(row[0], holes) }));
    this.#valueIn = valueIn;
  }

  /** Returns the text in the language; undefined where it is none of these sentences. */
  translate(text: string, language: Language): string | undefined {
    if (text.length > LONGEST) return undefined;
    const row = this.#rows.get(text);
    if (row !== undefined) return row[COLUMNS[language]];
    if (language === 'en') return this.knows(text) ? text : undefined;
    for (const { row: found, pattern } of this.#patterns) {
      const holes = pattern.exec(text)?.groups;
      if (holes !== undefined) return this.#filled(found[COLUMNS[language]], holes, language);
    }
    return undefined;
  }

  /** Returns whether the text is one of these sentences. */
  knows(text: string): boolean {
    return (
      text.length <= LONGEST &&
      (this.#rows.has(text) || this.#patterns.some(({ pattern }) => pattern.test(text)))
    );
  }

  #filled(sentence: string, holes: Readonly<Record<string, string>>, language: Language): string {
    return sentence.replace(/\{(\w+)\}/g, (_, hole: string) => {
      const value = holes[hole] ?? '';
      return this.#valueIn(value, language, hole) ?? value;
    });
  }
}

/** Returns words that may stand in holes: each is the key of its row. */
export function wordsOf(
  rows: readonly SentenceRow[],
): (value: string, language: Language) => string | undefined {
  const words: ReadonlyMap<string, SentenceRow> = new Map(rows.map((row) => [row[0], row]));
  return (value, language) => words.get(value)?.[COLUMNS[language]];
}

function patternOf(sentence: string, holes: Readonly<Record<string, string>>): RegExp {
  const source = sentence
    .split(/(\{\w+\})/)
    .map((piece) => {
      const name = /^\{(\w+)\}$/.exec(piece)?.[1];
      if (name === undefined) return piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      return `(?<${name}>${Object.hasOwn(holes, name) ? holes[name]! : '.+'})`;
    })
    .join('');
  return new RegExp(`^${source}$`, 's');
}

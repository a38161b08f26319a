// What the Drupal module says, in each language that it brings along: every sentence is there, and keeps what Drupal
// puts into it.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const MODULE = path.join(import.meta.dirname, '../../drupal/parapet');
const TEXT = String.raw`('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")`;
const CALL = new RegExp(String.raw`(?:->|\s|\(|\[)t\(\s*${TEXT}|TranslatableMarkup\(\s*${TEXT}`, 'g');
const PLURAL = /'(1 [^']*)', '(@count [^']*)'/g;

/** By English text, or by singular and plural with a line between them. */
type Sentences = ReadonlyMap<string, readonly string[]>;

function said(): ReadonlySet<string> {
  const found = new Set<string>();
  const files = (...endings: readonly string[]): string[] =>
    readdirSync(MODULE, { recursive: true, encoding: 'utf8' }).filter(
      (name) => endings.includes(path.extname(name)) && !/^tests|generated|\.api\.php/.test(name),
    );
  for (const name of files('.php', '.module', '.install')) {
    const text = readFileSync(path.join(MODULE, name), 'utf8');
    const calls = Array.from(text.matchAll(CALL), (match) => unquoted(match[1] ?? match[2]!));
    // A sentence that is put together cannot be translated.
    const all = text.match(/(?:->|\s|\(|\[)t\(|new TranslatableMarkup\(/g) ?? [];
    expect(calls.length, name).toBe(all.length);
    const plurals = Array.from(text.matchAll(PLURAL), ([, one, other]) => `${one}\n${other}`);
    expect(plurals.length, name).toBe((text.match(/[>:]formatPlural\(/g) ?? []).length);
    for (const sentence of [...calls, ...plurals]) found.add(sentence);
  }
  for (const file of files('.yml').filter((name) => !name.includes('config/'))) {
    const lines = readFileSync(path.join(MODULE, file), 'utf8').matchAll(
      /^\s*(?:title|description|_title): '((?:[^']|'')*)'$/gm,
    );
    for (const [, text] of lines) found.add(text!.replaceAll("''", "'"));
  }
  return found;
}

function unquoted(literal: string): string {
  return literal[0] === "'"
    ? literal.slice(1, -1).replaceAll(/\\(['\\])/g, '$1')
    : literal.slice(1, -1).replaceAll(/\\(["\\$])/g, '$1');
}

/** Reads a file of gettext, as far as ours use its format. */
function translated(file: string): Sentences {
  const sentences = new Map<string, readonly string[]>();
  for (const entry of readFileSync(file, 'utf8').split('\n\n').slice(1)) {
    const texts = Array.from(entry.matchAll(/^(\w+(?:\[\d\])?) (".*")$/gm), ([, name, text]) => ({
      name: name!,
      text: JSON.parse(text!) as string, // the same escapes
    }));
    const ids = texts.filter(({ name }) => name.startsWith('msgid')).map(({ text }) => text);
    const key = ids.join('\n');
    expect(sentences.has(key), `${key} stands there twice`).toBe(false);
    sentences.set(
      key,
      texts.filter(({ name }) => name.startsWith('msgstr')).map(({ text }) => text),
    );
  }
  return sentences;
}

/** What Drupal or the reader fills in, and the marks around it. */
function parts(text: string): readonly string[] {
  return (
    text.match(/[@%][a-z]+|":[a-z]+"|<[^>]+>|\$settings\['\w+'\]|https?:\/\/|\d+\.\d+\.\d+\.\d+/g) ?? []
  ).toSorted();
}

describe.each(['de', 'es', 'fr'])('the translation into %s', (language) => {
  const sentences = translated(path.join(MODULE, `translations/parapet.${language}.po`));

  it('has every sentence of the module, and no other', () => {
    const known = said();
    expect(known.size).toBeGreaterThan(150);
    expect([...known].filter((sentence) => !sentences.has(sentence))).toEqual([]);
    expect([...sentences.keys()].filter((sentence) => !known.has(sentence))).toEqual([]);
  });

  it('keeps what is filled in, and leaves nothing empty', () => {
    for (const [key, texts] of sentences) {
      const originals = key.split('\n');
      expect(texts, key).toHaveLength(originals.length);
      for (const [i, text] of texts.entries()) {
        expect(text, key).not.toBe('');
        // Of one thing a language may write the number as a figure or as Drupal counts it.
        const isOne = i === 0 && texts.length === 2;
        expect(parts(isOne ? text.replace('@count', '1') : text), key).toEqual(parts(originals[i]!));
      }
    }
  });
});

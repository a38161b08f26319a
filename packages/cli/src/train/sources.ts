// The labelled sets that the content model learns from, as texts: which file each comes from, and which part of it is
// kept for testing. What each set is and its licence: docs/content-model.md.

import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip, gunzipSync } from 'node:zlib';
import type { LabelledText, PlacementGroup } from '@parapet/engine';
import type { AttackClass, InspectedRequest } from '@parapet/kinds';
import { readRequest } from '../inspection/readRequest.ts';
import { requestTexts, type PlacedText } from './requestTexts.ts';

/** The texts of one request, or one text. An attack is in one of them; an honest request is honest in all. */
export interface Example {
  readonly id: string;
  readonly source: string;
  /** What is kept apart from training together: a class of requests, a document, a rule. */
  readonly part: string;
  readonly class: AttackClass | undefined;
  readonly texts: readonly PlacedText[];
  /** Undefined for bare texts. */
  readonly request?: InspectedRequest;
  /** The attack by itself, where its set has nothing around it. */
  readonly payload?: string;
}

interface LabelledRow {
  readonly id: string;
  readonly label: 'attack' | 'benign';
  readonly class: string;
  readonly payload?: string;
  readonly meta?: { readonly rule?: number };
}

const SET_CLASSES: Readonly<Record<string, AttackClass>> = {
  sqli: 'sqli',
  sql: 'sqli',
  xss: 'xss',
  shell: 'rce',
  cmdi: 'rce',
  'path-traversal': 'lfi',
  '944-APPLICATION-ATTACK-JAVA': 'java',
  '942-APPLICATION-ATTACK-SQLI': 'sqli',
  '941-APPLICATION-ATTACK-XSS': 'xss',
  '934-APPLICATION-ATTACK-GENERIC': 'ssti',
  '933-APPLICATION-ATTACK-PHP': 'php',
  '932-APPLICATION-ATTACK-RCE': 'rce',
  '931-APPLICATION-ATTACK-RFI': 'ssrf',
  '930-APPLICATION-ATTACK-LFI': 'lfi',
  '921-PROTOCOL-ATTACK': 'crlf',
};

/** What a scanner sent is among the honest values of gran: `|id`, `rm\x09q1`, `c:\windows`. */
const MISLABELLED = /[\\|`;<>\t\v\f\r\n\0\u00A0]|\/etc\/|\.nasl|\.\.\/|boot\.ini/u;

/** CRS tests of these are of protocol and names, which are for rules. */
const NOT_CONTENT = /^(?:911|913|920|922|943)-/u;

/** Returns the examples of one labelled file, in its order. */
export async function readSet(file: string): Promise<Example[]> {
  const name = path.basename(file).replace('.jsonl.gz', '');
  const examples: Example[] = [];
  const lines = createInterface({ input: createReadStream(file).pipe(createGunzip()), crlfDelay: Infinity });
  for await (const line of lines) {
    const read = readRequest(line);
    if (!read.ok) continue;
    // Written by the sets' own makers; `readRequest` has seen that it is an object.
    const row = JSON.parse(line) as LabelledRow;
    if (NOT_CONTENT.test(row.class)) continue;
    const isAttack = row.label === 'attack';
    if (name === 'crs-regression-dev' && !isAttack) continue;
    // Of sets of payloads only the payload is the set's own: the request around it is always the same.
    const texts = requestTexts(read.line.request).filter(
      ({ group }) => row.payload === undefined || group === 'value',
    );
    if (
      texts.length === 0 ||
      (!isAttack && name === 'gran' && texts.some(({ text }) => MISLABELLED.test(text)))
    )
      continue;
    examples.push({
      id: row.id,
      source: name,
      part: row.meta?.rule === undefined ? row.class : String(row.meta.rule),
      class: isAttack ? classOf(row.class, texts) : undefined,
      texts,
      request: read.line.request,
      ...(row.payload === undefined ? {} : { payload: texts[0]?.text ?? '' }),
    });
  }
  return examples;
}

/** Some lists of shell commands hold ways to files too. */
function classOf(name: string, texts: readonly PlacedText[]): AttackClass {
  const kind = SET_CLASSES[name] ?? 'other';
  return kind === 'rce' && texts.some(({ text }) => /^[^;|&`$]*\.\.[\\/]/u.test(text)) ? 'lfi' : kind;
}

/** Returns the honest texts of the spam sets: prose of people, whatever it advertises. */
export async function readProse(folder: string): Promise<Example[]> {
  const examples: Example[] = [];
  for (const name of ['youtube-train', 'sms-train', 'spamassassin-train']) {
    const lines = gunzipSync(await readFile(path.join(folder, `${name}.jsonl.gz`)))
      .toString('utf8')
      .split('\n');
    for (const line of lines) {
      if (line === '') continue;
      const { id, text } = JSON.parse(line) as { id: string; text: string };
      if (name === 'spamassassin-train' && (text.length > 6000 || /<(?:script|html|body|table)/iu.test(text)))
        continue;
      examples.push({
        id,
        source: name,
        part: name,
        class: undefined,
        texts: [{ text: text.slice(0, 3000), group: 'value', isWrapping: false }],
      });
    }
  }
  return examples;
}

/** Where CRS's tests send their attacks. */
const PLAIN_PATH = /^[\w/.-]*$/u;
/** In more attacks of a source than this, a text is of its test tool and not of the attack. */
const MOST_OF_ONE_TEXT = 3;

/** Shorter ones say little of how people write. */
const SHORTEST_MOVED = 16;

/**
 * Returns what people wrote to sites in another place as well: who writes of code in a page today writes of it in a
 * message tomorrow. Markup stays where it was.
 */
export function moved(examples: readonly Example[]): LabelledText[] {
  const lessons: LabelledText[] = [];
  const seen = new Set<string>();
  for (const { class: kind, source, texts } of examples) {
    if (kind !== undefined || !source.startsWith('drupal-')) continue;
    for (const { text, group } of texts) {
      const to = group === 'rich' ? (text.length % 2 === 0 ? 'value' : 'body') : OTHER_PLACES[group];
      const plain = group === 'rich' ? text.replaceAll(/<[^>]*>/gu, ' ') : text;
      if (to === undefined || plain.length < SHORTEST_MOVED || seen.has(plain)) continue;
      seen.add(plain);
      lessons.push({ text: plain, group: to, class: undefined, weight: 0.5 });
    }
  }
  return lessons;
}

const OTHER_PLACES: Readonly<Partial<Record<PlacementGroup, PlacementGroup>>> = {
  value: 'body',
  body: 'value',
};

/** Returns each text once for each place; of an attack those that are not in many other requests too. */
export function asLessons(examples: readonly Example[]): LabelledText[] {
  const counts = new Map<string, number>();
  for (const { source, texts } of examples)
    for (const { text } of texts) counts.set(`${source} ${text}`, (counts.get(`${source} ${text}`) ?? 0) + 1);
  const seen = new Set<string>();
  const lessons: LabelledText[] = [];
  for (const example of examples) {
    const isBag = example.source === 'crs-regression-dev';
    for (const { text, group, isWrapping } of example.texts) {
      if (isWrapping && example.class !== undefined) continue;
      const key = `${group} ${text}`;
      if (seen.has(key)) continue;
      if (isBag && group === 'path' && PLAIN_PATH.test(text)) continue;
      if (isBag && (counts.get(`${example.source} ${text}`) ?? 0) > MOST_OF_ONE_TEXT) continue;
      seen.add(key);
      lessons.push({ text, group, class: example.class, weight: isBag ? 0.5 : 1 });
    }
  }
  return lessons;
}

// What the doctor, the gateway and the store say of themselves, and what to do, in the language of who reads it.

import type { Language } from '@parapet/kinds';
import { ACT_WORDS } from '../acts/languages.ts';
import type { ActWords } from '../acts/words.ts';
import { SentenceTable, type ValueWords } from '../sentenceTable.ts';
import { RUNNING_SENTENCES } from './running.table.ts';
import { TOLD_SENTENCES } from './told.table.ts';
import { PROGRESS_SENTENCES, WATCHED_SENTENCES } from './watched.table.ts';

const SPAN = '[\\d,]+ (?:second|minute|hour|day)s?';
const HOLES = {
  count: '[\\d,]+',
  active: '[\\d,]+',
  total: '[\\d,]+',
  days: '\\d+',
  wanted: '\\d+',
  share: '\\d+',
  pid: '\\d+',
  pids: '[\\d, ]+',
  percent: '\\d+',
  agents: '\\d+',
  ip: '[0-9a-f:.]+',
  state: 'retrying|broken',
  span: SPAN,
  pause: SPAN,
  kind: 'machine|bouncer|application',
  file: '\\S+',
  progress: 'learned [^;]+',
  sure: 'not sure [^(]+|(?:already )?sure [^(]+',
  done: '[^()]+',
  now: '(?:; a [a-z ]+)?',
};
/** Of how many sentences one thing that is said may be. */
const MOST_PIECES = 3;
const KINDS: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  machine: { en: 'machine', de: 'Rechner', es: 'máquina', fr: 'machine' },
  bouncer: { en: 'bouncer', de: 'Bouncer', es: 'bouncer', fr: 'bouncer' },
  application: { en: 'application', de: 'Anwendung', es: 'aplicación', fr: 'application' },
};
const progress = new SentenceTable(PROGRESS_SENTENCES, HOLES, listIn);
const findings = new SentenceTable(
  [...TOLD_SENTENCES, ...RUNNING_SENTENCES, ...WATCHED_SENTENCES],
  HOLES,
  valueIn,
);

/** Returns the sentence in the language; undefined where it is none of ours, but the system's or a foreign rule's. */
export function explainFinding(text: string, language: Language): string | undefined {
  return findings.translate(text, language);
}

/** Returns several sentences, each that is ours in the language. */
export function explainFindings(text: string, language: Language): string {
  const pieces = text.split(/(?<=\.) (?=[A-Z\d])/);
  const said: string[] = [];
  for (let at = 0; at < pieces.length;) {
    const [translated, length] = firstKnown(pieces.slice(at, at + MOST_PIECES), language);
    said.push(translated);
    at += length;
  }
  return said.join(' ');
}

/** Some of what is said at once is of more sentences than one. */
function firstKnown(pieces: readonly string[], language: Language): readonly [text: string, length: number] {
  for (let length = 1; length <= pieces.length; length++) {
    const text = pieces.slice(0, length).join(' ');
    const whole = findings.translate(text, language);
    if (whole !== undefined) return [whole, length];
    const bare = text.endsWith('.') ? findings.translate(text.slice(0, -1), language) : undefined;
    if (bare !== undefined) return [`${bare}.`, length];
  }
  return [pieces[0]!, 1];
}

function valueIn(...[value, language, hole]: Parameters<ValueWords>): string | undefined {
  if (hole === 'span' || hole === 'pause') return spanIn(value, language);
  if (hole === 'kind') return KINDS[value]?.[language];
  if (hole === 'detail') return findings.translate(value, language);
  if (hole === 'progress' || hole === 'sure' || hole === 'done' || hole === 'now')
    return progress.translate(value, language);
  return hole === 'count' || hole === 'active' || hole === 'total' ? numberIn(value, language) : undefined;
}

/** `nights, weekends and working days` */
function listIn(...[value, language, hole]: Parameters<ValueWords>): string | undefined {
  if (hole !== 'what') return undefined;
  const items = value.split(/, | and /).map((item) => progress.translate(item, language) ?? item);
  return items.join(', ');
}

function spanIn(value: string, language: Language): string {
  const [count = '', plural = ''] = value.split(' ');
  const unit = plural.replace(/s$/, '') as keyof ActWords['units']; // the hole lets nothing else in
  return `${numberIn(count, language)} ${ACT_WORDS[language].units[unit][count === '1' ? 0 : 1]}`;
}

function numberIn(value: string, language: Language): string {
  return Number(value.replaceAll(',', '')).toLocaleString(ACT_WORDS[language].locale);
}

// A message in the words of a language and the time of a place: a headline of one sentence, and facts below it. It is
// plain text; each channel escapes it for its own format.

import type { Language } from '@parapet/kinds';
import { explainFindings, plain } from '@parapet/reports';
import type {
  AttackFacts,
  AttackMessage,
  DigestLine,
  DigestMessage,
  Message,
  SourceFacts,
} from '../message.ts';
import type { WeekFacts } from '../weekly/week.ts';
import { ATTACKS } from './attacks.table.ts';
import { DE } from './de.ts';
import { EN } from './en.ts';
import { ES } from './es.ts';
import { FR } from './fr.ts';
import type { Label, Words } from './language.ts';
import { WEEK_WORDS } from './week.table.ts';

export interface Setting {
  readonly language: Language;
  /** An IANA zone such as `Europe/Berlin`. */
  readonly zone: string;
  /** Where the dashboard is. */
  readonly link?: string;
}

/** A message in words. */
export interface Rendered {
  /** One sentence without a full stop. */
  readonly title: string;
  readonly facts: readonly (readonly [label: string, text: string])[];
  /** Whole sentences or lines below the title; may be empty. */
  readonly lines: readonly string[];
}

const WORDS: Readonly<Record<Language, Words>> = { en: EN, de: DE, es: ES, fr: FR };
const MAX_TEXT = 160;
const DAY_MS = 86_400_000;

/** Returns the message in words. */
export function renderMessage(message: Message, setting: Setting): Rendered {
  const speaker = new Speaker(setting);
  switch (message.kind) {
    case 'attack':
    case 'still-on':
    case 'over':
      return speaker.attack(message);
    case 'digest':
    case 'held':
      return speaker.digest(message);
    case 'attention':
      return {
        title: speaker.words.attention[message.about],
        facts: speaker.facts([
          ['site', message.site],
          ['when', speaker.instant(message.atMs)],
        ]),
        lines: message.detail === '' ? [] : [clip(explainFindings(message.detail, setting.language), 1000)],
      };
    case 'week':
      return speaker.week(message.week);
    case 'test':
      return {
        title: speaker.words.test,
        facts: speaker.facts([['when', speaker.instant(message.atMs)]]),
        lines: [speaker.words.testBody],
      };
  }
}

/** Returns all of it as text, a line each. */
export function textOf({ title, facts, lines }: Rendered): string {
  return [title, ...lines, ...facts.map(([label, text]) => `${label}: ${text}`)].join('\n');
}

class Speaker {
  readonly words: Words;
  readonly #setting: Setting;

  constructor(setting: Setting) {
    this.words = WORDS[setting.language];
    this.#setting = setting;
  }

  attack(message: AttackMessage): Rendered {
    const { kind, facts, site, severity } = message;
    const { words } = this;
    const name = ATTACKS[facts.attack][this.#setting.language];
    const headline = `${name} ${words.done(facts.outcome, this.clock(facts.firstAtMs), facts.needsReview)}`;
    const span = `${this.clock(facts.firstAtMs)} – ${this.clock(facts.lastAtMs)}`;
    const colon = this.#setting.language === 'fr' ? ' : ' : ': ';
    const title =
      kind === 'attack'
        ? headline
        : kind === 'over'
          ? `${words.over}${colon}${bare(name)} (${span})`
          : `${words.stillOn}${colon}${headline}`;
    return {
      title: severity === 'critical' && kind !== 'over' ? `‼ ${title}` : title,
      facts: this.facts([
        ['site', site],
        ['when', this.#span(facts)],
        ['from', this.#from(facts)],
        ['events', this.count(facts.events)],
        ['pages', facts.paths.map((path) => clip(path, 80)).join(', ')],
        ['done', bare(words.outcomes[facts.outcome])],
        ['explain', facts.alertId === '' ? '' : `parapet alerts show ${facts.alertId}`],
        ['undo', undoOf(facts)],
        [
          'takeOver',
          message.isEscalating === true ? `parapet notifications ack ${message.incident.slice(0, 8)}` : '',
        ],
        ['link', this.#setting.link ?? ''],
      ]),
      lines: [],
    };
  }

  digest(message: DigestMessage): Rendered {
    const { words } = this;
    let count = message.more;
    for (const line of message.lines) count += line.attacks;
    const looks = message.lines.filter((line) => line.needsReview).length;
    const attacks = words.attacks(this.count(count), count === 1);
    const title = message.kind === 'digest' ? words.digest(attacks) : words.held(attacks);
    const rest = message.more > 0 ? [words.more(this.count(message.more))] : [];
    return {
      title: `${title}, ${looks === 0 ? words.allHandled : words.needsLook(looks)}`,
      facts: this.facts([
        ['period', `${this.instant(message.sinceMs)} – ${this.instant(message.atMs)}`],
        ['link', this.#setting.link ?? ''],
      ]),
      lines: [...message.lines.map((line) => this.#line(line)), ...rest],
    };
  }

  week(week: WeekFacts): Rendered {
    const words = WEEK_WORDS[this.#setting.language];
    const { alerts, alertsBefore, watched, decisions, people, appealsOpen, kinds, top, days } = week;
    const date = (atMs: number): string => this.#format(atMs, { month: 'short', day: 'numeric' });
    const change = alertsBefore === 0 ? 0 : Math.round((alerts / alertsBefore - 1) * 100);
    const percent = (Math.abs(change) / 100).toLocaleString(this.words.locale, { style: 'percent' });
    const isFine = people === 0 && appealsOpen === 0;
    const lines = [
      week.requests === 0 ? '' : words.requests(this.count(week.requests), this.count(week.stopped)),
      alerts === 0 ? words.quiet : words.attacks(this.count(alerts), this.#sources(week.sources)),
      alertsBefore === 0 ? '' : change === 0 ? words.same : words.change(percent, change > 0),
      watched === 0 ? '' : words.watched(this.count(watched)),
      decisions === 0 ? '' : words.decisions(this.count(decisions)),
      people === 0 ? '' : words.people(this.count(people)),
      appealsOpen === 0 ? '' : words.appeals(this.count(appealsOpen)),
      isFine ? words.fine : '',
    ];
    const dayNames = days.map((count, i) => {
      const atMs = week.sinceMs + (i + 0.5) * DAY_MS;
      return `${this.#format(atMs, { weekday: 'short' })} ${this.count(count)}`;
    });
    const facts: readonly (readonly [string, string])[] = [
      [words.label.kinds, kinds.map((one) => this.#counted(one)).join(', ')],
      [words.label.top, top.map((one) => `${this.#named(one)}: ${this.count(one.alerts)}`).join('; ')],
      [words.label.days, alerts === 0 ? '' : dayNames.join(', ')],
    ];
    return {
      title: words.title(`${date(week.sinceMs)} – ${date(week.untilMs)}`),
      lines: lines.filter((line) => line !== ''),
      facts: [
        ...facts.filter(([, text]) => text !== '').map(([label, text]) => [label, plain(text)] as const),
        ...this.facts([['link', this.#setting.link ?? '']]),
      ],
    };
  }

  #counted({ attack, alerts }: WeekFacts['kinds'][number]): string {
    return `${bare(ATTACKS[attack][this.#setting.language])} (${this.count(alerts)})`;
  }

  facts(all: readonly (readonly [label: Label, text: string])[]): (readonly [string, string])[] {
    return all
      .filter(([, text]) => text !== '')
      .map(([label, text]) => [this.words.label[label], plain(text)] as const);
  }

  /** `2:35 AM`, `02:35`. */
  clock(atMs: number): string {
    return this.#format(atMs, { hour: this.words.hour, minute: '2-digit' });
  }

  /** With its day and its zone. */
  instant(atMs: number): string {
    const text = this.#format(atMs, {
      ...{ year: 'numeric', month: 'short', day: 'numeric' },
      ...{ hour: this.words.hour, minute: '2-digit', timeZoneName: 'short' },
    });
    return text;
  }

  count(value: number): string {
    return value.toLocaleString(this.words.locale);
  }

  #line(line: DigestLine): string {
    const { words } = this;
    const name = ATTACKS[line.attack][this.#setting.language];
    const done = words.done(line.outcome, this.clock(line.firstAtMs), line.needsReview);
    const where = line.site === '' ? '' : `${plain(line.site)}, `;
    const times = line.attacks === 1 ? '' : `, ${words.attacks(this.count(line.attacks), false)}`;
    return `${name} ${done} (${where}${this.#sources(line.sources)}${times})`;
  }

  #span({ firstAtMs, lastAtMs }: AttackFacts): string {
    const isShort = lastAtMs - firstAtMs < 60_000;
    return isShort ? this.instant(firstAtMs) : `${this.instant(firstAtMs)} – ${this.instant(lastAtMs)}`;
  }

  #from({ sources, isMore, shown }: AttackFacts): string {
    const names = shown.map((one) => this.#named(one));
    if (sources <= 1 && !isMore) return names.join(', ');
    const examples = names.length === 0 ? '' : `, ${this.words.suchAs} ${names.join(', ')}`;
    return `${isMore ? this.words.moreThan(this.#sources(sources)) : this.#sources(sources)}${examples}`;
  }

  #named({ value, countryCode, asName }: SourceFacts): string {
    const about = [this.#country(countryCode), asName ?? ''].filter((text) => text !== '').join(', ');
    return `${clip(value, 60)}${about === '' ? '' : ` (${clip(about, 60)})`}`;
  }

  #sources(count: number): string {
    return this.words.sources(this.count(count), count === 1);
  }

  #country(code: string | undefined): string {
    if (code === undefined || !/^[A-Za-z]{2}$/.test(code)) return '';
    return new Intl.DisplayNames([this.words.locale], { type: 'region' }).of(code.toUpperCase()) ?? code;
  }

  /** Some versions of ICU put narrow no-break spaces into times; pagers and terminals show them as boxes. */
  #format(atMs: number, options: Intl.DateTimeFormatOptions): string {
    const format = new Intl.DateTimeFormat(this.words.locale, { timeZone: this.#setting.zone, ...options });
    return format.format(atMs).replaceAll(/[\u202F\u00A0]/g, ' ');
  }
}

/** Names and outcomes that go on in a sentence end with a comma. */
function bare(text: string): string {
  return text.endsWith(',') ? text.slice(0, -1) : text;
}

function undoOf({ outcome, shown, sources }: AttackFacts): string {
  const [first] = shown;
  const isStopped = outcome === 'blocked' || outcome === 'checked' || outcome === 'slowed';
  if (!isStopped || first === undefined || sources !== 1 || !/^[\da-f.:/]+$/i.test(first.value)) return '';
  return `parapet unban ${first.value}`;
}

/** Safe to show, and not longer. */
function clip(text: string, most: number = MAX_TEXT): string {
  const safe = plain(text);
  return safe.length <= most ? safe : `${safe.slice(0, most - 1)}…`;
}

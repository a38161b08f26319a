// Requests of an access log, inspected: of each there are the address, the referrer and the browser's name, and a log of
// millions of lines has few different ones. What was found in a text is remembered, so that a line costs what it takes
// to look up three texts, and only what is new is inspected.

import { createHash } from 'node:crypto';
import { RecordMemory } from '@parapet/enforcement';
import type { Event, EventSchema } from '@parapet/engine';
import { type AttackClass, type InspectedRequest, type Inspection, type Inspector } from '@parapet/kinds';

/** What was found in the requests of a log. */
export interface LoggedFindings {
  /** Requests that were looked at. */
  readonly requests: number;
  /** Requests that would have been refused at the gateway. */
  readonly refused: number;
  /** The same by class, the commonest first, each with the first of them. */
  readonly classes: readonly LoggedClass[];
}

export interface LoggedClass {
  readonly class: AttackClass;
  readonly requests: number;
  readonly example: string;
}

const LONGEST_EXAMPLE = 200;
const LONGEST_FIELD = 256;

export class LoggedRequests {
  readonly #inspector: Inspector;
  readonly #isEnforced: boolean;
  readonly #slots: Slots;
  readonly #targets = new SilentTexts(32_768);
  readonly #agents = new SilentTexts(8192);
  readonly #referrers = new SilentTexts(16_384);
  /** Of requests of which something was said, for or against. */
  readonly #verdicts = new Remembered<Inspection>(8192);
  /** The same log gives the same records again. */
  readonly #records = new RecordMemory((key, atMs) =>
    createHash('sha256').update(`${key} ${atMs}`).digest('hex').slice(0, 8),
  );
  readonly #classes = new Map<AttackClass, { requests: number; readonly example: string }>();
  #requests = 0;
  #refused = 0;

  /** `isEnforced`: whether the configuration would have them refused, or only told. */
  constructor(schema: EventSchema, inspector: Inspector, isEnforced: boolean) {
    this.#inspector = inspector;
    this.#isEnforced = isEnforced;
    this.#slots = slotsOf(schema);
  }

  get findings(): LoggedFindings {
    const classes = [...this.#classes].map(([one, { requests, example }]) => ({
      class: one,
      requests,
      example,
    }));
    return {
      requests: this.#requests,
      refused: this.#refused,
      classes: classes.toSorted((one, other) => other.requests - one.requests),
    };
  }

  /** Looks at an event; one of a request with an attack in it gets the fields that the gateway's events have. */
  look(event: Event): void {
    const { values } = event;
    const slots = this.#slots;
    const target = values[slots.path];
    if (target === undefined || values[slots.logType] !== 'http_access-log') return;
    const first = target.charCodeAt(0);
    // What is no request is refused before anybody looks into it.
    if (first !== SLASH && !target.startsWith('http')) return;
    const agent = values[slots.agent] ?? '';
    const referrer = values[slots.referrer] ?? '';
    this.#requests++;
    if (
      this.#agents.has(agent) &&
      (isAbsent(referrer) || this.#referrers.has(referrer)) &&
      this.#targets.has(target)
    )
      return;
    const inspection = this.#inspect(values[slots.verb] ?? 'GET', target, referrer, agent);
    if (inspection === undefined || inspection.action === 'pass' || inspection.action === 'challenge') return;
    if (isPageOfTheSite(inspection, values[slots.status] ?? '')) return;
    this.#found(event, target, inspection);
  }

  /** Returns what is said of the request; undefined when that is nothing at all. */
  #inspect(method: string, target: string, referrer: string, agent: string): Inspection | undefined {
    const key = `${target}\n${referrer}\n${agent}`;
    const known = this.#verdicts.get(key);
    if (known !== undefined) return known;
    const headers: InspectedRequest['headers'][number][] = [];
    if (!isAbsent(agent)) headers.push(['user-agent', unescape(agent)]);
    if (!isAbsent(referrer)) headers.push(['referer', unescape(referrer)]);
    const inspection = this.#inspector.inspect({
      method,
      rawTarget: unescape(target),
      headers,
      body: undefined,
      isBodyCut: false,
      site: '',
    });
    if (inspection.reasons.length > 0) {
      this.#verdicts.set(detached(key), inspection);
      return inspection;
    }
    this.#targets.add(target);
    this.#agents.add(agent);
    this.#referrers.add(referrer);
    return undefined;
  }

  #found(event: Event, target: string, { action, class: found = 'other', score, reasons }: Inspection): void {
    this.#refused++;
    const known = this.#classes.get(found);
    if (known === undefined)
      this.#classes.set(found, { requests: 1, example: detached(target.slice(0, LONGEST_EXAMPLE)) });
    else known.requests++;
    const [reason] = reasons;
    const { set } = this.#slots;
    const part = reason === undefined ? '' : `${reason.foundIn.placement} ${reason.foundIn.name}`.trimEnd();
    const texts: Readonly<Record<Field, string>> = {
      attack_action: action,
      attack_class: found,
      attack_score: score.toFixed(3),
      attack_rule: reason?.detector ?? '',
      attack_reason: reason?.text ?? '',
      attack_part: part,
      attack_excerpt: reason?.foundIn.excerpt ?? '',
      gateway_action: this.#isEnforced ? 'attack' : 'observed',
      gateway_record: this.#records.idOf(event.values[this.#slots.ip] ?? '', found, event.timeMs),
    };
    for (const name of FIELDS) event.set(set[name], texts[name].slice(0, LONGEST_FIELD));
  }
}

const FIELDS = [
  'attack_action',
  'attack_class',
  'attack_score',
  'attack_rule',
  'attack_reason',
  'attack_part',
  'attack_excerpt',
  'gateway_action',
  'gateway_record',
] as const;
type Field = (typeof FIELDS)[number];

interface Slots {
  readonly logType: number;
  readonly verb: number;
  readonly path: number;
  readonly agent: number;
  readonly referrer: number;
  readonly ip: number;
  readonly status: number;
  readonly set: Readonly<Record<Field, number>>;
}

function slotsOf(schema: EventSchema): Slots {
  const meta = (name: string): number => schema.slot('Meta', name);
  return {
    logType: meta('log_type'),
    verb: meta('http_verb'),
    path: meta('http_path'),
    agent: meta('http_user_agent'),
    referrer: schema.slot('Parsed', 'http_referer'),
    ip: meta('source_ip'),
    status: meta('http_status'),
    set: Object.fromEntries(FIELDS.map((name) => [name, meta(name)])) as Record<Field, number>, // of all names
  };
}

/** Of these only the address speaks; what is certain to be a leak is told all the more when it was answered. */
const ABOUT_PAGES: ReadonlySet<AttackClass | undefined> = new Set(['scanner', 'drupal', 'protocol', 'leak']);
const CERTAIN = 9;

/** A page that the site has is none that only attackers look for. */
function isPageOfTheSite({ class: found, reasons }: Inspection, status: string): boolean {
  if (!ABOUT_PAGES.has(found) || !/^[23]/.test(status)) return false;
  const [first] = reasons;
  return first?.foundIn.placement === 'path' && (found !== 'leak' || first.weight < CERTAIN);
}

const SLASH = 47;
/** Numbers of pages, of nodes and of people tell one plain address from another and say nothing else. */
const PLAIN = /^[\w./?=&:-]{1,512}$/;

/** Returns the address with its numbers made alike; undefined for one that has more than letters in it. */
function foldedOf(target: string): string | undefined {
  return PLAIN.test(target) ? target.replaceAll(/\d+/g, '0') : undefined;
}

function isAbsent(text: string): boolean {
  return text === '' || text === '-';
}

/** What nginx and Apache write for bytes that would break the line. */
function unescape(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replaceAll(ESCAPED, (whole, hex: string | undefined, one: string | undefined) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    return ESCAPES[one ?? ''] ?? whole;
  });
}

const ESCAPED = /\\(?:x([0-9A-Fa-f]{2})|([\\"nrtbfv]))/g;
const ESCAPES: Readonly<Record<string, string>> = {
  ...{ '\\': '\\', '"': '"' },
  ...{ n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v' },
};

/** A piece of a line keeps the block of the file alive that it was cut from. */
function detached(text: string): string {
  return text === '' ? '' : ` ${text}`.slice(1);
}

const SEEN_SLOTS = 4096;
const SAMPLED = 10;

/**
 * Texts in which nothing was found. Nearly all are found among the last few thousand by some of their characters: to
 * hash each as a whole costs three times as much.
 */
class SilentTexts {
  readonly #known: Remembered<true>;
  readonly #seen: string[] = Array.from({ length: SEEN_SLOTS }, () => '');

  constructor(most: number) {
    this.#known = new Remembered(most);
  }

  has(text: string): boolean {
    const slot = slotOf(text);
    if (this.#seen[slot] === text) return true;
    if (this.#known.get(text) !== true) {
      const folded = foldedOf(text);
      if (folded === undefined || folded === text || this.#known.get(folded) !== true) return false;
    }
    this.#seen[slot] = detached(text);
    return true;
  }

  add(text: string): void {
    this.#known.set(detached(foldedOf(text) ?? text), true);
  }
}

/** The end of an address says most, then its middle. */
function slotOf(text: string): number {
  const { length } = text;
  let sum = length;
  for (let i = Math.max(0, length - SAMPLED); i < length; i++) sum = (sum * 31 + text.charCodeAt(i)) | 0;
  const middle = length >> 1;
  for (let i = Math.max(0, middle - 2); i < middle; i++) sum = (sum * 31 + text.charCodeAt(i)) | 0;
  return (sum ^ (sum >>> 15)) & (SEEN_SLOTS - 1);
}

/** So many texts at least, and twice as many at most: what was not asked for in a generation is forgotten. */
class Remembered<Value> {
  readonly #most: number;
  #young = new Map<string, Value>();
  #old: ReadonlyMap<string, Value> = new Map();

  constructor(most: number) {
    this.#most = most;
  }

  get(text: string): Value | undefined {
    const young = this.#young.get(text);
    if (young !== undefined) return young;
    const old = this.#old.get(text);
    if (old !== undefined) this.set(detached(text), old);
    return old;
  }

  set(text: string, value: Value): void {
    if (this.#young.size >= this.#most) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(text, value);
  }
}

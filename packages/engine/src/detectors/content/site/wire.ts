// What workers and the engine tell each other of sites, as JSON. Both are of this program, but names, paths and
// excerpts in it were written by strangers, so that every field is checked and bounded.

import type {
  AttackClass,
  InspectionAction,
  InspectionFeedback,
  InspectionReason,
  InspectionRecord,
  Placement,
  RecordedFinding,
} from '@parapet/kinds';
import type { PartSample, Place, SiteSample } from './samples.ts';
import type { Template, TemplateInForce } from './templates.ts';
import { VALUE_TYPES } from './valueShape.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Returns a sample that a worker told; undefined when it is none. */
export function readSample(value: unknown): SiteSample | undefined {
  if (!isFields(value) || !Array.isArray(value['parts'])) return undefined;
  const parts: PartSample[] = [];
  for (const one of value['parts'].slice(0, 128)) {
    const part = isFields(one) ? readPart(one) : undefined;
    if (part !== undefined) parts.push(part);
  }
  const atMs = numberIn(value, 'atMs');
  if (atMs <= 0 || parts.length === 0) return undefined;
  return {
    atMs,
    route: textIn(value, 'route', 128).replaceAll('\n', ''),
    source: wordIn(value, 'source'),
    network: wordIn(value, 'network'),
    isVouched: value['isVouched'] === true,
    parts,
  };
}

function readPart(value: Fields): PartSample | undefined {
  const place = PLACES.find((one) => one === value['place']);
  const type = numberIn(value, 'type');
  if (place === undefined || VALUE_TYPES[type] === undefined) return undefined;
  const folded = textIn(value, 'folded', 1024);
  return {
    place,
    type,
    name: textIn(value, 'name', 64),
    alphabet: wordIn(value, 'alphabet') & 0xffff,
    length: Math.max(0, numberIn(value, 'length')),
    valueHash: wordIn(value, 'valueHash'),
    // One that cannot be read teaches nothing.
    logOdds: numberIn(value, 'logOdds', Number.POSITIVE_INFINITY),
    ...(folded === '' ? {} : { folded }),
  };
}

const PLACES: readonly Place[] = ['query', 'form', 'json', 'xml', 'graphql', 'cookie'];

/** Returns a record that a worker told; undefined when it is none. */
export function readRecord(value: unknown): InspectionRecord | undefined {
  if (!isFields(value)) return undefined;
  const id = textIn(value, 'id', 8);
  const action = ACTIONS.find((one) => one === value['action']);
  if (!/^[0-9a-f]{8}$/.test(id) || action === undefined) return undefined;
  return {
    id,
    at: new Date(clampedTime(value['at'])),
    site: textIn(value, 'site', 256),
    ip: textIn(value, 'ip', 45),
    method: textIn(value, 'method', 16),
    path: textIn(value, 'path', 256),
    route: textIn(value, 'route', 128),
    action,
    isEnforced: value['isEnforced'] === true,
    score: Math.max(0, Math.min(1, numberIn(value, 'score'))),
    reasons: listIn(value, 'reasons', 16).map(readReason),
    findings: listIn(value, 'findings', 4).map(readFinding),
    network: wordIn(value, 'network'),
    isVouched: value['isVouched'] === true,
  };
}

const ACTIONS: readonly InspectionAction[] = ['pass', 'challenge', 'block', 'reject'];

function readReason(value: Fields): InspectionReason {
  const foundIn = isFields(value['foundIn']) ? value['foundIn'] : {};
  return {
    detector: textIn(value, 'detector', 128),
    class: classIn(value),
    text: textIn(value, 'text', 500),
    weight: numberIn(value, 'weight'),
    foundIn: {
      placement: placementIn(foundIn),
      name: textIn(foundIn, 'name', 128),
      excerpt: textIn(foundIn, 'excerpt', 200),
    },
  };
}

function readFinding(value: Fields): RecordedFinding {
  return {
    placement: placementIn(value),
    name: textIn(value, 'name', 64),
    class: classIn(value),
    logOdds: numberIn(value, 'logOdds'),
    shape: textIn(value, 'shape', 8192),
  };
}

/** What workers need of templates and feedback, as JSON. */
export interface SiteRulesMessage {
  readonly templates: readonly unknown[];
  readonly feedback: readonly unknown[];
}

/** Returns the message for workers. */
export function writeRules(
  templates: readonly TemplateInForce[],
  feedback: readonly InspectionFeedback[],
): SiteRulesMessage {
  return {
    // How often one was used is nothing that workers need: with it they would be sent anew each time.
    templates: templates.map(({ template, weight }) => ({
      ...templateJson({ ...template, usedAtMs: template.madeAtMs, uses: 0 }),
      weight,
    })),
    // For exceptions, what is in a value counts, and not where.
    feedback: feedback.slice(-MAX_FEEDBACK).map((one) => ({
      ...one,
      findings: one.findings.map((finding) => ({ ...finding, shape: distinct(finding.shape) })),
    })),
  };
}

/** A message has to fit into a frame of the link: the latest count. */
const MAX_FEEDBACK = 1000;

function distinct(shape: string): string {
  return Buffer.from([...new Set(Buffer.from(shape, 'base64'))]).toString('base64');
}

/** Returns the rules that the engine told. */
export function readRules(value: unknown): {
  readonly templates: readonly TemplateInForce[];
  readonly feedback: readonly InspectionFeedback[];
} {
  const fields = isFields(value) ? value : {};
  return {
    templates: listIn(fields, 'templates', 1024).flatMap((one) => {
      const template = readTemplate(one);
      return template === undefined ? [] : [{ template, weight: numberIn(one, 'weight') }];
    }),
    feedback: listIn(fields, 'feedback', MAX_FEEDBACK).map(readFeedback),
  };
}

/** Returns the saved form of templates. */
export function saveTemplates(templates: readonly Template[]): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(templates.map(templateJson)));
}

/** Returns the templates of the saved form; those that cannot be read are left out. */
export function restoreTemplates(bytes: Uint8Array): readonly Template[] {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return listIn({ value }, 'value', 1024).flatMap((one) => readTemplate(one) ?? []);
  } catch {
    return [];
  }
}

function templateJson(template: Template): object {
  const { id, class: one, folded, recordId, madeAtMs, usedAtMs, uses, network, by, offBecause } = template;
  const text = Buffer.from(folded).toString('base64');
  return { id, class: one, folded: text, recordId, madeAtMs, usedAtMs, uses, network, by, offBecause };
}

function readTemplate(value: Fields): Template | undefined {
  const id = textIn(value, 'id', 64);
  const offBecause = textIn(value, 'offBecause', 200);
  if (id === '') return undefined;
  return {
    id,
    class: classIn(value),
    folded: Buffer.from(textIn(value, 'folded', 1024), 'base64'),
    recordId: textIn(value, 'recordId', 64),
    madeAtMs: clampedTime(value['madeAtMs']),
    usedAtMs: clampedTime(value['usedAtMs']),
    uses: numberIn(value, 'uses'),
    network: wordIn(value, 'network'),
    by: value['by'] === 'operator' ? 'operator' : 'score',
    ...(offBecause === '' ? {} : { offBecause }),
  };
}

function readFeedback(value: Fields): InspectionFeedback {
  const { expiresAt } = value;
  return {
    number: numberIn(value, 'number'),
    kind: value['kind'] === 'attack' ? 'attack' : 'no-attack',
    recordId: textIn(value, 'recordId', 8),
    site: textIn(value, 'site', 256),
    route: textIn(value, 'route', 128),
    findings: listIn(value, 'findings', 4).map(readFinding),
    network: wordIn(value, 'network'),
    at: new Date(clampedTime(value['at'])),
    by: textIn(value, 'by', 128),
    comment: textIn(value, 'comment', 500),
    ...(expiresAt === undefined ? {} : { expiresAt: new Date(clampedTime(expiresAt)) }),
  };
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listIn(fields: Fields, name: string, most: number): readonly Fields[] {
  const value = fields[name];
  return Array.isArray(value) ? value.slice(0, most).filter(isFields) : [];
}

function textIn(fields: Fields, name: string, longest: number): string {
  const value = fields[name];
  return typeof value === 'string' ? value.slice(0, longest) : '';
}

function numberIn(fields: Fields, name: string, otherwise = 0): number {
  const value = fields[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : otherwise;
}

/** 32 bits, unsigned. */
function wordIn(fields: Fields, name: string): number {
  return numberIn(fields, name) >>> 0;
}

/** Milliseconds, or a date as JSON has it; within what a Date can be. */
function clampedTime(value: unknown): number {
  const ms = typeof value === 'string' ? Date.parse(value) : value;
  return typeof ms === 'number' && Number.isFinite(ms) ? Math.max(0, Math.min(8.64e15, ms)) : 0;
}

const CLASSES: readonly AttackClass[] = [
  'sqli',
  'xss',
  'lfi',
  'rce',
  'php',
  'ssti',
  'xxe',
  'nosql',
  'ldap',
  'ssrf',
  'java',
  'crlf',
  'drupal',
  'leak',
  'scanner',
  'protocol',
];

function classIn(fields: Fields): AttackClass {
  return CLASSES.find((one) => one === fields['class']) ?? 'other';
}

const PLACEMENTS: readonly Placement[] = [
  'path',
  'query',
  'form',
  'multipart',
  'filename',
  'file',
  'json',
  'xml',
  'graphql',
  'cookie',
  'header',
  'name',
];

function placementIn(fields: Fields): Placement {
  return PLACEMENTS.find((one) => one === fields['placement']) ?? 'body';
}

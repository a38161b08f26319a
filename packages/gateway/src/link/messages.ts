// What a worker and the engine say to each other beside batches of events. Both are of one version, except while a
// new one is being rolled out: `hello` and `welcome` carry the version of the protocol, and whoever meets another
// than its own ends the connection.

import type { DecisionName, Redeemed, TableDecision } from '@parapet/enforcement';

export const PROTOCOL = 1;

/** Told by one worker, to be known by the others: not looked into on the way. */
export type RelayTopic = 'poured' | 'used';

/** What is known of a site: what is normal there, as bytes in base64, or templates and feedback. */
/** `modes`: what somebody chose for single rules, of all sites. */
/** `policy`: what is done on each site, and with crawlers for AI. */
const KNOWLEDGE_TOPICS = ['normal', 'rules', 'modes', 'policy'] as const;
export type KnowledgeTopic = (typeof KNOWLEDGE_TOPICS)[number];

export interface SiteKnowledgeMessage {
  readonly site: string;
  readonly topic: KnowledgeTopic;
  readonly value: unknown;
}

export type WorkerMessage =
  | {
      readonly kind: 'hello';
      readonly protocol: number;
      /** Drawn when the worker starts: the numbers of its batches belong to it. */
      readonly session: string;
      /** Which of the workers it is, from 1 on. */
      readonly worker: number;
      readonly pid: number;
    }
  | { readonly kind: 'stats'; readonly stats: unknown }
  | { readonly kind: 'relay'; readonly topic: RelayTopic; readonly value: unknown }
  | { readonly kind: 'appeal'; readonly appeal: unknown }
  | { readonly kind: 'trusted'; readonly sighting: unknown }
  /** What the engine may learn from a request that the site answered well. */
  | { readonly kind: 'sample'; readonly site: string; readonly sample: unknown }
  /** A request in which something was found. */
  | { readonly kind: 'found'; readonly record: unknown }
  | { readonly kind: 'redeem'; readonly ask: number; readonly redemption: unknown };

export type EngineMessage =
  | {
      readonly kind: 'welcome';
      readonly protocol: number;
      /** Batches up to this number need not be sent again. */
      readonly kept: number;
    }
  /** Batches up to this number will survive the engine's end. */
  | { readonly kind: 'kept'; readonly number: number }
  | { readonly kind: 'answer'; readonly ask: number; readonly isCovered: boolean }
  | ({ readonly kind: 'redeemed'; readonly ask: number } & Redeemed)
  /** All decisions in force, in parts; the last one ends it, and what was known before is forgotten. */
  | {
      readonly kind: 'table';
      readonly version: number;
      readonly isFirst: boolean;
      readonly isLast: boolean;
      readonly decisions: readonly TableDecision[];
    }
  | {
      readonly kind: 'change';
      readonly version: number;
      readonly added: readonly TableDecision[];
      readonly removed: readonly DecisionName[];
    }
  | { readonly kind: 'allowlist'; readonly ranges: readonly string[] }
  /** Trust that was given out under another number has ended. */
  | { readonly kind: 'trust'; readonly epoch: number }
  | { readonly kind: 'relay'; readonly topic: RelayTopic; readonly value: unknown }
  | ({ readonly kind: 'knowledge' } & SiteKnowledgeMessage)
  /** So that an engine that hangs is told from one that has nothing to say. */
  | { readonly kind: 'pulse' };

/** Reads what a worker says; undefined for what is no message of this protocol. */
export function readWorkerMessage(payload: Buffer): WorkerMessage | undefined {
  const message = readObject(payload);
  return message !== undefined && isWorkerMessage(message) ? message : undefined;
}

/** Reads what the engine says. */
export function readEngineMessage(payload: Buffer): EngineMessage | undefined {
  const message = readObject(payload);
  return message !== undefined && isEngineMessage(message) ? message : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

function isWorkerMessage(message: Fields): message is Fields & WorkerMessage {
  switch (message['kind']) {
    case 'hello':
      return (
        isNumber(message['protocol']) &&
        isText(message['session']) &&
        isNumber(message['worker']) &&
        isNumber(message['pid'])
      );
    case 'relay':
      return isTopic(message['topic']);
    case 'stats':
      return isFields(message['stats']);
    case 'appeal':
      return isFields(message['appeal']);
    case 'trusted':
      return isFields(message['sighting']);
    case 'sample':
      return isText(message['site']) && isFields(message['sample']);
    case 'found':
      return isFields(message['record']);
    case 'redeem':
      return isNumber(message['ask']) && isFields(message['redemption']);
    default:
      return false;
  }
}

function isEngineMessage(message: Fields): message is Fields & EngineMessage {
  switch (message['kind']) {
    case 'welcome':
      return isNumber(message['protocol']) && isNumber(message['kept']);
    case 'kept':
      return isNumber(message['number']);
    case 'answer':
      return isNumber(message['ask']) && typeof message['isCovered'] === 'boolean';
    case 'redeemed':
      return (
        isNumber(message['ask']) &&
        ['first', 'used', 'unreachable'].includes(String(message['outcome'])) &&
        isNumber(message['lifted'])
      );
    case 'table':
      return (
        isNumber(message['version']) &&
        typeof message['isFirst'] === 'boolean' &&
        typeof message['isLast'] === 'boolean' &&
        isListOf(message['decisions'], isDecision)
      );
    case 'change':
      return (
        isNumber(message['version']) &&
        isListOf(message['added'], isDecision) &&
        isListOf(message['removed'], isName)
      );
    case 'allowlist':
      return isListOf(message['ranges'], isText);
    case 'trust':
      return isNumber(message['epoch']);
    case 'relay':
      return isTopic(message['topic']);
    case 'knowledge':
      return isText(message['site']) && KNOWLEDGE_TOPICS.some((topic) => topic === message['topic']);
    case 'pulse':
      return true;
    default:
      return false;
  }
}

function isName(value: unknown): value is Fields {
  if (!isFields(value)) return false;
  const target = value['target'];
  return isText(value['id']) && isFields(target) && isText(target['scope']) && isText(target['value']);
}

function isDecision(value: unknown): boolean {
  return (
    isName(value) &&
    isText(value['remediation']) &&
    isNumber(value['expiresAtMs']) &&
    isText(value['scenario']) &&
    isText(value['origin']) &&
    typeof value['simulated'] === 'boolean'
  );
}

function readObject(payload: Buffer): Fields | undefined {
  try {
    const value: unknown = JSON.parse(payload.toString('utf8'));
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOf(value: unknown, isOne: (one: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isOne);
}

function isTopic(value: unknown): boolean {
  return value === 'poured' || value === 'used';
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

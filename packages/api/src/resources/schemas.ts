// What answers look like. The OpenAPI document is made of these, and the tests hold every answer against it.

import { z } from 'zod';
import { problemSchema } from '../problem.ts';

const time = z.string().meta({ format: 'date-time', description: 'RFC 3339, UTC' });
const address = z.string().describe('An IPv4 or IPv6 address');
const text = z.string();

const Source = z.strictObject({
  scope: text,
  value: text,
  ip: text.optional(),
  range: text.optional(),
  countryCode: text.optional(),
  asn: text.optional(),
  asName: text.optional(),
  latitude: z.number().optional(),
  longitude: z.number().optional(),
});

const Decision = z
  .strictObject({
    number: z.int(),
    id: text.describe('A UUID; its first 8 digits are the record id of block pages'),
    recordId: text,
    scope: text,
    value: text,
    remediation: text,
    startAt: time,
    expiresAt: time,
    isActive: z.boolean(),
    scenario: text.describe('What led to it, or the reason that an operator gave'),
    origin: text,
    mode: z.enum(['live', 'simulated']),
    alertId: text.optional(),
    lift: z.strictObject({ at: time, by: text, reason: text }).optional(),
    sentence: text,
  })
  .describe('What is done about a value, until when, and who said so');

const alertShape = {
  number: z.int(),
  id: text,
  scenario: text,
  scenarioVersion: text,
  source: Source,
  startAt: time,
  stopAt: time,
  knownAt: time,
  eventsCount: z.int(),
  message: text,
  sentence: text.describe('The same for people'),
  remediation: z.boolean(),
  simulated: z.boolean(),
  labels: z.record(z.string(), z.unknown()),
  machine: text.optional(),
  spared: text.optional().describe('Why nothing was decided on it'),
};

const AlertSummary = z.strictObject(alertShape).describe('An alert without its evidence');

const Alert = z
  .strictObject({
    ...alertShape,
    events: z.array(z.strictObject({ at: time, meta: z.record(z.string(), z.string()) })),
    decisions: z.array(Decision),
  })
  .describe('An alert with its evidence and what was decided on it');

const AllowlistEntry = z.strictObject({
  list: text,
  value: text,
  comment: text,
  createdAt: time,
  expiresAt: time.optional(),
});

const Finding = z.strictObject({ placement: text, name: text, class: text, logOdds: z.number() });

const Inspection = z
  .strictObject({
    number: z.int(),
    id: text.describe('The record id of the block page'),
    at: time,
    site: text,
    ip: address,
    method: text,
    path: text,
    route: text,
    action: z.enum(['pass', 'challenge', 'block', 'reject']),
    isEnforced: z.boolean(),
    score: z.number(),
    isVouched: z.boolean(),
    reasons: z.array(
      z.strictObject({
        detector: text,
        class: text,
        text,
        weight: z.number(),
        foundIn: z.strictObject({ placement: text, name: text, excerpt: text }),
      }),
    ),
    findings: z.array(Finding),
  })
  .describe('What was found in a request');

const Feedback = z
  .strictObject({
    number: z.int(),
    kind: z.enum(['attack', 'no-attack']),
    recordId: text,
    site: text,
    route: text,
    findings: z.array(Finding),
    at: time,
    by: text,
    comment: text,
    expiresAt: time.optional(),
    undone: z.strictObject({ at: time, by: text }).optional(),
    isInForce: z.boolean(),
  })
  .describe('What somebody said of a finding');

const Undo = z
  .strictObject({
    method: z.enum(['DELETE', 'POST']),
    href: text,
    body: z.record(z.string(), z.string()).optional(),
  })
  .describe('The request that takes it back');

const Explanation = z
  .strictObject({
    recordId: text,
    kind: z.enum(['decision', 'inspection']),
    sentence: text,
    remediation: text,
    since: time,
    until: time.optional().describe('Absent where one request was refused, and nothing else'),
    isOver: z.boolean(),
    reasons: z.array(text),
    evidence: z.array(z.strictObject({ at: time, text })),
    undo: Undo.optional().describe('Absent when it is over'),
    decision: Decision.optional(),
    alert: AlertSummary.optional(),
    inspection: Inspection.optional(),
  })
  .describe('Why a visitor was stopped, by the record id of the page that he saw');

const Check = z.strictObject({
  value: text,
  decisions: z.array(Decision).describe('In force on it, or on a range around it'),
  allowlisted: z.array(AllowlistEntry),
});

const SignalCounts = z.strictObject({
  accepted: z.int(),
  duplicates: z.int(),
  refused: z.record(z.string(), z.int()).describe('By code'),
  waiting: z.int().describe('Taken, and not read by scenarios yet'),
  limited: z.int().describe('Batches that were told to come again later'),
});

const Status = z.strictObject({
  version: text,
  now: time,
  startedAt: time,
  state: z.enum(['ok', 'degraded']),
  reasons: z.array(text).describe('Why it is degraded, for people'),
  engine: z.strictObject({
    lines: z.int(),
    unparsedLines: z.int(),
    sources: z.array(text),
    scenarios: z.int(),
    problems: z.int(),
  }),
  store: z.strictObject({ state: text, waitingRows: z.int() }),
  gateway: z.strictObject({ workers: z.int() }).nullable(),
  signals: SignalCounts,
  threat: z
    .strictObject({
      alertsLastHour: z.int(),
      alertsLastDay: z.int(),
      inspectionsLastHour: z.int(),
      decisionsActive: z.int(),
      openAppeals: z.int(),
    })
    .describe('What a threat level is made of'),
});

const SignalsTaken = z.strictObject({
  accepted: z.int(),
  duplicates: z.int(),
  refused: z.array(z.strictObject({ index: z.int(), id: text.optional(), code: text, detail: text })),
});

/** As docs/signals.md has it; the records themselves are read by `readSignal`. */
const Signal = z
  .strictObject({
    id: text.regex(/^[A-Za-z0-9._:-]{1,64}$/).nullish(),
    time: text.nullish().describe('RFC 3339 with a zone; now when absent'),
    type: text.max(64).regex(/^[a-z][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*){1,3}$/),
    site: text.max(255).nullish(),
    ip: text.nullish(),
    user: text
      .regex(/^[0-9a-f]{16,64}$/)
      .nullish()
      .describe('A keyed hash, never a name'),
    session: text.regex(/^[0-9a-f]{16,64}$/).nullish(),
    attributes: z
      .record(
        z.string().regex(/^[a-z][a-z0-9_]{0,39}$/),
        z.union([
          z.string().max(8192),
          z.number(),
          z.boolean(),
          z.array(z.string().max(256)).max(32),
          z.null(),
        ]),
      )
      .nullish(),
  })
  .describe('One fact that an application tells');

const Deleted = z.strictObject({ deleted: z.int(), lifted: z.int() });
const DecisionList = z.strictObject({
  count: z.int().describe('How many there were'),
  items: z.array(Decision).describe('At most 500 of them'),
});

type SchemaName =
  | 'Problem'
  | 'Source'
  | 'Decision'
  | 'DecisionList'
  | 'AlertSummary'
  | 'Alert'
  | 'AllowlistEntry'
  | 'Finding'
  | 'Inspection'
  | 'Feedback'
  | 'Undo'
  | 'Explanation'
  | 'Check'
  | 'SignalCounts'
  | 'Status'
  | 'SignalsTaken'
  | 'Signal'
  | 'Deleted';

export const SCHEMAS: Readonly<Record<SchemaName, z.ZodType>> = {
  Problem: problemSchema,
  Source,
  Decision,
  DecisionList,
  AlertSummary,
  Alert,
  AllowlistEntry,
  Finding,
  Inspection,
  Feedback,
  Undo,
  Explanation,
  Check,
  SignalCounts,
  Status,
  SignalsTaken,
  Signal,
  Deleted,
};

/** A page of a list; `next` is the cursor of the page after it. */
export function pageOf<T extends z.ZodType>(
  item: T,
): z.ZodObject<{ items: z.ZodArray<T>; next: z.ZodOptional<z.ZodString> }> {
  return z.strictObject({
    items: z.array(item),
    next: z.string().optional().describe('The cursor of the next page; absent on the last'),
  });
}

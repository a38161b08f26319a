// Makes the record of an inspection: excerpts lose what could be about people, values become shapes.

import type {
  AttackClass,
  Inspection,
  InspectionReason,
  InspectionRecord,
  RecordedFinding,
} from '@parapet/kinds';
import type { Part, RequestParts } from '../parts.ts';
import { shapeFrom } from './feedback.ts';
import { foldPart, mostTelling } from './folding.ts';
import { parameterOf, routeOf } from './routes.ts';
import type { NewTemplate } from './templates.ts';

const MAX_PATH = 256;
const MAX_FINDINGS = 4;

export interface RecordedCircumstances {
  /** 8 hex digits. */
  readonly id: string;
  readonly at: Date;
  readonly isEnforced: boolean;
  /** The keyed hash of the client's network; see `sourceOf`. */
  readonly network: number;
}

/** Returns what is kept of a request and the verdict on it. */
export function recordOf(
  request: RequestParts,
  { action, score, reasons }: Inspection,
  circumstances: RecordedCircumstances,
): InspectionRecord {
  const { site, ip, isVouched } = request.request;
  return {
    ...circumstances,
    site,
    ip: ip ?? '',
    method: request.method.slice(0, 16),
    path: redact(request.path.slice(0, MAX_PATH)),
    route: routeOf(request.path),
    action,
    score,
    reasons: reasons.map(withoutPeople),
    findings: findingsOf(request, reasons),
    isVouched: isVouched === true,
  };
}

/** Returns the shapes from which templates of a confirmed attack are made, the heaviest finding first. */
export function attemptsIn(
  { findings, network }: Pick<InspectionRecord, 'findings' | 'network'>,
  recordId: string,
  atMs: number,
  by: NewTemplate['by'],
): readonly NewTemplate[] {
  return findings.map(({ class: one, shape }) => ({
    class: one,
    folded: mostTelling(shapeFrom(shape)),
    recordId,
    atMs,
    network,
    by,
  }));
}

function withoutPeople(reason: InspectionReason): InspectionReason {
  const { foundIn } = reason;
  return {
    ...reason,
    foundIn: { ...foundIn, name: foundIn.name.slice(0, 128), excerpt: redact(foundIn.excerpt) },
  };
}

/** Returns the text without e-mail addresses, long numbers (cards, telephones, accounts) and long random tokens. */
export function redact(text: string): string {
  return text
    .replaceAll(EMAIL, '<e-mail>')
    .replaceAll(LONG_NUMBER, '<number>')
    .replaceAll(TOKEN, (found) => (IS_RANDOM.test(found) ? '<token>' : found));
}

const EMAIL = /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}/g;
const LONG_NUMBER = /\d(?:[ -]?\d){8,}/g;
const TOKEN = /[\w-]{24,}/g;
const IS_RANDOM = /\d.*[a-zA-Z].*\d/;

const OF_THE_SITE: ReadonlySet<string> = new Set(['site', 'feedback', 'exception']);

function findingsOf(request: RequestParts, reasons: readonly InspectionReason[]): readonly RecordedFinding[] {
  const byPart = new Map<string, { part: Part; class: AttackClass; logOdds: number }>();
  for (const { detector, foundIn, class: one, weight } of reasons) {
    // What people judge is what was found; what the site had to say of it changes with the site.
    if (OF_THE_SITE.has(detector)) continue;
    const part = request.parts.find(
      ({ placement, name }) => placement === foundIn.placement && name === foundIn.name,
    );
    if (part === undefined) continue;
    const key = `${one} ${foundIn.placement} ${foundIn.name}`;
    const known = byPart.get(key);
    byPart.set(key, { part, class: one, logOdds: (known?.logOdds ?? 0) + weight });
  }
  return [...byPart.values()]
    .filter(({ logOdds }) => logOdds > 0)
    .toSorted((one, other) => other.logOdds - one.logOdds)
    .slice(0, MAX_FINDINGS)
    .map(({ part, class: one, logOdds }) => ({
      placement: part.placement,
      name: parameterOf(part.name),
      class: one,
      logOdds,
      shape: Buffer.from(foldPart(part)).toString('base64'),
    }));
}

// What people have said of findings, as rules. "This was no attack" makes a narrow exception: this route, this
// parameter, this class, values that are no more suspicious and have nothing in them that the excused one did not
// have. "This was an attack" lowers the threshold there. Both are made anew from the list, so that undoing one is
// taking it out of the list.

import type {
  AttackClass,
  InspectionFeedback,
  InspectionRecord,
  Placement,
  RecordedFinding,
} from '@parapet/kinds';

/** A value in which something was found. */
export interface FoundValue {
  readonly route: string;
  readonly placement: Placement;
  /** With its counters folded. */
  readonly name: string;
  readonly class: AttackClass;
  /** All that spoke for the class. */
  readonly logOdds: number;
  /** Of all its readings; see `foldPart`. */
  readonly folded: Uint8Array;
}

interface Exception {
  readonly feedback: InspectionFeedback;
  readonly mostLogOdds: number;
  readonly shape: Uint8Array;
}

/** The same request is judged a little differently when the model or the site's normal has moved. */
const TOLERANCE = 0.25;
const NO_ATTACK_OFFSET = -0.5;
const ATTACK_OFFSET = 1;
const MOST_LOWERED = -1.5;
const MOST_RAISED = 3;

export class FeedbackRules {
  readonly #exceptions = new Map<string, Exception[]>();
  readonly #offsets = new Map<string, number>();

  /** Makes rules of what is neither undone nor expired at the moment. */
  constructor(feedback: Iterable<InspectionFeedback>, nowMs: number) {
    for (const one of feedback) {
      if (!isInForce(one, nowMs)) continue;
      for (const finding of one.findings) this.#add(one, finding);
    }
  }

  get isEmpty(): boolean {
    return this.#exceptions.size === 0 && this.#offsets.size === 0;
  }

  /** Returns what excuses a value, or undefined. */
  exceptionFor(value: FoundValue): InspectionFeedback | undefined {
    const exceptions = this.#exceptions.get(keyOf(value.route, value));
    return exceptions?.find((one) => excuses(one, value))?.feedback;
  }

  /** Returns what people's words add to the log-odds of a class in a parameter, from -1.5 to 3. */
  offsetFor(value: Pick<FoundValue, 'route' | 'placement' | 'name' | 'class'>): number {
    const offset = this.#offsets.get(keyOf(value.route, value)) ?? 0;
    return Math.max(MOST_LOWERED, Math.min(MOST_RAISED, offset));
  }

  #add(feedback: InspectionFeedback, finding: RecordedFinding): void {
    const key = keyOf(feedback.route, finding);
    const isAttack = feedback.kind === 'attack';
    const offset = isAttack ? ATTACK_OFFSET : NO_ATTACK_OFFSET;
    this.#offsets.set(key, (this.#offsets.get(key) ?? 0) + offset);
    if (isAttack) return;
    const exceptions = this.#exceptions.get(key) ?? [];
    exceptions.push(exceptionOf(feedback, finding));
    this.#exceptions.set(key, exceptions);
  }
}

/** Whether feedback counts at the moment: it is neither undone nor expired. */
export function isInForce({ undone, expiresAt }: InspectionFeedback, nowMs: number): boolean {
  return undone === undefined && (expiresAt === undefined || expiresAt.getTime() > nowMs);
}

export interface LetThrough {
  readonly record: InspectionRecord;
  /** All that was found in it would be excused; else something else would still be. */
  readonly isWhole: boolean;
}

/** Returns the records whose findings an exception would excuse; the record that it is about is not among them. */
export function previewOf(
  feedback: InspectionFeedback,
  records: Iterable<InspectionRecord>,
): readonly LetThrough[] {
  const rules = new FeedbackRules([feedback], feedback.at.getTime());
  const found: LetThrough[] = [];
  for (const record of records) {
    if (record.id === feedback.recordId || record.site !== feedback.site) continue;
    const excused = record.findings.filter((finding) => isExcused(rules, record.route, finding));
    if (excused.length > 0) found.push({ record, isWhole: excused.length === record.findings.length });
  }
  return found;
}

function isExcused(rules: FeedbackRules, route: string, finding: RecordedFinding): boolean {
  return rules.exceptionFor({ ...finding, route, folded: shapeFrom(finding.shape) }) !== undefined;
}

function exceptionOf(feedback: InspectionFeedback, finding: RecordedFinding): Exception {
  return { feedback, mostLogOdds: finding.logOdds + TOLERANCE, shape: shapeFrom(finding.shape) };
}

function excuses({ mostLogOdds, shape }: Exception, { logOdds, folded }: FoundValue): boolean {
  return logOdds <= mostLogOdds && folded.every((one) => one === 0 || shape.includes(one));
}

/** Returns the bytes of a recorded shape. */
export function shapeFrom(base64: string): Uint8Array {
  return Buffer.from(base64, 'base64');
}

function keyOf(
  route: string,
  { placement, name, class: attackClass }: Pick<RecordedFinding, 'placement' | 'name' | 'class'>,
): string {
  return `${attackClass}\n${placement}\n${name}\n${route}`;
}

// The sentences that the terminal, the page and the live view share. Other text stands beside its own
// markup; what is said in two places is said here once.

import type { Decision } from '@parapet/kinds';
import type { ReplaySummary, SourceReport } from '../replay/summary.ts';
import { plain } from '../terminal/text.ts';
import { describeOrigin } from './explain.ts';
import { countOf, formatCount, formatInstant, formatShare, formatSpan } from './numbers.ts';

/** Returns the one sentence that says it all. */
export function headline(summary: ReplaySummary): string {
  const span = spanOf(summary);
  const start = `${span === '' ? '' : `In ${span} `}${countOf(summary.parsed, eventWord(summary))}`;
  if (summary.parsed === 0) return `No event was read from ${countOf(summary.lines, 'line')}.`;
  if (summary.attackers === 0) return `${start}: nobody did anything that a scenario looks for.`;
  const mostly = summary.scenarios[0]?.title.toLowerCase() ?? '';
  const alerts = countOf(summary.alertsTotal, 'alert');
  const about = `${alerts}${mostly === '' ? '' : `, most of them for ${mostly}`}`;
  const who = `${countOf(summary.attackers, 'attacker')} (${about})`;
  const people = peopleAmongBanned(summary).length;
  if (summary.banned === 0) return `${start}: ${who}; nothing would have been blocked.`;
  const banned = `${formatCount(summary.banned)} would have been blocked`;
  if (people === 0) return `${start}: ${who}; ${banned}, and none of those looks like a person.`;
  const look =
    people === 1 ? '1 of those looks like a person' : `${formatCount(people)} of those look like people`;
  return `${start}: ${who}; ${banned}, and ${look}: look at ${people === 1 ? 'it' : 'them'} first.`;
}

/** Returns the sources that would have been blocked although they look like people. */
export function peopleAmongBanned(summary: ReplaySummary): SourceReport[] {
  return summary.sources.filter(
    (source) => source.decisions > 0 && source.assessment.verdict === 'probably a person',
  );
}

/** Returns `2026-05-04 00:00:00 to 2026-05-05 00:00:00 UTC`, or a remark that no line had a time. */
export function describePeriod(summary: ReplaySummary): string {
  const { firstAt, lastAt } = summary;
  if (firstAt === undefined || lastAt === undefined) return 'No line had a time.';
  return `${formatInstant(firstAt)} to ${formatInstant(lastAt)} UTC`;
}

/** Returns what was read, how fast, and what was not understood. */
export function describeReading(summary: ReplaySummary): string {
  const rate = summary.seconds > 0 ? ` (${formatCount(summary.lines / summary.seconds)} lines a second)` : '';
  const files = summary.files.length === 1 ? plain(summary.files[0]!) : countOf(summary.files.length, 'file');
  const took = `${summary.seconds < 10 ? summary.seconds.toFixed(1) : formatCount(summary.seconds)} seconds`;
  return `Read ${countOf(summary.lines, 'line')} of ${files} in ${took}${rate}.`;
}

/** Returns what the picture of the day shows, for those who do not see it. */
export function describeTimeline(summary: ReplaySummary): string {
  const buckets = summary.timeline.buckets;
  if (buckets.length === 0) return 'There are no events with a time to draw.';
  const busiest = buckets.reduce((best, bucket) => (bucket.events > best.events ? bucket : best));
  const worst = buckets.reduce((best, bucket) => (bucket.alerts > best.alerts ? bucket : best));
  const minutes = summary.timeline.bucketMs / 60_000;
  const each = minutes === 1 ? 'a minute' : formatSpan(summary.timeline.bucketMs);
  const word = eventWord(summary);
  const at = (ms: number): string => formatInstant(new Date(ms)).slice(0, 16);
  const traffic = `Busiest at ${at(busiest.startMs)} with ${countOf(busiest.events, word)} in ${each}`;
  const attacks =
    worst.alerts === 0 ? 'no alert' : `most alerts at ${at(worst.startMs)} (${formatCount(worst.alerts)})`;
  const outside =
    summary.timeline.outside === 0
      ? ''
      : ` ${countOf(summary.timeline.outside, 'event')} with a time far from all others ${summary.timeline.outside === 1 ? 'is' : 'are'} not drawn.`;
  return `${traffic}; ${attacks}.${outside}`;
}

/** Returns `banned for 4 hours`, `would be banned for 4 hours` for simulated decisions. */
export function describeDecision(decision: Decision, isPast = false): string {
  const length = formatSpan(decision.expiresAt.getTime() - decision.startAt.getTime());
  const done = REMEDIATIONS.get(decision.remediation) ?? `given "${plain(decision.remediation)}"`;
  if (isPast) return `would have been ${done} for ${length}`;
  return `${decision.mode === 'simulated' ? 'would be ' : ''}${done} for ${length}`;
}

/** Returns one line on what the source did: `1,204 requests, 97% not found, 3 alerts`. */
export function describeActivity(source: SourceReport): string {
  const parts: string[] = [];
  if (source.requests > 0) {
    parts.push(countOf(source.requests, 'request'), `${formatShare(source.notFoundShare)} not found`);
  }
  parts.push(countOf(source.alerts, 'alert'));
  const origin = describeOrigin(source);
  return `${parts.join(', ')}${origin === '' ? '' : `; ${origin}`}`;
}

/** Returns the reason for each verdict, the side it came down on first. */
export function describeAssessment(source: SourceReport): string {
  const { verdict, reasons } = source.assessment;
  if (reasons.length === 0) return 'too little is known to tell';
  const side = verdict === 'automated' ? 'program' : 'person';
  const own = reasons.filter((reason) => reason.speaksFor === side).map((reason) => reason.text);
  const other = reasons.filter((reason) => reason.speaksFor !== side).map((reason) => reason.text);
  if (own.length === 0) return other.join(', ');
  return other.length === 0 ? own.join(', ') : `${own.join(', ')}; but: ${other.join(', ')}`;
}

/** Returns the command to go on with. */
export function nextStep(summary: ReplaySummary): string {
  const logs = summary.files.slice(0, 3).map((file) => `--log ${quoteArgument(file)}`);
  return `parapet up ${logs.length === 0 ? '--log FILE' : logs.join(' ')}`;
}

function spanOf(summary: ReplaySummary): string {
  const { firstAt, lastAt } = summary;
  if (firstAt === undefined || lastAt === undefined) return '';
  const ms = lastAt.getTime() - firstAt.getTime();
  if (!Number.isFinite(ms)) return '';
  return formatSpan(ms);
}

const REMEDIATIONS: ReadonlyMap<string, string> = new Map([
  ['ban', 'banned'],
  ['captcha', 'asked to prove it is a person'],
  ['throttle', 'slowed down'],
  ['tarpit', 'kept waiting'],
]);

/** Nearly everything in a web log is a request, and readers know that word. */
export function eventWord(summary: ReplaySummary): 'request' | 'event' {
  let events = 0;
  let answered = 0;
  for (const bucket of summary.timeline.buckets) {
    events += bucket.events;
    answered += bucket.ok + bucket.redirected + bucket.clientErrors + bucket.serverErrors;
  }
  return events > 0 && answered >= events * 0.9 ? 'request' : 'event';
}

/** A file name that a shell would split is quoted; control characters are spelled out. */
function quoteArgument(file: string): string {
  const name = plain(file);
  return /^[\w./@%+=:,-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}

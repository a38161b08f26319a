// Numbers, lengths of time and instants as people read them. English only for now, UTC always: a log of
// another continent is read beside other logs, and a summary must not depend on the reader's clock.

const INTEGER = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** Returns `512,331`. */
export function formatCount(value: number): string {
  return INTEGER.format(value);
}

/** Returns `1 request`, `2 requests`; the plural adds an s unless it is given. */
export function countOf(value: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(value)} ${value === 1 ? singular : plural}`;
}

/** Returns a share from 0 to 1 as `37%`; what is there but rounds to nothing is `<1%`. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.01) return '<1%';
  if (share < 1 && share > 0.99) return '>99%';
  return `${Math.round(share * 100)}%`;
}

/** Returns `20 seconds`, `3 minutes`, `24 hours`, `7 days`: one unit, rounded. */
export function formatSpan(ms: number): string {
  const [count, unit] = spanIn(ms);
  return countOf(count, unit);
}

/** Returns how much of which unit that is, rounded. */
export function spanIn(ms: number): readonly [count: number, unit: 'second' | 'minute' | 'hour' | 'day'] {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 120) return [seconds, 'second'];
  const minutes = Math.round(ms / 60_000);
  if (minutes < 120) return [minutes, 'minute'];
  const hours = Math.round(ms / 3_600_000);
  return hours < 72 ? [hours, 'hour'] : [Math.round(ms / 86_400_000), 'day'];
}

/** Returns `3h 52m`, `12m 05s`, `45s`: for counting down in a narrow column. */
export function formatRemaining(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const two = (value: number): string => String(value).padStart(2, '0');
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${two(seconds % 60)}s`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)}h ${two(Math.floor(seconds / 60) % 60)}m`;
  return `${Math.floor(seconds / 86_400)}d ${two(Math.floor(seconds / 3600) % 24)}h`;
}

/** Returns `2026-05-04 13:07:22`, UTC. */
export function formatInstant(at: Date): string {
  return Number.isNaN(at.getTime()) ? 'unknown time' : at.toISOString().slice(0, 19).replace('T', ' ');
}

/** Returns `13:07`, UTC. */
export function formatClock(at: Date): string {
  return Number.isNaN(at.getTime()) ? '--:--' : at.toISOString().slice(11, 16);
}

/** Returns `2026-05-04`, UTC. */
export function formatDay(at: Date): string {
  return Number.isNaN(at.getTime()) ? 'unknown day' : at.toISOString().slice(0, 10);
}

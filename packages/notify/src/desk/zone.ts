// The time on a clock on the wall somewhere, with its summer time. `Intl` knows the zones; what is missing there is the
// way back from a wall clock to an instant.

const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Returns whether `Intl` knows the zone. */
export function isZone(zone: string): boolean {
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

/** Returns the minute of the day there, from 0 to 1439. */
export function minuteOfDay(atMs: number, zone: string): number {
  return Math.floor(modulo(wallMs(atMs, zone), DAY_MS) / 60_000);
}

/** Returns the first instant after `afterMs` at which clocks there show this minute of the day. */
export function nextMinuteOfDay(afterMs: number, minute: number, zone: string): number {
  const day = Math.floor(wallMs(afterMs, zone) / DAY_MS);
  for (let ahead = 0; ; ahead++) {
    const atMs = instantOf((day + ahead) * DAY_MS + minute * 60_000, zone);
    if (atMs > afterMs) return atMs;
  }
}

/**
 * Returns when clocks show this: the first time when they show it twice; when they jump over it, as long after the jump
 * as it would have been.
 */
function instantOf(wall: number, zone: string): number {
  const before = offsetMs(wall - DAY_MS, zone);
  const after = offsetMs(wall + DAY_MS, zone);
  for (const offset of [Math.max(before, after), Math.min(before, after)])
    if (offsetMs(wall - offset, zone) === offset) return wall - offset;
  return wall - before;
}

function offsetMs(atMs: number, zone: string): number {
  return wallMs(atMs, zone) - Math.floor(atMs / 1000) * 1000;
}

/** The wall clock's reading as if it were UTC. */
function wallMs(atMs: number, zone: string): number {
  const part: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(atMs)) part[type] = Number(value);
  return Date.UTC(
    part['year']!,
    part['month']! - 1,
    part['day'],
    part['hour'],
    part['minute'],
    part['second'],
  );
}

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      ...{ year: 'numeric', month: 'numeric', day: 'numeric' },
      ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
    });
    formats.set(zone, format);
  }
  return format;
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}

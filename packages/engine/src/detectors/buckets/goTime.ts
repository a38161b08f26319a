// Times as Go reads and prints them. Events carry theirs as RFC 3339 text (`marshaledTime`); buckets compute
// with milliseconds, whose fractions keep what the text says below a millisecond.

const DAY_MS = 86_400_000;
const ZERO = 48;

/** Returns milliseconds since the epoch, or NaN when the text is no RFC 3339 time. */
export function parseRfc3339(text: string): number {
  if (text.length < 20 || text.charCodeAt(10) !== 84 /* T */) return Number.NaN;
  const seconds = digits(text, 11, 2) * 3600 + digits(text, 14, 2) * 60 + digits(text, 17, 2);
  const days = daysSinceEpoch(digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2));
  let at = 19;
  let fractionMs = 0;
  if (text.charCodeAt(at) === 46 /* . */) {
    let unit = 100;
    for (at++; at < text.length; at++, unit /= 10) {
      const digit = text.charCodeAt(at) - ZERO;
      if (digit < 0 || digit > 9) break;
      fractionMs += digit * unit;
    }
  }
  const offsetMinutes = zoneOffset(text, at);
  return days * DAY_MS + (seconds - offsetMinutes * 60) * 1000 + fractionMs;
}

/** Returns the time as Go prints it (time.Time.String), in the zone and with the digits of the text it was read from. */
export function formatGoTime(ms: number, marshaled = ''): string {
  const offsetMinutes = marshaled === '' ? 0 : zoneOffset(marshaled, zoneStart(marshaled)) || 0;
  const local = new Date(Math.floor(ms) + offsetMinutes * 60_000).toISOString();
  const fraction =
    marshaled === '' ? fractionOf(ms) : marshaled.slice(19, zoneStart(marshaled)).replace(/\.?0*$/, '');
  const sign = offsetMinutes < 0 ? '-' : '+';
  const absolute = Math.abs(offsetMinutes);
  const offset = `${sign}${twoDigits(Math.floor(absolute / 60))}${twoDigits(absolute % 60)}`;
  return `${local.slice(0, 10)} ${local.slice(11, 19)}${fraction} ${offset} ${offsetMinutes === 0 ? 'UTC' : offset}`;
}

/** Returns the time as Go marshals it (RFC 3339 with as many digits as it has), in UTC. */
export function formatRfc3339(ms: number): string {
  return `${new Date(Math.floor(ms)).toISOString().slice(0, 19)}${fractionOf(ms)}Z`;
}

function fractionOf(ms: number): string {
  const nanoseconds = Math.round((ms - Math.floor(ms / 1000) * 1000) * 1e6);
  return nanoseconds === 0 ? '' : `.${String(nanoseconds).padStart(9, '0').replace(/0+$/, '')}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

function zoneStart(text: string): number {
  let at = 19;
  if (text.charCodeAt(at) === 46) {
    at++;
    while (at < text.length && text.charCodeAt(at) >= ZERO && text.charCodeAt(at) <= ZERO + 9) at++;
  }
  return at;
}

/** Minutes east of UTC; NaN when what stands at `at` is no zone. */
function zoneOffset(text: string, at: number): number {
  const sign = text.charCodeAt(at);
  if (sign === 90 /* Z */) return at === text.length - 1 ? 0 : Number.NaN;
  if ((sign !== 43 && sign !== 45) || text.length !== at + 6) return Number.NaN;
  const minutes = digits(text, at + 1, 2) * 60 + digits(text, at + 4, 2);
  return sign === 45 ? -minutes : minutes;
}

function digits(text: string, from: number, count: number): number {
  let value = 0;
  for (let i = from; i < from + count; i++) {
    const digit = text.charCodeAt(i) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** Days from 1970-01-01 in the Gregorian calendar (Howard Hinnant, "chrono-compatible low-level date algorithms"). */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return (
    era * 146_097 +
    yearOfEra * 365 +
    Math.floor(yearOfEra / 4) -
    Math.floor(yearOfEra / 100) +
    dayOfYear -
    719_468
  );
}

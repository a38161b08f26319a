// How long an answer took and what the cache said of it, where a log has it behind the fields of the combined format:
// nginx's `$request_time` and `$upstream_response_time` (seconds with three digits), `$upstream_cache_status`, Apache's
// `%D` (microseconds), each with a name before it or without (`rt=0.412 cache=HIT`).

export interface LoggedCost {
  /** Milliseconds; -1 where the log does not say. Valid until the next call. */
  ms: number;
  /** As the server wrote it; '' where it did not. */
  cacheStatus: string;
}

/** In the combined format: of the request, the referrer and the agent. */
const QUOTES = 6;
const QUOTE = 34;
const BACKSLASH = 92;
/** Longer ends of lines are none of ours. */
const MOST_TAIL = 512;
const CACHE = /^(?:HIT|MISS|BYPASS|EXPIRED|STALE|UPDATING|REVALIDATED)$/;
const SECONDS = /^\d{1,6}\.\d{1,6}$/;
const WHOLE = /^\d{1,12}$/;
const NAMED_SECONDS = /^(?:u?rt|uht|(?:upstream_)?(?:request|response|header)_time|time|duration|took)$/i;
const NAMED_MICROSECONDS = /^(?:d|us|usec|micros(?:econds)?|duration_us|time_us)$/i;

const found: LoggedCost = { ms: -1, cacheStatus: '' };

/** Reads the end of a line; `isApache`: a bare whole number at its end is `%D`. The last time that is there counts. */
export function loggedCost(rawLine: string, isApache: boolean): LoggedCost {
  found.ms = -1;
  found.cacheStatus = '';
  const from = endOfCombined(rawLine);
  if (from < 0 || rawLine.length - from < 2 || rawLine.length - from > MOST_TAIL) return found;
  const words = rawLine
    .slice(from)
    .trim()
    .split(/[\s,]+/);
  for (const [i, word] of words.entries()) take(word, isApache && i === words.length - 1);
  return found;
}

function take(word: string, mayBeMicroseconds: boolean): void {
  const at = word.indexOf('=');
  const name = at < 0 ? '' : word.slice(0, at);
  const value = word.slice(at + 1).replaceAll('"', '');
  if (CACHE.test(value)) found.cacheStatus = value;
  else if (SECONDS.test(value)) {
    if (name === '' || NAMED_SECONDS.test(name)) found.ms = Number(value) * 1000;
  } else if (WHOLE.test(value) && (name === '' ? mayBeMicroseconds : NAMED_MICROSECONDS.test(name)))
    found.ms = Number(value) / 1000;
}

/** Where the agent's closing quote is, or -1. */
function endOfCombined(rawLine: string): number {
  let quotes = 0;
  for (let i = 0; i < rawLine.length; i++) {
    const code = rawLine.charCodeAt(i);
    if (code === BACKSLASH) i++;
    else if (code === QUOTE && ++quotes === QUOTES) return i + 1;
  }
  return -1;
}

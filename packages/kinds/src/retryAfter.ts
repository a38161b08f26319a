// How long a server wants to be left alone (RFC 9110, 10.2.3: seconds or a date). A date is taken against the server's
// own clock, which stands in the same answer and may differ from ours.

/** Returns milliseconds, more than 0; undefined when the answer does not say, or says it so that nobody can read it. */
export function retryAfterMs(headers: {
  readonly 'retry-after'?: unknown;
  readonly date?: unknown;
}): number | undefined {
  const { 'retry-after': after, date } = headers;
  if (typeof after !== 'string') return undefined;
  const ms = /^\d{1,9}$/.test(after)
    ? Number(after) * 1000
    : Date.parse(after) - Date.parse(typeof date === 'string' ? date : '');
  return ms > 0 ? ms : undefined;
}

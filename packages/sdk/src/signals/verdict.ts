// What an answer means for the batch that was sent.

import type { ApiAnswer } from '../api/connection.ts';

export type Verdict =
  | {
      readonly outcome: 'done';
      readonly delivered: number;
      readonly refused: number;
      /** Why, when some were refused. */
      readonly detail: string;
    }
  | { readonly outcome: 'later'; readonly retryAfterSeconds: number | undefined; readonly detail: string };

/** Of these the same batch would never be taken. */
const NEVER: ReadonlySet<number> = new Set([400, 413, 415, 422]);

export function verdictOf({ status, text, retryAfterSeconds }: ApiAnswer, count: number): Verdict {
  const said = saidIn(text);
  // Something else may answer in its place, a proxy's error page for one: that is no word of Parapet's.
  if (status === 202 && said !== undefined && typeof said['accepted'] === 'number') {
    const refused = Array.isArray(said['refused']) ? said['refused'].length : 0;
    const first = (Array.isArray(said['refused']) ? said['refused'][0] : undefined) as
      | { readonly detail?: unknown }
      | undefined;
    return {
      ...{ outcome: 'done', delivered: count - refused, refused },
      detail: `${refused} signals were refused: ${JSON.stringify(first?.detail ?? '')}`,
    };
  }
  const detail = typeof said?.['detail'] === 'string' ? said['detail'] : `Parapet answered ${status}`;
  if (NEVER.has(status) && typeof said?.['code'] === 'string')
    return {
      outcome: 'done',
      delivered: 0,
      refused: count,
      detail: `${count} signals were refused: ${detail}`,
    };
  return { outcome: 'later', retryAfterSeconds, detail };
}

function saidIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

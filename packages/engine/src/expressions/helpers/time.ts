// Helpers that answer with a time in text.

import { formatRfc3339 } from './goTime.ts';
import { impure, pure, text, type HelperTable } from './define.ts';

export function timeHelpers(nowMs: () => number, log: (message: string) => void): HelperTable {
  return {
    TimeNow: impure(() => formatRfc3339(nowMs()), 0),
    ParseUnix: pure((args) => {
      const ms = parseUnixTime(text(args, 0));
      if (ms === undefined) log(`unable to parse '${text(args, 0)}' as unix timestamp`);
      return ms === undefined ? '' : formatRfc3339(ms);
    }, 1),
  };
}

// Seconds to milliseconds; a fraction is dropped, as in the reference.
function parseUnixTime(claimedTime: string): number | undefined {
  const seconds = claimedTime.split('.', 1)[0]!;
  if (!/^\+?\d{1,12}$/.test(seconds)) return undefined;
  const ms = Number(seconds) * 1000;
  return ms > 0 && ms <= DATE_MAX_MS ? ms : undefined;
}

// The last instant that a JavaScript Date can hold, in the year 275760.
const DATE_MAX_MS = 8.64e15;

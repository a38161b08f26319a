// What is told of a bucket that has had enough.

import { formatDuration } from '@parapet/kinds';
import type { BucketView } from './environment.ts';
import { formatGoTime } from './goTime.ts';
import { Overflow } from './overflow.ts';
import { sourcesOf } from './sources.ts';

/** A bucket with what its alert needs. */
export interface FullBucket extends BucketView {
  /** Says which bucket it is. */
  readonly origin: string;
  readonly scopeValues: readonly (string | undefined)[];
}

export type Description =
  | { readonly ok: true; readonly overflow: Overflow }
  /** There is nobody to alert about. */
  | { readonly ok: false; readonly reason: string };

/** A bucket is known by its first event: no other bucket of the scenario has the same. */
export function originOf(identity: number, atMs: number): string {
  return `${identity} ${atMs}`;
}

/** `tellsLogTime`: the message gives the last event's time as the log wrote it. */
export function describeOverflow(bucket: FullBucket, simulated: boolean, tellsLogTime: boolean): Description {
  const { scenario, key, origin, queue, scopeValues, firstMs, lastMs, overflowMs, totalCount } = bucket;
  const found = sourcesOf(
    scenario.scope.name,
    scenario.scope.expression !== undefined,
    queue.map((event, i) => ({ event, scopeValue: scopeValues[i] })),
  );
  if (!found.ok) return found;
  const { sources } = found;
  const who =
    sources.size === 1
      ? sources.keys().next().value!
      : sources.size === 0
        ? 'UNKNOWN'
        : `${sources.size} sources`;
  const lastText = tellsLogTime ? (queue.at(-1)?.fields.marshaledTime ?? '') : '';
  // Times this size are exact to a quarter of a microsecond; more digits would be noise.
  const howLong = formatDuration(Math.round((overflowMs - firstMs) * 1000) / 1000);
  const message = `${found.scope} ${who} performed '${scenario.name}' (${totalCount} events over ${howLong}) at ${formatGoTime(lastMs, lastText)}`;
  return {
    ok: true,
    overflow: new Overflow({
      scenario,
      key,
      origin,
      firstMs,
      lastMs,
      overflowMs,
      eventsCount: totalCount,
      events: queue,
      sources,
      simulated,
      message,
    }),
  };
}

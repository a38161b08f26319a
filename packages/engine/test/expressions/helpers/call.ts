// What the tests of all families share: helpers made once, and a way to call them by name.

import { DataFiles } from '../../../src/expressions/helpers/dataFiles.ts';
import { createHelpers, type HelperContext } from '../../../src/expressions/helpers/index.ts';
import { Stash } from '../../../src/expressions/helpers/stash.ts';
import { Float, GoDuration, GoTime, ValueMap, type Value } from '../../../src/expressions/value.ts';

export const NOW_MS = Date.UTC(2026, 7, 20, 10, 30, 0);

export interface Bench {
  readonly call: (name: string, ...args: Value[]) => Value;
  readonly log: string[];
}

/** Helpers over the given context, with everything that is logged. */
export function bench(context: Partial<HelperContext> = {}): Bench {
  const log: string[] = [];
  const helpers = createHelpers({
    dataFiles: new DataFiles(),
    stash: new Stash(() => NOW_MS),
    hostname: 'parapet.example',
    nowMs: () => NOW_MS,
    log: (message) => void log.push(message),
    ...context,
  });
  return { log, call: (name, ...args) => helpers[name]!.call(args) };
}

export const call: Bench['call'] = bench().call;

/** The value as plain data that toEqual can compare: a Float 1.5 is { float: 1.5 }, a map a plain object. */
export function plain(value: Value): unknown {
  if (value instanceof Float) return { float: value.value };
  if (value instanceof GoTime) return { time: value.ms };
  if (value instanceof GoDuration) return { duration: value.ms };
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof ValueMap)
    return Object.fromEntries([...value.keys()].map((key) => [key, plain(value.get(key))]));
  return value;
}

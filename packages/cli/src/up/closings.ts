// Incidents that somebody has closed, with why. Incidents themselves are made of alerts and kept nowhere; a closing is
// known by the incident's id, and forgotten when the incident is.

import path from 'node:path';
import { CLOSE_REASONS, type Closing, type ClosingDesk } from '@parapet/dashboard';
import { KeptChoices } from '../io/keptChoices.ts';

/** Longer than incidents are remembered. */
const KEPT_MS = 9 * 86_400_000;

export function closingDesk(dataDir: string, nowMs: () => number): ClosingDesk {
  const kept = new KeptChoices(path.join(dataDir, 'closed-incidents.json'), readClosings);
  return {
    find: (id) => kept.of(id),
    keep: (id, closing) => {
      const old = [...kept.all()].filter(([, { atMs }]) => nowMs() - atMs > KEPT_MS);
      kept.change(new Map([...old.map(([one]) => [one, undefined] as const), [id, closing]]));
    },
  };
}

function readClosings(value: unknown): ReadonlyMap<string, Closing> {
  if (typeof value !== 'object' || value === null) return new Map();
  return new Map(Object.entries(value).flatMap(([id, one]) => readClosing(id, one)));
}

function readClosing(id: string, value: unknown): readonly (readonly [string, Closing])[] {
  if (typeof value !== 'object' || value === null) return [];
  const { reason, note, by, atMs, alerts } = value as Readonly<Record<string, unknown>>; // it is an object
  const known = CLOSE_REASONS.find((one) => one === reason);
  if (known === undefined || typeof atMs !== 'number' || typeof alerts !== 'number') return [];
  if (typeof note !== 'string' || typeof by !== 'string') return [];
  return [[id, { reason: known, note, by, atMs, alerts }]];
}

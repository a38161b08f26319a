// The names that rules give to places: each placement under its own, and groups of them.

import type { Placement } from '@parapet/kinds';
import type { RulePlace } from './rule.ts';

const PLACEMENTS: readonly Placement[] = [
  ...(['path', 'query', 'form', 'multipart', 'filename', 'file', 'json', 'xml', 'graphql'] as const),
  ...(['cookie', 'header', 'name', 'body'] as const),
];

const OTHERS = ['target', 'raw-header', 'request'] as const;

const SENT: readonly RulePlace[] = ['query', 'form', 'multipart', 'json', 'xml', 'graphql'];

const GROUPS: Readonly<Record<string, readonly RulePlace[]>> = {
  parameters: SENT,
  values: [...SENT, 'path', 'cookie', 'header', 'filename', 'body'],
  everywhere: [...SENT, 'path', 'cookie', 'header', 'filename', 'body', 'name'],
};

export const PLACE_NAMES: readonly string[] = [...Object.keys(GROUPS), ...PLACEMENTS, ...OTHERS];

/** The places that a name stands for; undefined for a name that is none. */
export function placesOf(name: string): ReadonlySet<RulePlace> | undefined {
  const group = Object.hasOwn(GROUPS, name) ? GROUPS[name] : undefined;
  if (group !== undefined) return new Set(group);
  const place = [...PLACEMENTS, ...OTHERS].find((each) => each === name);
  return place === undefined ? undefined : new Set([place]);
}

/** The placements whose parts have names that the sender chose. */
export const NAMED: ReadonlySet<Placement> = new Set<Placement>([
  ...(['query', 'form', 'multipart', 'json', 'xml', 'graphql', 'cookie', 'header'] as const),
]);

// Who attacked, as STIX 2.1 (OASIS Standard, 10 June 2021) for threat intelligence platforms: for each address an
// indicator, what was observed, and a sighting; for each kind of attack an attack pattern that indicators point to.
// Identifiers are made of what they name (UUIDv5), so that an export that is made again updates and doubles nothing.
// No paths, names or agents: what leaves the house is scenario, address, time.

import { createHash } from 'node:crypto';
import { parseIpOrCidr, type Alert } from '@parapet/kinds';
import { familyOf, scenarioTitle } from '../words/explain.ts';

type StixAlert = Pick<
  Alert,
  'scenario' | 'labels' | 'source' | 'startAt' | 'stopAt' | 'knownAt' | 'eventsCount'
>;

export type StixObject = Readonly<Record<string, unknown>> & { readonly type: string; readonly id: string };

export interface StixBundle {
  readonly type: 'bundle';
  readonly id: string;
  readonly objects: readonly StixObject[];
}

/** For observables, of the standard (section 2.9). */
const OBSERVABLES = '00abedb4-aa42-466c-9c01-fed23315a9b7';
/** For our own objects. */
const OWN = '7f4b1c9a-52d3-4c0e-8f57-2d6a5e0b9c31';
const VALID_MS = 7 * 86_400_000;
/** `number_observed` has this bound (section 4.14). */
const MOST_OBSERVED = 999_999_999;

interface Attacker {
  readonly value: string;
  readonly type: 'ipv4-addr' | 'ipv6-addr';
  firstMs: number;
  lastMs: number;
  /** When it was first known, and last. */
  createdMs: number;
  modifiedMs: number;
  events: number;
  readonly kinds: Map<string, { readonly title: string; readonly atMs: number }>;
}

/** Returns the bundle; alerts whose source is no address or range are left out. `site` says who tells. */
export function stixBundle(alerts: Iterable<StixAlert>, site: string): StixBundle {
  const attackers = attackersOf(alerts);
  let first = Infinity;
  for (const { createdMs } of attackers.values()) first = Math.min(first, createdMs);
  if (attackers.size === 0) first = 0;
  const teller: StixObject = {
    ...common('identity', site, first, first),
    name: site,
    identity_class: 'system',
  };
  const objects = new Map<string, StixObject>([[teller.id, teller]]);
  for (const attacker of attackers.values())
    for (const object of objectsOf(attacker, teller.id)) {
      // A kind of attack is one object, known since its first alert.
      const known = objects.get(object.id);
      if (known === undefined || String(known['created']) > String(object['created']))
        objects.set(object.id, object);
    }
  const all = [...objects.values()];
  return { type: 'bundle', id: `bundle--${uuid5(OWN, JSON.stringify(all))}`, objects: all };
}

function attackersOf(alerts: Iterable<StixAlert>): ReadonlyMap<string, Attacker> {
  const attackers = new Map<string, Attacker>();
  for (const { scenario, labels, source, startAt, stopAt, knownAt, eventsCount } of alerts) {
    const cidr = parseIpOrCidr(source.value);
    if (cidr === undefined) continue;
    const knownMs = knownAt.getTime();
    const title = scenarioTitle(scenario, labels);
    const key = familyOf(scenario, labels)?.key ?? scenario;
    const known = attackers.get(source.value) ?? {
      ...{ value: source.value, type: cidr.version === 4 ? 'ipv4-addr' : 'ipv6-addr' },
      ...{ firstMs: startAt.getTime(), lastMs: stopAt.getTime(), createdMs: knownMs, modifiedMs: knownMs },
      ...{ events: 0, kinds: new Map() },
    };
    known.firstMs = Math.min(known.firstMs, startAt.getTime());
    known.lastMs = Math.max(known.lastMs, stopAt.getTime(), known.firstMs);
    known.createdMs = Math.min(known.createdMs, knownMs);
    known.modifiedMs = Math.max(known.modifiedMs, knownMs);
    known.events = Math.min(MOST_OBSERVED, known.events + Math.max(1, eventsCount));
    if (!known.kinds.has(key)) known.kinds.set(key, { title, atMs: knownMs });
    attackers.set(source.value, known);
  }
  return attackers;
}

function objectsOf(attacker: Attacker, teller: string): readonly StixObject[] {
  const { value, type, firstMs, lastMs, createdMs, modifiedMs, events, kinds } = attacker;
  const by = { created_by_ref: teller };
  const address: StixObject = {
    type,
    spec_version: '2.1',
    // Its one contributing property, as canonical JSON (RFC 8785).
    id: `${type}--${uuid5(OBSERVABLES, JSON.stringify({ value }))}`,
    value,
  };
  const indicator: StixObject = {
    ...{ ...common('indicator', value, createdMs, modifiedMs), ...by },
    name: `Attacks from ${value}`,
    description: [...kinds.values()].map(({ title }) => title).join('; '),
    indicator_types: ['malicious-activity'],
    pattern: `[${type}:value = '${value}']`,
    pattern_type: 'stix',
    pattern_version: '2.1',
    valid_from: stamp(firstMs),
    valid_until: stamp(Math.max(lastMs, firstMs) + VALID_MS),
  };
  const observed: StixObject = {
    ...{ ...common('observed-data', value, createdMs, modifiedMs), ...by },
    first_observed: stamp(firstMs),
    last_observed: stamp(lastMs),
    number_observed: Math.max(1, events),
    object_refs: [address.id],
  };
  const sighting: StixObject = {
    ...{ ...common('sighting', value, createdMs, modifiedMs), ...by },
    first_seen: stamp(firstMs),
    last_seen: stamp(lastMs),
    count: Math.max(1, events),
    sighting_of_ref: indicator.id,
    observed_data_refs: [observed.id],
    where_sighted_refs: [teller],
  };
  const patterns = [...kinds].flatMap(([key, { title, atMs }]) => {
    const pattern: StixObject = { ...common('attack-pattern', key, atMs, atMs), ...by, name: title };
    const relationship: StixObject = {
      ...{ ...common('relationship', `${value} ${key}`, atMs, atMs), ...by },
      relationship_type: 'indicates',
      source_ref: indicator.id,
      target_ref: pattern.id,
    };
    return [pattern, relationship];
  });
  return [address, indicator, observed, sighting, ...patterns];
}

function common(type: string, name: string, createdMs: number, modifiedMs: number): StixObject {
  return {
    type,
    spec_version: '2.1',
    id: `${type}--${uuid5(OWN, `${type} ${name}`)}`,
    created: stamp(createdMs),
    modified: stamp(modifiedMs),
  };
}

function stamp(ms: number): string {
  return new Date(ms).toISOString();
}

/** RFC 9562, section 5.5. */
function uuid5(namespace: string, name: string): string {
  const bytes = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest();
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

// The rules of STIX 2.1 (OASIS Standard, 10 June 2021) for the objects that we write: what each has to have and may
// have, what identifiers, times, references and patterns look like, and which come after which.

interface Rule {
  readonly required: readonly string[];
  readonly optional?: readonly string[];
}

const COMMON = ['type', 'spec_version', 'id', 'created', 'modified'];
const RULES: Readonly<Record<string, Rule>> = {
  identity: { required: [...COMMON, 'name'], optional: ['identity_class'] },
  indicator: {
    required: [...COMMON, 'pattern', 'pattern_type', 'valid_from'],
    optional: ['created_by_ref', 'name', 'description', 'indicator_types', 'pattern_version', 'valid_until'],
  },
  'observed-data': {
    required: [...COMMON, 'first_observed', 'last_observed', 'number_observed', 'object_refs'],
    optional: ['created_by_ref'],
  },
  sighting: {
    required: [...COMMON, 'sighting_of_ref'],
    optional: [
      ...['created_by_ref', 'first_seen', 'last_seen', 'count', 'observed_data_refs', 'where_sighted_refs'],
    ],
  },
  'attack-pattern': { required: [...COMMON, 'name'], optional: ['created_by_ref', 'description'] },
  relationship: {
    required: [...COMMON, 'relationship_type', 'source_ref', 'target_ref'],
    optional: ['created_by_ref'],
  },
  // Observables have no times of their own.
  'ipv4-addr': { required: ['type', 'id', 'value'], optional: ['spec_version'] },
  'ipv6-addr': { required: ['type', 'id', 'value'], optional: ['spec_version'] },
};

/** Which types a reference may name. */
const REFERENCES: Readonly<Record<string, readonly string[]>> = {
  created_by_ref: ['identity'],
  sighting_of_ref: ['indicator'],
  source_ref: ['indicator'],
  target_ref: ['attack-pattern'],
  observed_data_refs: ['observed-data'],
  where_sighted_refs: ['identity', 'location'],
  object_refs: ['ipv4-addr', 'ipv6-addr'],
};
const IN_ORDER = [
  ['created', 'modified'],
  ['first_observed', 'last_observed'],
  ['first_seen', 'last_seen'],
] as const;
const TIMES: readonly string[] = ['valid_from', 'valid_until', ...IN_ORDER.flat()];
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
const PATTERN = /^\[(ipv4-addr|ipv6-addr):value = '[0-9A-Fa-f.:/]+'\]$/;
const MOST_OBSERVED = 999_999_999;

type StixRecord = Readonly<Record<string, unknown>>;

/** Returns what is wrong, in words; nothing for a bundle that is as it has to be. */
export function stixFaults(bundle: {
  readonly type: string;
  readonly id: string;
  readonly objects: readonly StixRecord[];
}): readonly string[] {
  const ids = new Set(bundle.objects.map((one) => one['id']));
  return [
    ...(bundle.type === 'bundle' && new RegExp(`^bundle--${UUID}$`).test(bundle.id) ? [] : ['the bundle']),
    ...(ids.size === bundle.objects.length ? [] : ['an identifier stands twice']),
    ...bundle.objects.flatMap((object) => [...faultsOf(object, ids)]),
  ];
}

function* faultsOf(object: StixRecord, ids: ReadonlySet<unknown>): Generator<string> {
  const type = text(object['type']);
  const rule = RULES[type];
  if (rule === undefined) return yield `there is no type ${type}`;
  const known = [...rule.required, ...(rule.optional ?? [])];
  for (const key of rule.required) if (object[key] === undefined) yield `${type} has no ${key}`;
  for (const key of Object.keys(object)) if (!known.includes(key)) yield `${type} may not have ${key}`;
  if (!new RegExp(`^${type}--${UUID}$`).test(text(object['id']))) yield `${type}: its id`;
  if (object['spec_version'] !== '2.1') yield `${type}: spec_version`;
  for (const key of TIMES)
    if (object[key] !== undefined && !TIME.test(text(object[key]))) yield `${type}: ${key}`;
  for (const [key, allowed] of Object.entries(REFERENCES))
    for (const ref of object[key] === undefined ? [] : [object[key]].flat())
      if (!ids.has(ref) || !allowed.includes(text(ref).split('--')[0] ?? '')) yield `${type}: ${key}`;
  for (const [first, last] of IN_ORDER)
    if (object[first] !== undefined && text(object[first]) > text(object[last])) yield `${type}: ${last}`;
  yield* indicatorFaults(type, object);
  for (const key of ['number_observed', 'count']) {
    const count = object[key];
    const isFine = Number.isInteger(count) && Number(count) >= 1 && Number(count) <= MOST_OBSERVED;
    if (count !== undefined && !isFine) yield `${type}: ${key}`;
  }
}

function* indicatorFaults(type: string, object: StixRecord): Generator<string> {
  if (type !== 'indicator') return;
  const { valid_from: from, valid_until: until, pattern, pattern_type: kind } = object;
  if (until !== undefined && text(until) <= text(from)) yield 'valid_until';
  if (kind !== 'stix' || !PATTERN.test(text(pattern))) yield 'the pattern';
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

// The filters of a query, as the protocol writes them. What is unknown or wrong is refused, so that nobody deletes
// more than was meant.

import { parseDuration, parseIpOrCidr } from '@parapet/kinds';
import type { AlertFilter, DecisionFilter } from '@parapet/store';
import { RequestError } from '../context.ts';
import { ownOrigin, parapetScope } from './scopes.ts';

export type Query = Readonly<Record<string, string | undefined>>;

export interface AlertQuery {
  readonly filter: AlertFilter;
  /** 0: all. */
  readonly limit: number;
  readonly wantsActive: boolean;
}

const DEFAULT_LIMIT = 50;

/** For bouncers: what they do not know is let be, as there. Simulated decisions are never theirs. */
export function streamFilter(query: Query): DecisionFilter {
  return {
    scopes: listOf(query['scopes'] ?? 'ip,range').map(parapetScope),
    mode: 'live',
    ...contentFilter(query),
  };
}

/** Reads the filters of GET /decisions. */
export function decisionFilter(query: Query): DecisionFilter {
  return { mode: 'live', ...targetFilter(query), ...contentFilter(query) };
}

/** Reads the filters of DELETE /decisions; an unknown one is refused. */
export function liftFilter(query: Query): DecisionFilter {
  refuseUnknown(query, [
    'scope',
    'scopes',
    'value',
    'type',
    'ip',
    'range',
    'contains',
    'scenario',
    'origin',
    'uuid',
    'origins',
    'scenarios_containing',
    'scenarios_not_containing',
    'limit',
  ]);
  const { scenario, origin, uuid } = query;
  return {
    ...targetFilter(query),
    ...contentFilter(query),
    ...(scenario === undefined ? {} : { scenario }),
    ...(origin === undefined ? {} : { origin: ownOrigin(origin) }),
    ...(uuid === undefined ? {} : { id: uuid }),
  };
}

/** Reads the filters of GET and DELETE /alerts; an unknown one is refused. */
export function alertQuery(query: Query, now: Date): AlertQuery {
  refuseUnknown(query, [
    'scope',
    'value',
    'scenario',
    'ip',
    'range',
    'contains',
    'since',
    'until',
    'created_before',
    'simulated',
    'has_active_decision',
    'decision_type',
    'origin',
    'include_capi',
    'limit',
    'sort',
    'alert_source',
    'id',
  ]);
  const { scope, value, scenario, ip, range, simulated, origin } = query;
  const since = momentOf(query['since'], now);
  const until = momentOf(query['until'] ?? query['created_before'], now);
  const place = range ?? ip;
  const inside = place === undefined || place === '' ? undefined : parseIpOrCidr(place);
  if (place !== undefined && place !== '' && inside === undefined) throw badAddress(place);
  const wantsActive = query['has_active_decision'] === 'true';
  const type = query['decision_type'];
  return {
    filter: {
      ...(scope === undefined || scope === '' ? {} : { scope: parapetScope(scope) }),
      ...(value === undefined || value === '' ? {} : { value }),
      ...(scenario === undefined || scenario === '' ? {} : { scenario }),
      ...(inside === undefined ? {} : { inside }),
      ...(since === undefined ? {} : { since }),
      ...(until === undefined ? {} : { until }),
      ...(simulated === 'false' ? { simulated: false } : {}),
      ...(origin === undefined || origin === '' ? {} : { decisionOrigin: ownOrigin(origin) }),
      ...(type === undefined || type === '' ? {} : { remediation: type }),
      ...(wantsActive ? { decidedAt: now } : {}),
    },
    limit: limitOf(query['limit']),
    wantsActive,
  };
}

function targetFilter(query: Query): DecisionFilter {
  const { scope, scopes, value, type, ip, range, contains } = query;
  const place = ip ?? range;
  const cidr = place === undefined ? undefined : parseIpOrCidr(place);
  if (place !== undefined && cidr === undefined) throw badAddress(place);
  return {
    ...(scope === undefined ? {} : { scope: parapetScope(scope) }),
    ...(scopes === undefined ? {} : { scopes: listOf(scopes).map(parapetScope) }),
    ...(value === undefined ? {} : { value }),
    ...(type === undefined ? {} : { remediation: type }),
    ...(cidr === undefined ? {} : contains === 'false' ? { inside: cidr } : { around: cidr }),
  };
}

function contentFilter(query: Query): DecisionFilter {
  const { origins, scenarios_containing: containing, scenarios_not_containing: without } = query;
  return {
    ...(origins === undefined ? {} : { origins: listOf(origins).map(ownOrigin) }),
    ...(containing === undefined ? {} : { scenariosWith: listOf(containing) }),
    ...(without === undefined ? {} : { scenariosWithout: listOf(without) }),
  };
}

function listOf(text: string): readonly string[] {
  return text.split(',').filter((one) => one !== '');
}

function limitOf(text: string | undefined): number {
  if (text === undefined || text === '') return DEFAULT_LIMIT;
  if (!/^\d{1,9}$/.test(text)) throw new RequestError(400, `invalid limit in parameters: '${text}'`);
  return Number(text);
}

/** `24h`, `7d`, or a moment in RFC 3339. */
function momentOf(text: string | undefined, now: Date): Date | undefined {
  if (text === undefined || text === '') return undefined;
  const days = /^(\d+(?:\.\d+)?)d$/.exec(text);
  const agoMs = days === null ? parseDuration(text) : Number(days[1]) * 86_400_000;
  if (agoMs !== undefined) return new Date(now.getTime() - agoMs);
  const at = /^\d{4}-\d\d-\d\dT/.test(text) ? new Date(text) : undefined;
  if (at === undefined || Number.isNaN(at.getTime()))
    throw new RequestError(400, `while parsing duration: time: invalid duration ${JSON.stringify(text)}`);
  return at;
}

function refuseUnknown(query: Query, known: readonly string[]): void {
  for (const [name, value] of Object.entries(query))
    if (!known.includes(name))
      throw new RequestError(400, `Filter parameter '${name}' is unknown (=${value}): invalid filter`);
}

function badAddress(text: string): RequestError {
  return new RequestError(
    400,
    `unable to convert '${text}' to int: invalid address: invalid ip address / range`,
  );
}

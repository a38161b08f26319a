// The filters of a query, as the protocol writes them. What is unknown or wrong is refused, so that nobody deletes
// more than was meant.

import { parseDuration, parseIpOrCidr, type Cidr } from '@parapet/kinds';
import type { AlertFilter, DecisionFilter } from '@parapet/store';
import { RequestError } from '../context.ts';
import { ALERT_KIND, LONE_KIND } from './alerts.ts';
import { ownOrigin, parapetScope } from './scopes.ts';

export type Query = Readonly<Record<string, string | undefined>>;

export interface AlertQuery {
  readonly filter: AlertFilter;
  /** 0: all. */
  readonly limit: number;
  readonly newestFirst: boolean;
  /** Decisions that no alert led to, where they are wanted too. */
  readonly lone?: DecisionFilter;
}

export interface DecisionQuery {
  readonly filter: DecisionFilter;
  readonly offset: number;
  readonly limit: number;
}

const DEFAULT_LIMIT = 50;
/** What others have told us of, as `include_capi` means it. */
const OTHERS = ['community', 'list'];

/** For bouncers: what they do not know is let be, as there. Simulated decisions are never theirs. */
export function streamFilter(query: Query): DecisionFilter {
  return {
    scopes: listOf(query['scopes'] ?? 'ip,range').map(parapetScope),
    mode: 'live',
    ...contentFilter(query),
  };
}

/** Reads the filters of GET /decisions; without a limit, all. */
export function decisionQuery(query: Query): DecisionQuery {
  const { simulated, limit, offset, id_gt: after } = query;
  return {
    filter: {
      ...(simulated === 'true' ? {} : { mode: 'live' }),
      ...targetFilter(query),
      ...contentFilter(query),
      ...(after === undefined ? {} : { after: wholeNumber('id_gt', after) }),
    },
    offset: offset === undefined ? 0 : wholeNumber('offset', offset),
    limit: limit === undefined ? Number.POSITIVE_INFINITY : wholeNumber('limit', limit),
  };
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
  ]);
  const { scenario, origin, uuid } = query;
  return {
    ...targetFilter(query),
    ...contentFilter(query),
    ...(scenario === undefined ? {} : { scenario }),
    ...(origin === undefined ? {} : { origins: [ownOrigin(origin)] }),
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
    'kind',
    'with_decisions',
  ]);
  const given = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''));
  const { simulated, limit, kind } = given;
  const since = momentOf(given['since'], now);
  const until = momentOf(given['until'] ?? given['created_before'], now);
  const between = { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) };
  const place = placeOf(given);
  const isActive = flagOf('has_active_decision', given['has_active_decision']);
  const { origins: [decisionOrigin] = [], ...shared } = sharedFilter(given);
  // Who asks for an origin gets it, whichever it is.
  const wantsAll = decisionOrigin !== undefined || given['include_capi'] !== 'false';
  return {
    filter: {
      ...shared,
      ...(decisionOrigin === undefined ? {} : { decisionOrigin }),
      ...(wantsAll ? {} : { withoutOrigins: OTHERS }),
      ...(place === undefined ? {} : { touching: place }),
      ...between,
      ...(simulated === 'false' ? { simulated: false } : {}),
      ...(isActive === undefined ? {} : isActive ? { decidedAt: now } : { isUndecided: true }),
      // All alerts of ours, and those that machines send, are of one kind.
      ...(kind === undefined || kind === ALERT_KIND ? {} : { number: 0 }),
    },
    limit: limit === undefined ? DEFAULT_LIMIT : wholeNumber('limit', limit),
    newestFirst: given['sort'] !== 'ASC',
    ...(isActive !== true || (kind !== undefined && kind !== LONE_KIND)
      ? {}
      : {
          lone: {
            ...{ activeAt: now, isLone: true },
            ...{ ...sharedFilter(given), ...place, ...between },
            ...(wantsAll ? {} : { withoutOrigins: OTHERS }),
            ...(simulated === 'false' ? { mode: 'live' } : {}),
          },
        }),
  };
}

/** What is asked of alerts and of decisions alike. */
function sharedFilter({
  scope,
  value,
  scenario,
  origin,
  decision_type: remediation,
}: Query): DecisionFilter & AlertFilter {
  return {
    ...(scope === undefined ? {} : { scope: parapetScope(scope) }),
    ...(value === undefined ? {} : { value }),
    ...(scenario === undefined ? {} : { scenario }),
    ...(remediation === undefined ? {} : { remediation }),
    ...(origin === undefined ? {} : { origins: [ownOrigin(origin)] }),
  };
}

function targetFilter(query: Query): DecisionFilter {
  const { value, type } = query;
  const scopes = query['scopes'] ?? query['scope'];
  return {
    ...(scopes === undefined ? {} : { scopes: listOf(scopes).map(parapetScope) }),
    ...(value === undefined ? {} : { value }),
    ...(type === undefined ? {} : { remediation: type }),
    ...placeOf(query),
  };
}

/** What contains an address or range, or what lies inside it. */
function placeOf(query: Query): { readonly inside: Cidr } | { readonly around: Cidr } | undefined {
  const contains = flagOf('contains', query['contains']) ?? true;
  const text = query['ip'] ?? query['range'];
  if (text === undefined) return undefined;
  const cidr = parseIpOrCidr(text);
  if (cidr === undefined)
    throw new RequestError(
      400,
      `unable to convert '${text}' to int: invalid address: invalid ip address / range`,
    );
  return contains ? { around: cidr } : { inside: cidr };
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

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new RequestError(400, `invalid ${name} in parameters: '${text}'`);
  return Number(text);
}

function flagOf(name: string, text: string | undefined): boolean | undefined {
  if (text === undefined || text === '') return undefined;
  if (text !== 'true' && text !== 'false')
    throw new RequestError(400, `invalid ${name} value: '${text}' is not a boolean`);
  return text === 'true';
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

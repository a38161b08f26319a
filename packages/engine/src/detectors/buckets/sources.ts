// Who an overflow is about, from the events in the queue: the address, its range, or what the scenario's own
// scope expression says. Sources are kept by value; a later event's facts about the same value win.

import { parseCidr, parseIp } from '@parapet/kinds';
import type { KeptEvent } from './keptEvent.ts';
import { Source, type SourceFields } from './alertObject.ts';
import { Overflow } from './overflow.ts';

export type SourcesResult =
  | { readonly ok: true; readonly sources: ReadonlyMap<string, Source>; readonly scope: string }
  | { readonly ok: false; readonly reason: string };

/** One event of the queue with what the scope expression said of it; undefined when it failed or there is none. */
export interface SourcedEvent {
  readonly event: KeptEvent;
  readonly scopeValue: string | undefined;
}

/** Collects the sources of all events. As in CrowdSec, one event without a source makes the overflow void. */
export function sourcesOf(
  scope: string,
  hasExpression: boolean,
  events: readonly SourcedEvent[],
): SourcesResult {
  const sources = new Map<string, Source>();
  for (const { event, scopeValue } of events) {
    if (hasExpression && scopeValue === undefined)
      return { ok: false, reason: 'the scope expression failed' };
    if (event.fields.kind === 'overflow') addFromOverflow(sources, event, scope, scopeValue);
    else {
      const reason = addFromLog(sources, event, scope, scopeValue);
      if (reason !== undefined) return { ok: false, reason };
    }
  }
  const first = sources.values().next().value;
  return { ok: true, sources, scope: first?.fields.scope ?? '' };
}

function addFromLog(
  sources: Map<string, Source>,
  event: KeptEvent,
  scope: string,
  scopeValue: string | undefined,
): string | undefined {
  if (scope !== 'Ip' && scope !== 'Range') {
    const value = scopeValue ?? '';
    sources.set(value, new Source({ ...NO_SOURCE, scope, value }));
    return undefined;
  }
  const ip = event.meta('source_ip');
  if (ip === undefined) return `scope is ${scope} but the event has no source_ip`;
  if (parseIp(ip) === undefined) return `scope is ${scope} but '${ip}' is no address`;
  const sourceRange = event.meta('SourceRange') ?? '';
  const range = sourceRange === '' ? '' : parseCidr(sourceRange)?.text;
  if (range === undefined) return `'${sourceRange}', the range of ${ip}, is no range`;
  const value = scope === 'Ip' ? ip : (scopeValue ?? range);
  sources.set(
    value,
    new Source({
      scope,
      value,
      ip,
      range,
      asNumber: event.enriched('ASNumber') ?? event.enriched('ASNNumber') ?? '',
      asName: event.enriched('ASNOrg') ?? '',
      country: event.enriched('IsoCode') ?? '',
      latitude: coordinate(event.enriched('Latitude')),
      longitude: coordinate(event.enriched('Longitude')),
    }),
  );
  return undefined;
}

/** The sources of an overflow that was poured itself; only addresses can be turned into ranges. */
function addFromOverflow(
  sources: Map<string, Source>,
  event: KeptEvent,
  scope: string,
  scopeValue: string | undefined,
): void {
  const { overflow } = event.fields;
  if (!(overflow instanceof Overflow)) return;
  for (const [key, source] of overflow.facts.sources) {
    if (source.fields.scope === scope) {
      sources.set(key, source);
      continue;
    }
    if (scope !== 'Range' || source.fields.scope !== 'Ip') continue;
    const value = scopeValue ?? source.fields.range;
    if (value !== '') sources.set(value, new Source({ ...source.fields, scope, value, ip: '' }));
  }
}

const NO_SOURCE: SourceFields = {
  scope: '',
  value: '',
  ip: '',
  range: '',
  asNumber: '',
  asName: '',
  country: '',
  latitude: 0,
  longitude: 0,
};

function coordinate(text: string | undefined): number {
  const value = Number(text ?? '0');
  return Number.isFinite(value) ? Math.fround(value) : 0; // Go keeps them as float32
}

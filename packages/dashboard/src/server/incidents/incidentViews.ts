// Incidents as the pages show them.

import { parseIpOrCidr, type Language } from '@parapet/kinds';
import {
  describeSource,
  evidenceOf,
  explainAct,
  explainReason,
  explainSeveral,
  familyOf,
  scenarioTitle,
} from '@parapet/reports';
import type { StoredAlert, StoredDecision, StoredInspection } from '@parapet/store';
import type {
  AddressView,
  ClosingView,
  DecisionView,
  EvidenceView,
  FindingView,
  IncidentRow,
  IncidentState,
  IncidentView,
  WhyView,
} from '../../wire.ts';
import { visitsOf } from '../effect.ts';
import type { Closing } from '../options.ts';
import type { Services } from '../services.ts';
import { RECENT_MS, type Incident } from './incidentBook.ts';

/** Decisions are looked for on the latest of its alerts. */
const ALERTS_ASKED = 500;
const ADDRESSES = 50;
const EVIDENCE_ALERTS = 12;
const EVIDENCE = 24;
const FINDINGS = 20;
/** Of so many, the latest, the most telling are shown. */
const FINDINGS_ASKED = 200;

export async function incidentRow(services: Services, incident: Incident): Promise<IncidentRow> {
  const { store, now } = services.options;
  const inForce = await store.countDecisions({
    ...{ alertIds: latestAlerts(incident), activeAt: now(), mode: 'live' },
  });
  return rowOf(incident, inForce, now().getTime(), closingOf(services, incident) !== undefined);
}

/** Returns why it is closed; undefined while it is open, and when it went on since. */
export function closingOf({ options }: Services, { id, alerts }: Incident): Closing | undefined {
  const closing = options.closings.find(id);
  return closing !== undefined && alerts.length <= closing.alerts ? closing : undefined;
}

function rowOf(incident: Incident, inForce: number, nowMs: number, isClosed: boolean): IncidentRow {
  const { id, family, title, firstMs, lastMs, alerts, events, sources } = incident;
  const most = [...sources.values()].toSorted((a, b) => b.events - a.events)[0]!;
  const state = isClosed ? 'closed' : stateOf(incident, inForce, nowMs);
  return {
    ...{ id, family, title, state, firstMs, lastMs, events, inForce },
    alerts: alerts.length,
    sources: sources.size,
    source: most.source,
  };
}

/** Who is kept out from everywhere is held, however short a time ago it was. */
function stateOf({ lastMs, alerts, sources }: Incident, inForce: number, nowMs: number): IncidentState {
  if (alerts.every(({ isSimulated, spared }) => isSimulated || spared !== undefined)) return 'watched';
  if (nowMs - lastMs < RECENT_MS && inForce < sources.size) return 'running';
  return inForce > 0 ? 'held' : 'over';
}

function latestAlerts({ alerts }: Incident): readonly string[] {
  return alerts.slice(-ALERTS_ASKED).map(({ id }) => id);
}

/** Returns an incident with its sentences in a language. */
export async function incidentView(
  services: Services,
  incident: Incident,
  language: Language,
): Promise<IncidentView> {
  const { store, now } = services.options;
  const nowMs = now().getTime();
  const decisions = await store.listDecisions({ alertIds: latestAlerts(incident) });
  const inForce = decisions.filter((one) => isInForce(one, nowMs) && one.mode === 'live').length;
  const alerts = await tellingAlerts(services, incident);
  const places = [...incident.sources.values()].flatMap(({ source }) => parseIpOrCidr(source.value) ?? []);
  const others = await visitsOf(services.options, places);
  const closing = closingOf(services, incident);
  return {
    ...rowOf(incident, inForce, nowMs, closing !== undefined),
    ...(closing === undefined ? {} : { closing: shownClosing(closing) }),
    sentence: sentenceOf(incident, alerts[0], language),
    families: familiesOf(incident),
    evidence: evidenceViews(alerts),
    why: whyViews(alerts, language),
    findings: await findingViews(services, incident, language),
    addresses: addressViews(services, incident, decisions),
    addressesLeftOut: Math.max(0, incident.sources.size - ADDRESSES),
    ...(others === undefined ? {} : { others }),
    spared: [...new Set(incident.alerts.flatMap(({ spared }) => spared ?? []))].map((why) =>
      explainReason(why, language),
    ),
    isSimulated: incident.alerts.every(({ isSimulated }) => isSimulated),
  };
}

function shownClosing({ reason, note, by, atMs }: Closing): ClosingView {
  return { reason, note, by, atMs };
}

function isInForce({ lift, expiresAt }: StoredDecision, nowMs: number): boolean {
  return lift === undefined && expiresAt.getTime() > nowMs;
}

export function decisionView(services: Services, decision: StoredDecision): DecisionView {
  const { number, id, target, remediation, startAt, expiresAt, scenario, origin, mode, alertId, lift } =
    decision;
  const incident = alertId === undefined ? undefined : services.incidents.ofAlert(alertId);
  const about = incident === undefined ? undefined : services.incidents.find(incident);
  const alert = about?.alerts.find((one) => one.id === alertId);
  return {
    ...{ number, remediation, scenario, origin },
    record: id.slice(0, 8),
    scope: target.scope,
    value: target.value,
    startMs: startAt.getTime(),
    endMs: expiresAt.getTime(),
    family: alert?.family ?? familyOf(scenario, {})?.key ?? '',
    title: alert?.title ?? scenarioTitle(scenario, {}),
    isSimulated: mode === 'simulated',
    ...(incident === undefined ? {} : { incident }),
    ...(lift === undefined ? {} : { lift: { atMs: lift.at.getTime(), by: lift.by, reason: lift.reason } }),
  };
}

/** The last alert of each scenario, then the others, the latest first. */
async function tellingAlerts(services: Services, incident: Incident): Promise<readonly StoredAlert[]> {
  const latest = incident.alerts.toReversed();
  const ofScenario = new Map(incident.alerts.map((alert) => [alert.scenario, alert]));
  const chosen = new Set([...ofScenario.values(), ...latest].slice(0, EVIDENCE_ALERTS));
  const found: StoredAlert[] = [];
  for (const { id } of chosen) {
    const alert = await services.options.store.findAlert(id);
    if (alert !== undefined) found.push(alert);
  }
  return found;
}

function sentenceOf(incident: Incident, alert: StoredAlert | undefined, language: Language): string {
  if (alert === undefined) return incident.title;
  const { size } = incident.sources;
  if (size > 1) return explainSeveral(size, alert, language);
  return `${describeSource(alert.source, language)} ${explainAct(alert, language)}`;
}

function familiesOf(incident: Incident): IncidentView['families'] {
  const families = new Map<
    string,
    { family: string; title: string; scenarios: Set<string>; alerts: number }
  >();
  for (const { family, title, scenario } of incident.alerts) {
    const known = families.get(title) ?? { family, title, scenarios: new Set<string>(), alerts: 0 };
    known.scenarios.add(scenario);
    known.alerts += 1;
    families.set(title, known);
  }
  return [...families.values()]
    .toSorted((a, b) => b.alerts - a.alerts)
    .map((one) => ({ ...one, scenarios: [...one.scenarios] }));
}

function evidenceViews(alerts: readonly StoredAlert[]): EvidenceView[] {
  const views: EvidenceView[] = [];
  for (const alert of alerts)
    for (const { at, parts } of evidenceOf(alert))
      views.push({ atMs: at.getTime(), source: alert.source.value, parts });
  return views.toSorted((a, b) => b.atMs - a.atMs).slice(0, EVIDENCE);
}

function whyViews(alerts: readonly StoredAlert[], language: Language): WhyView[] {
  const views = new Map<string, WhyView>();
  for (const alert of alerts) {
    if (views.has(alert.scenario)) continue;
    const { scenario, labels, eventsCount, capacity, leakSpeedMs, startAt, stopAt } = alert;
    views.set(scenario, {
      ...{ scenario, capacity, leakSpeedMs },
      family: familyOf(scenario, labels)?.key ?? '',
      sentence: explainAct(alert, language),
      events: eventsCount,
      spanMs: Math.max(0, stopAt.getTime() - startAt.getTime()),
    });
  }
  return [...views.values()];
}

async function findingViews(
  services: Services,
  incident: Incident,
  language: Language,
): Promise<FindingView[]> {
  const ips = [...incident.sources.values()]
    .filter(({ source }) => source.scope === 'ip')
    .toSorted((a, b) => b.lastMs - a.lastMs)
    .slice(0, ADDRESSES)
    .map(({ source }) => source.value);
  const records = await services.options.store.inspections.list(
    {
      ips,
      since: new Date(incident.firstMs - RECENT_MS),
      upTo: new Date(incident.lastMs + RECENT_MS),
    },
    { newestFirst: true, limit: FINDINGS_ASKED },
  );
  const telling = records.toSorted((a, b) => b.score - a.score || b.at.getTime() - a.at.getTime());
  // One request may be looked at twice, and is told under one record.
  const once = [...new Map(telling.toReversed().map((record) => [record.id, record])).values()].toReversed();
  return shownFindings(services, once.slice(0, FINDINGS), language);
}

export async function findingView(
  services: Services,
  record: StoredInspection,
  language: Language,
): Promise<FindingView> {
  const [shown] = await shownFindings(services, [record], language);
  return shown!;
}

/** Returns records as they are shown, with what was said of each, in their order. */
async function shownFindings(
  { options: { store, now } }: Services,
  records: readonly StoredInspection[],
  language: Language,
): Promise<FindingView[]> {
  const said = await store.inspections.listFeedback({
    ...{ recordIds: records.map(({ id }) => id), inForceAt: now() },
  });
  const lastOf = new Map(said.map((one) => [one.recordId, one]));
  return records.map(({ id, at, ip, method, path, action, isEnforced, score, reasons }) => {
    const last = lastOf.get(id);
    return {
      ...{ record: id, atMs: at.getTime(), ip, method, path, action, isEnforced, score },
      reasons: reasons.map(({ detector, class: one, text, weight, foundIn }) => ({
        ...{ detector, class: one, weight, excerpt: foundIn.excerpt },
        text: explainReason(text, language),
        where: `${foundIn.placement} ${foundIn.name}`.trim(),
      })),
      ...(last === undefined ? {} : { feedback: { number: last.number, kind: last.kind, by: last.by } }),
    };
  });
}

function addressViews(
  services: Services,
  incident: Incident,
  decisions: readonly StoredDecision[],
): AddressView[] {
  return [...incident.sources.values()]
    .toSorted((a, b) => b.events - a.events)
    .slice(0, ADDRESSES)
    .map(({ source, alerts, events, lastMs }) => ({
      ...source,
      ...{ alerts, events, lastMs },
      decisions: decisions
        .filter(({ target }) => target.scope === source.scope && target.value === source.value)
        .map((one) => decisionView(services, one)),
    }));
}

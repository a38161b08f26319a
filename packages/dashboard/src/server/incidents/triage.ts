// From everything that was seen today, the few incidents that deserve a look. Each is weighed by three questions: how
// bad would it be (risk), was its like here before (novelty), and may it have been a mistake (doubt). The rest is
// folded: counted by kind, and one click away. What goes on at this moment is shown in any case.

import type { FoldView, LookReason, LookView, TriageView } from '../../wire.ts';
import type { Services } from '../services.ts';
import { RECENT_MS, type Incident } from './incidentBook.ts';
import { closingOf, incidentRow } from './incidentViews.ts';

const DAY_MS = 86_400_000;
const SIGNS = 500;
const MOST_LOOKS = 5;
/** From here on something deserves a look: an attack that got through, or one that is both new and not harmless. */
const LOOK_FROM = 0.55;
const FOLDS = 12;
/** So few requests from so few addresses may have been somebody's odd click. */
const FEW_EVENTS = 10;
const FEW_SOURCES = 3;
const MANY_SOURCES = 20;

/** How bad it would be if it worked; what is not here would be a nuisance. */
const RISKS: Readonly<Record<string, number>> = {
  intrusion: 1,
  spray: 0.8,
  travel: 0.8,
  fraud: 0.8,
  'back-doors': 0.7,
  'sql-injection': 0.7,
  'request-attack': 0.7,
  weakness: 0.7,
  exploit: 0.7,
  'path-traversal': 0.6,
  'script-injection': 0.6,
  login: 0.6,
  flood: 0.6,
  'password-reset': 0.5,
};
const NUISANCE = 0.3;
/** What was stopped can still come back another way. */
const STOPPED_SHARE = 0.4;
/** Kinds that people set off who only clicked around. */
const MAY_BE_PEOPLE: ReadonlySet<string> = new Set([
  '',
  'probing',
  'crawl',
  'login',
  'password-reset',
  'scan',
]);
const NOVELTY_SHARE = 0.45;
const DOUBT_SHARE = 0.5;

/** What is known of an incident when it is weighed. */
export interface Weighed {
  readonly family: string;
  readonly isStopped: boolean;
  readonly isSpared: boolean;
  /** Incidents of its kind in the days before, and of any kind. */
  readonly before: number;
  readonly anyBefore: number;
  readonly sources: number;
  readonly events: number;
  /** Whether one of its addresses later did what a person does. */
  readonly isHuman: boolean;
}

/** Returns how much it deserves a look, 0 to 1, and why; risk, novelty and doubt each add to what is left. */
export function weigh(one: Weighed): { readonly score: number; readonly reasons: readonly LookReason[] } {
  const reasons: LookReason[] = [];
  const base = RISKS[one.family] ?? NUISANCE;
  if (!one.isStopped) reasons.push('not-stopped');
  if (one.sources >= MANY_SOURCES) reasons.push('many');
  const risk = Math.min(
    1,
    base * (one.isStopped ? STOPPED_SHARE : 1) + (one.sources >= MANY_SOURCES ? 0.2 : 0),
  );
  // On the first day everything is new, which says nothing.
  const isNew = one.before === 0 && one.anyBefore > 0;
  if (isNew) reasons.push('new');
  const novelty = isNew ? 1 : 1 / (2 + one.before);
  const isFew =
    MAY_BE_PEOPLE.has(one.family) && one.events < FEW_EVENTS && one.sources < FEW_SOURCES && one.isStopped;
  if (one.isHuman) reasons.push('human');
  if (one.isSpared) reasons.push('spared');
  if (isFew) reasons.push('few');
  const doubt = one.isHuman ? 1 : one.isSpared ? 0.8 : isFew ? 0.5 : 0;
  const score = 1 - (1 - risk) * (1 - NOVELTY_SHARE * novelty) * (1 - DOUBT_SHARE * doubt);
  return { score, reasons };
}

/** Returns the few of the last day, the most telling first, and what else there was. */
export async function triage(services: Services, nowMs: number): Promise<TriageView> {
  const all = services.incidents.latest();
  const today = all.filter(({ lastMs }) => lastMs > nowMs - DAY_MS);
  const before = all.filter(({ lastMs }) => lastMs <= nowMs - DAY_MS);
  const kinds = new Map<string, number>();
  for (const one of before) kinds.set(kindOf(one), (kinds.get(kindOf(one)) ?? 0) + 1);
  const signs = await services.options.store.humanSigns.since(new Date(nowMs - DAY_MS), SIGNS);
  const people = new Set<string>(signs.map(({ ip }) => ip));
  const weighed = today
    .map((incident) => ({
      incident,
      ...weigh({
        family: incident.family,
        isStopped: incident.alerts.some(({ isSimulated, spared }) => !isSimulated && spared === undefined),
        isSpared: incident.alerts.some(({ spared }) => spared !== undefined),
        before: kinds.get(kindOf(incident)) ?? 0,
        anyBefore: before.length,
        sources: incident.sources.size,
        events: incident.events,
        isHuman: [...incident.sources.values()].some(({ source }) => people.has(source.value)),
      }),
    }))
    .toSorted((a, b) => b.score - a.score || b.incident.lastMs - a.incident.lastMs);
  const isNow = ({ lastMs }: Incident): boolean => nowMs - lastMs < RECENT_MS;
  const chosen = weighed
    .filter(({ score, incident }) => score >= LOOK_FROM || isNow(incident))
    .filter(({ incident }) => closingOf(services, incident) === undefined)
    .slice(0, MOST_LOOKS);
  const looks: LookView[] = [];
  for (const { incident, reasons } of chosen)
    looks.push({
      incident: await incidentRow(services, incident),
      reasons: isNow(incident) ? ['now', ...reasons] : reasons,
    });
  const shown = new Set(chosen.map(({ incident }) => incident.id));
  return { looks, ...foldsOf(today.filter(({ id }) => !shown.has(id))) };
}

function foldsOf(rest: readonly Incident[]): Pick<TriageView, 'folds' | 'folded'> {
  const folds = new Map<string, FoldView>();
  let alerts = 0;
  for (const incident of rest) {
    const key = kindOf(incident);
    const known = folds.get(key);
    alerts += incident.alerts.length;
    folds.set(key, {
      ...{ family: incident.family, title: incident.title },
      incidents: (known?.incidents ?? 0) + 1,
      alerts: (known?.alerts ?? 0) + incident.alerts.length,
    });
  }
  return {
    folds: [...folds.values()].toSorted((a, b) => b.alerts - a.alerts).slice(0, FOLDS),
    folded: { incidents: rest.length, alerts },
  };
}

function kindOf({ family, title }: Incident): string {
  return family === '' ? title : family;
}

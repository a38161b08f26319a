// The radar for mistakes: who was stopped or checked and may be a person. Somebody says so (an appeal), the site knows
// them (a session of its own, a login after the stop), or they solved the check. Those who were stopped by the same
// thing stand together, so that one click removes the cause for all of them.

import { familyOf, scenarioTitle } from '@parapet/reports';
import type { HumanSign, StoredDecision, StoredInspection } from '@parapet/store';
import { parseIpOrCidr } from '@parapet/kinds';
import type { DoubtView } from '../../wire.ts';
import type { Services } from '../services.ts';

const DAY_MS = 86_400_000;
const MOST_DOUBTS = 8;
/** Of each day, so many signs are looked at, and so many different causes. */
const SIGNS = 500;
const CAUSES = 50;
/** Of a week, so many signs are looked at. */
const PEOPLE = 5000;

/** Returns them with who asks first, then by how many share the cause. */
export async function doubtsOf({ options }: Services, nowMs: number): Promise<readonly DoubtView[]> {
  const asked = await appealDoubts(options);
  const known = new Set(asked.map(({ ip }) => ip));
  const seen = (await sessionDoubts(options, nowMs)).filter(({ ip }) => !known.has(ip));
  for (const { ip } of seen) known.add(ip);
  const signs = await signDoubts(options, nowMs, known);
  return [...asked, ...seen, ...signs].slice(0, MOST_DOUBTS);
}

/** Returns the addresses of those who did what people do: wrote an appeal, solved the check, or came in to the site. */
export async function peopleSince(options: Services['options'], since: Date): Promise<ReadonlySet<string>> {
  const { store } = options;
  const [signs, appeals, sessions] = await Promise.all([
    store.humanSigns.since(since, PEOPLE),
    store.listAppeals({}, { newestFirst: true, limit: PEOPLE }),
    store.listOperators(since),
  ]);
  return new Set<string>([
    ...signs.map(({ ip }) => ip),
    ...appeals.filter(({ at }) => at >= since).map(({ ip }) => ip),
    ...sessions.map(({ ip }) => ip),
  ]);
}

async function appealDoubts(options: Services['options']): Promise<DoubtView[]> {
  const { store } = options;
  const doubts: DoubtView[] = [];
  const appeals = await store.listAppeals({ state: 'open' }, { newestFirst: true, limit: MOST_DOUBTS });
  for (const { number, ip, at, message, recordId } of appeals) {
    const running = await decisionsOn(options, ip);
    const finding = recordId === '' ? undefined : await findingOf(options, recordId);
    const cause = running[0]?.scenario ?? finding?.reasons[0]?.class ?? '';
    doubts.push({
      ...{ kind: 'appeal', ip, others: 0, atMs: at.getTime(), cause, message, appeal: number },
      ...(running[0] === undefined ? UNTITLED : titleOf(cause)),
      decisions: running.map((one) => one.number),
      ...(finding === undefined ? {} : { record: finding.id }),
    });
  }
  return doubts;
}

async function sessionDoubts(options: Services['options'], nowMs: number): Promise<DoubtView[]> {
  const doubts: DoubtView[] = [];
  for (const { ip, lastAt, kind, who } of await options.store.listOperators(new Date(nowMs - DAY_MS))) {
    const running = await decisionsOn(options, ip);
    if (running.length === 0) continue;
    const cause = running[0]!.scenario;
    doubts.push({
      ...{ kind, ip, others: 0, atMs: lastAt.getTime(), cause, message: who },
      ...titleOf(cause),
      decisions: running.map((one) => one.number),
    });
  }
  return doubts;
}

interface Cause {
  readonly doubt: DoubtView;
  readonly ips: Set<string>;
}

async function signDoubts(
  options: Services['options'],
  nowMs: number,
  known: ReadonlySet<string>,
): Promise<DoubtView[]> {
  const causes = new Map<string, Cause>();
  const keys = new Map<string, string | undefined>();
  for (const sign of await options.store.humanSigns.since(new Date(nowMs - DAY_MS), SIGNS)) {
    if (known.has(sign.ip)) continue;
    if (!keys.has(sign.record)) {
      if (keys.size >= CAUSES) continue;
      const found = await causeOf(options, sign);
      keys.set(sign.record, found?.key);
      if (found !== undefined && !causes.has(found.key))
        causes.set(found.key, { doubt: found.doubt, ips: new Set() });
    }
    const key = keys.get(sign.record);
    if (key !== undefined) causes.get(key)?.ips.add(sign.ip);
  }
  return [...causes.values()]
    .toSorted((a, b) => b.ips.size - a.ips.size)
    .map(({ doubt, ips }) => ({ ...doubt, others: ips.size - 1 }));
}

/** Returns what stopped them, while there is something to take away; undefined when that was done, or is over. */
async function causeOf(
  options: Services['options'],
  { ip, kind, record, at }: HumanSign,
): Promise<{ readonly key: string; readonly doubt: DoubtView } | undefined> {
  const { store, now } = options;
  const finding = await findingOf(options, record);
  const about = { kind, ip, others: 0, atMs: at.getTime() };
  if (finding !== undefined) {
    const [first] = finding.findings;
    const key = keyOf(finding);
    const said = await store.inspections.listFeedback({ site: finding.site, inForceAt: now() });
    // What was said of one record holds for its like.
    if (first === undefined || said.some((one) => keyOf(one) === key)) return undefined;
    return {
      key,
      doubt: { ...about, cause: first.class, ...UNTITLED, decisions: [], record },
    };
  }
  const running = await store.listDecisions(
    { recordId: record, activeAt: now(), mode: 'live' },
    { newestFirst: true, limit: 10 },
  );
  const [last] = running;
  if (last === undefined) return undefined;
  return {
    key: `decision ${last.number}`,
    doubt: {
      ...{ ...about, cause: last.scenario, ...titleOf(last.scenario) },
      decisions: running.map((one) => one.number),
    },
  };
}

const UNTITLED = { family: '', title: '' };

function titleOf(scenario: string): Pick<DoubtView, 'family' | 'title'> {
  return { family: familyOf(scenario, {})?.key ?? '', title: scenarioTitle(scenario, {}) };
}

/** The same for findings that one exception would let through together. */
function keyOf({
  site,
  route,
  findings: [first],
}: Pick<StoredInspection, 'site' | 'route' | 'findings'>): string {
  return `finding ${site} ${route} ${first?.class} ${first?.placement} ${first?.name}`;
}

async function findingOf({ store }: Services['options'], id: string): Promise<StoredInspection | undefined> {
  const [found] = await store.inspections.list({ id }, { newestFirst: true, limit: 1 });
  return found;
}

async function decisionsOn(
  { store, now }: Services['options'],
  ip: string,
): Promise<readonly StoredDecision[]> {
  const around = parseIpOrCidr(ip);
  return around === undefined
    ? []
    : store.listDecisions({ around, activeAt: now(), mode: 'live' }, { newestFirst: true, limit: 10 });
}

// Every query is compared with the same question asked of a plain array.
import {
  cidrContains,
  parseCidr,
  parseIp,
  parseIpOrCidr,
  type Alert,
  type Cidr,
  type Decision,
} from '@parapet/kinds';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  eachAlert,
  IN_MEMORY,
  openStore,
  type ActiveFilter,
  type AlertFilter,
  type DecisionFilter,
  type LeanPage,
  type Store,
} from '../src/index.ts';
import { after, NOON, sampleAlert, sampleDecision } from './samples.ts';

// Few bits vary, so that values meet, contain each other and differ only in version.
const ip = fc
  .tuple(fc.boolean(), fc.integer({ min: 0, max: 15 }))
  .map(([isV6, n]) => (isV6 ? `2001:db8::${n.toString(16)}` : `192.0.2.${n * 16}`));
const range = fc
  .tuple(ip, fc.integer({ min: 0, max: 12 }))
  .map(([text, bits]) => parseCidr(`${text}/${(text.includes(':') ? 128 : 32) - bits}`)!.text);
const value = fc.oneof(ip, range);

const decision = fc.record({
  value: fc.oneof(value, fc.constantFrom('FR', 'DE')),
  endsInMs: fc.integer({ min: -2, max: 2 }),
  remediation: fc.constantFrom('ban', 'captcha'),
  origin: fc.constantFrom('scenario', 'operator'),
  mode: fc.constantFrom('live' as const, 'simulated' as const),
});

const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });

const decisionFilter = fc.record({
  value: optional(fc.oneof(value, fc.constant('FR'))),
  scope: optional(fc.constantFrom('ip', 'range', 'country')),
  inside: optional(value),
  around: optional(value),
  remediation: optional(fc.constant('ban')),
  origin: optional(fc.constant('operator')),
  mode: optional(fc.constant('live' as const)),
  isActive: fc.boolean(),
});

function contains(outer: Cidr, inner: Cidr): boolean {
  const first = parseIp(inner.text.split('/')[0]!)!;
  return outer.prefixLength <= inner.prefixLength && cidrContains(outer, first);
}

function matches(candidate: Decision, filter: DecisionFilter): boolean {
  const { scope, value: text } = candidate.target;
  const cidr = scope === 'country' ? undefined : parseIpOrCidr(text);
  return (
    (filter.value === undefined || filter.value === text) &&
    (filter.scope === undefined || filter.scope === scope) &&
    (filter.inside === undefined || (cidr !== undefined && contains(filter.inside, cidr))) &&
    (filter.around === undefined || (cidr !== undefined && contains(cidr, filter.around))) &&
    (filter.remediation === undefined || filter.remediation === candidate.remediation) &&
    (filter.origin === undefined || filter.origin === candidate.origin) &&
    (filter.mode === undefined || filter.mode === candidate.mode) &&
    (filter.activeAt === undefined || candidate.expiresAt > filter.activeAt)
  );
}

function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  // Only removes the keys whose value is undefined.
  return Object.fromEntries(Object.entries(fields).filter(([, field]) => field !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** The ids of all that fit, read page by page. */
async function inPages(
  store: Store,
  filter: DecisionFilter,
  rows: number,
  newestFirst: boolean,
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let from: number | undefined; ;) {
    const page: LeanPage = await store.decisionPage(filter, { from, rows, newestFirst });
    ids.push(...page.decisions.map(([, id]) => id));
    if (page.next === undefined) return ids;
    from = page.next;
  }
}

function scopeOf(text: string): string {
  return text.includes('/') ? 'range' : parseIp(text) === undefined ? 'country' : 'ip';
}

describe('queries', () => {
  it('find the decisions that a plain search finds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(decision, { maxLength: 25 }),
        fc.array(decisionFilter, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 9 }),
        async (drafts, filters, rows) => {
          const store = await openStore({ dataDir: IN_MEMORY, role: 'tool', now: () => NOON });
          const decisions = drafts.map((draft, i) =>
            sampleDecision(`d${i}`, draft.value, {
              target: { scope: scopeOf(draft.value), value: draft.value },
              expiresAt: after(draft.endsInMs),
              remediation: draft.remediation,
              origin: draft.origin,
              mode: draft.mode,
            }),
          );
          await store.addDecisions(decisions);
          for (const { isActive, inside, around, ...plain } of filters) {
            const filter: DecisionFilter = given({
              ...plain,
              inside: inside === undefined ? undefined : parseIpOrCidr(inside),
              around: around === undefined ? undefined : parseIpOrCidr(around),
              activeAt: isActive ? NOON : undefined,
            });
            const expected = decisions.filter((d) => matches(d, filter)).map(({ id }) => id);
            expect((await store.listDecisions(filter)).map(({ id }) => id)).toEqual(expected);
            expect(await store.countDecisions(filter)).toBe(expected.length);
            expect(await inPages(store, filter, rows, false)).toEqual(expected);
            expect(await inPages(store, filter, rows, true)).toEqual(expected.toReversed());
          }
          await store.close();
        },
      ),
      { numRuns: 150 },
    );
  });

  it('find the allowlist entries and lift the decisions that a plain search finds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(value, { maxLength: 12 }),
        fc.array(value, { minLength: 1, maxLength: 4 }),
        async (banned, allowed) => {
          const store = await openStore({ dataDir: IN_MEMORY, role: 'tool', now: () => NOON });
          await store.addDecisions(banned.map((text, i) => sampleDecision(`d${i}`, text)));
          const covered = (text: string): boolean =>
            allowed.some((entry) => contains(parseIpOrCidr(entry)!, parseIpOrCidr(text)!));
          const { lifted } = await store.addToAllowlist(
            allowed.map((text) => ({ list: 'a', value: text, comment: '' })),
            'anna',
          );
          const expected = banned.flatMap((text, i) => (covered(text) ? [`d${i}`] : []));
          expect(lifted.map(({ id }) => id).toSorted()).toEqual(expected.toSorted());
          for (const text of banned)
            expect((await store.findAllowlisted(text)).length > 0).toBe(covered(text));
          await store.close();
        },
      ),
      { numRuns: 150 },
    );
  });

  it('find the alerts that a plain search finds, in the order of time', async () => {
    const alert = fc.record({
      value,
      atMs: fc.integer({ min: -3, max: 3 }),
      scenario: fc.constantFrom('a', 'b'),
      simulated: fc.boolean(),
      decided: optional(
        fc.record({ value, origin: fc.constantFrom('operator', 'list', 'list/tor', 'listed') }),
      ),
    });
    const alertFilter = fc.record({
      since: optional(fc.integer({ min: -3, max: 3 })),
      until: optional(fc.integer({ min: -3, max: 3 })),
      scenario: optional(fc.constant('a')),
      value: optional(value),
      inside: optional(value),
      simulated: optional(fc.boolean()),
      touching: optional(fc.record({ value, isInside: fc.boolean() })),
      decisionOrigin: optional(fc.constant('list')),
      withoutOrigins: optional(fc.constant(['list'])),
      isUndecided: optional(fc.constant(true as const)),
      limit: fc.integer({ min: 0, max: 5 }),
      newestFirst: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(alert, { maxLength: 25 }),
        fc.array(alertFilter, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 9 }),
        async (drafts, filters, pageRows) => {
          const store = await openStore({ dataDir: IN_MEMORY, role: 'tool', now: () => NOON });
          const alerts = drafts.map((draft, i) =>
            sampleAlert(`a${i}`, {
              source: { scope: draft.value.includes('/') ? 'range' : 'ip', value: draft.value },
              knownAt: after(draft.atMs),
              scenario: draft.scenario,
              simulated: draft.simulated,
            }),
          );
          const decided = new Map<Alert, Decision>();
          for (const [i, alert] of alerts.entries()) {
            const { decided: made } = drafts[i]!;
            if (made === undefined) continue;
            const { value: text, origin } = made;
            const target = { scope: text.includes('/') ? 'range' : 'ip', value: text };
            decided.set(alert, sampleDecision(`d${i}`, text, { target, origin, alertId: alert.id }));
          }
          store.record({ alerts, decisions: [...decided.values()] });
          for (const { limit, newestFirst, since, until, inside, touching, ...plain } of filters) {
            const place = touching === undefined ? undefined : parseIpOrCidr(touching.value)!;
            const touches = (text: string): boolean =>
              place === undefined ||
              (touching?.isInside === true
                ? contains(place, parseIpOrCidr(text)!)
                : contains(parseIpOrCidr(text)!, place));
            const filter: AlertFilter = given({
              ...plain,
              since: since === undefined ? undefined : after(since),
              until: until === undefined ? undefined : after(until),
              inside: inside === undefined ? undefined : parseIpOrCidr(inside),
              touching:
                place === undefined
                  ? undefined
                  : touching?.isInside === true
                    ? { inside: place }
                    : { around: place },
            });
            const isOfList = (a: Alert): boolean => /^list(\/|$)/.test(decided.get(a)?.origin ?? '');
            const found = alerts
              .filter(
                (a) =>
                  (filter.since === undefined || a.knownAt >= filter.since) &&
                  (filter.until === undefined || a.knownAt < filter.until) &&
                  (filter.scenario === undefined || a.scenario === filter.scenario) &&
                  (filter.value === undefined || a.source.value === filter.value) &&
                  (filter.inside === undefined || contains(filter.inside, parseIpOrCidr(a.source.value)!)) &&
                  (filter.simulated === undefined || a.simulated === filter.simulated) &&
                  (touches(a.source.value) || (decided.has(a) && touches(decided.get(a)!.target.value))) &&
                  (filter.decisionOrigin === undefined || isOfList(a)) &&
                  (filter.withoutOrigins === undefined || !isOfList(a)) &&
                  (filter.isUndecided === undefined || !decided.has(a)),
              )
              .toSorted((a, b) => a.knownAt.getTime() - b.knownAt.getTime());
            const ordered = newestFirst ? found.toReversed() : found;
            const expected = ordered.slice(0, limit).map(({ id }) => id);
            expect((await store.listAlerts(filter, { limit, newestFirst })).map(({ id }) => id)).toEqual(
              expected,
            );
            expect(await store.countAlerts(filter)).toBe(found.length);
            const inPages: string[] = [];
            for await (const { id } of eachAlert(store, filter, { newestFirst, pageRows })) inPages.push(id);
            expect(inPages).toEqual(ordered.map(({ id }) => id));
          }
          // Some are deleted: they, and what was in force on them, are gone; nothing else is.
          const wanted: AlertFilter = { scenario: 'a' };
          const going = alerts.filter(({ scenario }) => scenario === 'a');
          const lifted: string[] = [];
          const lifting = {
            by: 'anna',
            reason: 'over',
            onLifted: (some: readonly Decision[]) => lifted.push(...some.map(({ id }) => id)),
          };
          expect(await store.deleteAlerts(wanted, lifting)).toBe(going.length);
          expect(await store.countAlerts({})).toBe(alerts.length - going.length);
          expect(lifted.toSorted()).toEqual(going.flatMap((a) => decided.get(a)?.id ?? []).toSorted());
          expect(await store.countDecisions({ activeAt: NOON })).toBe(decided.size - lifted.length);
          await store.close();
        },
      ),
      { numRuns: 150 },
    );
  });
});

/** Of these decisions, those that nothing that fits is beside. */
async function alone(
  store: Store,
  numbers: readonly number[],
  filter: ActiveFilter,
): Promise<readonly number[]> {
  const beside = await store.longestBeside([...numbers, 99], filter);
  return numbers.filter((number) => !beside.has(number));
}

describe('decisions that have ended', () => {
  it('are told from those that something else of the kind follows on the value', async () => {
    const store = await openStore({ dataDir: IN_MEMORY, role: 'tool', now: () => NOON });
    const ended = { expiresAt: after(-1000) };
    const country = { target: { scope: 'country', value: 'FR' } };
    await store.addDecisions([
      sampleDecision('d1', '192.0.2.1', ended),
      sampleDecision('d2', '192.0.2.2', ended),
      sampleDecision('d3', '192.0.2.2', { origin: 'operator' }),
      sampleDecision('d4', '192.0.2.3', ended),
      sampleDecision('d5', '192.0.2.3', { remediation: 'captcha' }),
      sampleDecision('d6', 'FR', { ...country, ...ended }),
      sampleDecision('d7', 'FR', { ...country, origin: 'operator' }),
      sampleDecision('d8', 'DE', { target: { scope: 'country', value: 'DE' }, ...ended }),
      sampleDecision('d9', '192.0.2.0/24', {}),
    ]);
    const gone = async (filter: DecisionFilter): Promise<readonly number[]> => [
      ...(await alone(store, [1, 2, 4, 6, 8], { ...filter, activeAt: NOON })),
    ];
    expect(await gone({ mode: 'live' })).toEqual([1, 4, 8]);
    expect(await gone({ origins: ['scenario'] })).toEqual([1, 2, 4, 6, 8]);
    expect(await store.hasMoreChanges(0, 8)).toBe(true);
    expect(await store.hasMoreChanges(0, 9)).toBe(false);
    await store.close();
  });
});

describe('decisions on the same value', () => {
  it('that another one outlasts are those that a plain search finds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(decision, { maxLength: 25 }), async (drafts) => {
        const store = await openStore({ dataDir: IN_MEMORY, role: 'tool', now: () => NOON });
        const all = drafts.map((draft, i) =>
          sampleDecision(`d${i}`, draft.value, {
            ...draft,
            target: { scope: scopeOf(draft.value), value: draft.value },
            expiresAt: after(draft.endsInMs),
          }),
        );
        await store.addDecisions(all);
        const active = all.filter(({ expiresAt }) => expiresAt > NOON);
        const outlasted = active.filter((one) =>
          active.some(
            (other) =>
              other.target.value === one.target.value &&
              other.remediation === one.remediation &&
              other.expiresAt > one.expiresAt,
          ),
        );
        const found = await store.outlasted({ activeAt: NOON });
        expect([...found].toSorted((a, b) => a - b)).toEqual(outlasted.map((one) => all.indexOf(one) + 1));
        await store.close();
      }),
      { numRuns: 100 },
    );
  });

  it('are found in a long index, stretch by stretch', async () => {
    const store = await openStore({ dataDir: IN_MEMORY, role: 'tool', now: () => NOON });
    const many = Array.from({ length: 9000 }, (_, i) =>
      sampleDecision(`d${i}`, `198.18.${(i >> 8) & 15}.${i & 255}`, { expiresAt: after(1000 + i) }),
    );
    for (let i = 0; i < many.length; i += 3000) await store.addDecisions(many.slice(i, i + 3000));
    expect((await store.outlasted({ activeAt: NOON })).size).toBe(9000 - 4096);
    await store.close();
  });
});

describe('an alert with a list', () => {
  it('is deleted a slice at a time, and its decisions go on unless they are to end', async () => {
    const store = await openStore({ dataDir: IN_MEMORY, role: 'tool', now: () => NOON });
    const decisions = Array.from({ length: 1200 }, (_, i) =>
      sampleDecision(`d${i}`, `198.18.${i >> 8}.${i & 255}`, { alertId: 'a1' }),
    );
    store.record({ alerts: [sampleAlert('a1'), sampleAlert('a2')], decisions });
    expect(await store.deleteAlerts({ id: 'a1' })).toBe(1);
    expect(await store.deleteAlerts({ id: 'a1' })).toBe(0);
    expect(await store.countDecisions({ activeAt: NOON, isLone: true })).toBe(1200);
    expect((await store.listAlerts({})).map(({ id }) => id)).toEqual(['a2']);
    await store.close();
  });
});

describe('a great many decisions', () => {
  it('are lifted a slice at a time, without those that are made meanwhile', async () => {
    const store = await openStore({ dataDir: IN_MEMORY, role: 'tool', now: () => NOON });
    const many = Array.from({ length: 2000 }, (_, i) =>
      sampleDecision(`d${i}`, `198.18.${i >> 8}.${i & 255}`, { origin: i % 4 === 0 ? 'operator' : 'list/x' }),
    );
    for (let i = 0; i < many.length; i += 500) await store.addDecisions(many.slice(i, i + 500));
    const slices: number[] = [];
    const lifting = store.liftEach(
      { origin: 'list/x' },
      {
        ...{ by: 'anna', reason: 'over' },
        onLifted: (lifted) => {
          slices.push(lifted.length);
          expect(lifted[0]?.lift).toEqual({ at: NOON, by: 'anna', reason: 'over' });
        },
      },
    );
    await store.addDecisions([sampleDecision('later', '192.0.2.1', { origin: 'list/x' })]);
    expect(await lifting).toBe(1500);
    expect(slices.length).toBeGreaterThan(1);
    expect(Math.max(...slices)).toBeLessThanOrEqual(500);
    expect(await store.countDecisions({ activeAt: NOON })).toBe(501);
    expect(await store.countDecisions({ activeAt: NOON, origin: 'list/x' })).toBe(1);
    await store.close();
  });

  it('are followed back to the change behind which so many changed', async () => {
    const store = await openStore({ dataDir: IN_MEMORY, role: 'tool', now: () => NOON });
    const before = await store.latestChange();
    await store.addDecisions([sampleDecision('d1', '192.0.2.1'), sampleDecision('d2', '192.0.2.2')]);
    await store.addDecisions([sampleDecision('d3', '192.0.2.3')]);
    expect(await store.changeReach(3)).toBe(0);
    expect(await store.changeReach(2)).toBe(before + 1);
    expect(await store.hasMoreChanges(before + 1, 2)).toBe(false);
    expect(await store.changeReach(0)).toBe(before + 2);
    await store.close();
  });
});

describe('numbers of alerts', () => {
  it('come in the order of the ids, without those that are not stored', async () => {
    const store = await openStore({ dataDir: IN_MEMORY, role: 'tool', now: () => NOON });
    store.record({ alerts: [sampleAlert('a1'), sampleAlert('a2'), sampleAlert('a3')] });
    expect(await store.alertNumbers(['a3', 'none', 'a1'])).toEqual([3, 1]);
    await store.close();
  });
});

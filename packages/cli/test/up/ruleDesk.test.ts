import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RuleDesk } from '@parapet/dashboard';
import type { Alert, InspectionRecord } from '@parapet/kinds';
import { IN_MEMORY, openStore, type Store } from '@parapet/store';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DEFAULT_CONFIG } from '../../src/config/defaults.ts';
import { openChosenModes, readChosenModes, type ChosenModes } from '../../src/engine/chosenModes.ts';
import { ruleDesk } from '../../src/up/ruleDesk.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const SINCE = new Date('2026-02-22T12:00:00Z');
const RULE = 'parapet/sql-names';
const SCENARIO = 'parapet/perimeter';
const ATTACK = `/search?q=${encodeURIComponent("1' union select name, pass from users -- -")}`;

interface World {
  readonly desk: RuleDesk;
  readonly store: Store;
  readonly chosen: ChosenModes;
  readonly dataDir: string;
  told: number;
}

async function world(config = DEFAULT_CONFIG): Promise<World> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'parapet-rules-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const store = await openStore({ dataDir: IN_MEMORY, role: 'engine', now: () => NOW });
  const chosen = openChosenModes(dataDir);
  const made = { store, chosen, dataDir, told: 0 };
  const desk = ruleDesk({
    engine: { scenarios: [], isSimulated: () => false, chosen, dataDir },
    ...{ config, folder: dataDir, store, nowMs: () => NOW.getTime(), isInspecting: true },
    ...{ current: () => config, knowledge: () => [], onChosen: () => (made.told += 1) },
  });
  return Object.assign(made, { desk });
}

function recordOf(ip: string, ...reasons: ReadonlyArray<readonly [string, number]>): InspectionRecord {
  const foundIn = { placement: 'query', name: 'q', excerpt: 'x' } as const;
  return {
    ...{ id: '1a2b3c4d', at: NOW, site: '', ip, method: 'GET', path: '/s', route: '/s', network: 1 },
    ...{ action: 'block', isEnforced: true, score: 1, findings: [], isVouched: false },
    reasons: reasons.map(([detector, weight]) => ({ detector, class: 'sqli', text: '', weight, foundIn })),
  };
}

function alertOf(id: string, ip: string, simulated: boolean): Alert {
  return {
    ...{ id, scenario: SCENARIO, scenarioVersion: '', scenarioHash: '', simulated, labels: {} },
    source: { scope: 'ip', value: ip },
    ...{ startAt: NOW, stopAt: NOW, knownAt: NOW, eventsCount: 1, events: [], message: 'asked for /x' },
    ...{ remediation: true, capacity: 0, leakSpeedMs: 0 },
  };
}

describe('the rules of an engine', () => {
  it('are listed with their mode, which what was chosen changes at once', async () => {
    const { desk, chosen, told } = await world();
    const find = async (name: string) => (await desk.list()).find((rule) => rule.name === name);
    expect(told).toBe(0);
    expect(await find(RULE)).toMatchObject({ kind: 'content', topic: 'sqli', mode: 'enforce' });
    expect(await find(SCENARIO)).toMatchObject({ kind: 'scenario', supplier: 'parapet', mode: 'enforce' });
    desk.choose(RULE, 'observe');
    expect(await find(RULE)).toMatchObject({ mode: 'observe', chosen: 'observe', usual: 'enforce' });
    expect(chosen.of(RULE)).toBe('observe');
    desk.choose(RULE, undefined);
    expect((await find(RULE))?.chosen).toBeUndefined();
  });

  it('on content do no more than inspection as a whole may', async () => {
    const inspection = { ...DEFAULT_CONFIG.inspection, mode: 'observe' as const };
    const { desk } = await world({ ...DEFAULT_CONFIG, inspection });
    desk.choose(RULE, 'enforce');
    const rules = await desk.list();
    expect(rules.find(({ name }) => name === RULE)?.mode).toBe('observe');
    expect(rules.find(({ name }) => name === 'inspection')).toMatchObject({ place: 'inspection.mode' });
  });

  it('on content are weighed again for a look at what another mode had meant', async () => {
    const { desk, store } = await world();
    await store.inspections.add([
      recordOf('192.0.2.1', [RULE, 6]),
      recordOf('192.0.2.2', [RULE, 6], ['parapet/other', 6]),
      recordOf('192.0.2.3', ['parapet/other', 6]),
    ]);
    const spared = await desk.preview(RULE, 'observe', SINCE);
    expect(spared).toMatchObject({ does: 'spare', unit: 'requests', cases: [{ ip: '192.0.2.1' }] });
    desk.choose(RULE, 'observe');
    const stopped = await desk.preview(RULE, 'enforce', SINCE);
    expect(stopped).toMatchObject({ does: 'stop', cases: [{ ip: '192.0.2.1', what: 'GET /s' }] });
    desk.choose('parapet/sql-call-open', 'off');
    expect((await desk.preview('parapet/sql-call-open', 'enforce', SINCE))?.does).toBe('unseen');
    expect(await desk.preview('parapet/none', 'off', SINCE)).toBeUndefined();
    expect(await desk.preview('inspection', 'off', SINCE)).toBeUndefined();
  });

  it('of behaviour show the alerts that acted, or would have', async () => {
    const { desk, store } = await world();
    const alerts = [alertOf('a', '192.0.2.1', false), alertOf('b', '192.0.2.2', true)];
    store.record({ alerts, decisions: [] });
    await store.flush();
    const off = await desk.preview(SCENARIO, 'off', SINCE);
    expect(off).toMatchObject({ does: 'spare', unit: 'alerts', cases: [{ ip: '192.0.2.1' }] });
    const on = await desk.preview(SCENARIO, 'enforce', SINCE);
    expect(on).toMatchObject({ does: 'stop', cases: [{ ip: '192.0.2.2', what: 'asked for /x' }] });
  });

  it('are tried on a request, with the telling part marked, and as their modes are now', async () => {
    const { desk } = await world();
    const blocked = desk.test(ATTACK);
    expect(blocked).toMatchObject({ method: 'GET', action: 'block', isEnforced: true });
    expect(blocked?.parts.some(({ isMarked, text }) => isMarked && text.includes('union'))).toBe(true);
    expect(desk.test('/node/1?page=2')).toMatchObject({ action: 'pass', reasons: [] });
    expect(desk.test('tea')).toBeUndefined();
    for (const { detector } of blocked?.reasons ?? []) desk.choose(detector, 'observe');
    expect(desk.test(ATTACK)).toMatchObject({ action: 'block', isEnforced: false });
  });
});

describe('what was chosen for rules', () => {
  it('is kept in the data directory, also beside what another process chose', async () => {
    const { chosen, dataDir } = await world();
    chosen.choose('a', 'off');
    openChosenModes(dataDir).choose('b', 'observe');
    chosen.choose('c', 'enforce');
    expect(Object.fromEntries(chosen.all())).toEqual({ a: 'off', b: 'observe', c: 'enforce' });
    chosen.choose('a', undefined);
    expect([...readChosenModes(dataDir)]).toEqual([
      ['b', 'observe'],
      ['c', 'enforce'],
    ]);
  });

  it('is nothing in a file that cannot be read', async () => {
    const { dataDir } = await world();
    for (const text of ['', '[]', '{"a": "sometimes", "b": 7}', 'null', '{']) {
      writeFileSync(path.join(dataDir, 'rule-modes.json'), text);
      expect(readChosenModes(dataDir).size).toBe(0);
    }
  });
});

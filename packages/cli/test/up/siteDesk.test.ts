// The engine's memory of sites, with a store and a clock of its own.
import { SiteWatcher, type SiteSample } from '@parapet/engine';
import { learningKey, type SiteKnowledgeMessage } from '@parapet/gateway';
import type { InspectionRecord } from '@parapet/kinds';
import { IN_MEMORY, openStore, type Store } from '@parapet/store';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SiteDesk } from '../../src/up/siteDesk.ts';

const START_MS = Date.UTC(2026, 2, 2, 9);
const SECRET = new Uint8Array(32).fill(7);
// A shape with a word and signs of SQL: `1' or 1=1 --`.
const SHAPE = Buffer.from(shapeOf("1' or 1=1 --")).toString('base64');

interface World {
  readonly desk: SiteDesk;
  readonly store: Store;
  readonly notes: readonly string[];
  readonly told: SiteKnowledgeMessage[];
  advance: (ms: number) => Promise<void>;
}

async function open(given?: Store): Promise<World> {
  let nowMs = START_MS;
  const notes: string[] = [];
  const told: SiteKnowledgeMessage[] = [];
  const store =
    given ?? (await openStore({ dataDir: IN_MEMORY, role: 'engine', now: () => new Date(nowMs) }));
  const desk = new SiteDesk({
    store,
    secret: SECRET,
    nowMs: () => nowMs,
    onNote: (text) => notes.push(text),
    policy: () => ({ sites: [] }),
    chosen: () => ({ 'parapet/sql-names': 'observe' }),
    onKnowledge: (message) => told.push(message),
  });
  await desk.open();
  onTestFinished(() => desk.close());
  return {
    desk,
    store,
    notes,
    told,
    advance: (ms) => {
      nowMs += ms;
      return desk.turn();
    },
  };
}

function shapeOf(text: string): Uint8Array {
  // By the very code of the engine: a worker's record of such a value.
  let shape = '';
  const watcher = new SiteWatcher({
    keyOf: (site) => learningKey(SECRET, site),
    nowMs: () => START_MS,
    newRecordId: () => '00000000',
    onSample: () => {},
    onRecord: ({ findings }) => (shape = findings[0]?.shape ?? ''),
  });
  const exchange = {};
  const part = {
    placement: 'query',
    name: 'q',
    value: text,
    views: [],
    kind: 'text',
    isExcerpt: false,
  } as const;
  const request = {
    request: {
      method: 'GET',
      rawTarget: '/',
      headers: [],
      body: undefined,
      isBodyCut: false,
      site: '',
      exchange,
    },
    method: 'GET',
    path: '/',
    host: '',
    mediaType: '',
    parts: [part],
    anomalies: [],
  };
  const reason = {
    detector: 'model',
    class: 'sqli',
    text: 'x',
    weight: 9,
    foundIn: { placement: 'query', name: 'q', excerpt: '' },
  } as const;
  // An address is parsed where it comes in; this one is right.
  const taken = { ...request, request: { ...request.request, ip: '192.0.2.1' as never } };
  watcher.judged(taken, [reason], { action: 'block', score: 1, class: 'sqli', reasons: [reason] });
  watcher.ended(exchange, { status: 403, isOurs: true, told: { recordId: '1a2b3c4d', isEnforced: true } });
  return Buffer.from(shape, 'base64');
}

function record(changes: Partial<InspectionRecord> = {}): InspectionRecord {
  return {
    id: '1a2b3c4d',
    at: new Date(START_MS),
    site: 'main',
    ip: '192.0.2.7',
    method: 'GET',
    path: '/shop',
    route: '/shop',
    action: 'block',
    isEnforced: true,
    score: 0.9999,
    reasons: [],
    findings: [{ placement: 'query', name: 'q', class: 'sqli', logOdds: 9, shape: SHAPE }],
    network: 7,
    isVouched: false,
    ...changes,
  };
}

function sample(n: number, atMs: number): SiteSample {
  const part = {
    place: 'query',
    name: 'page',
    type: 1,
    alphabet: 2,
    length: 1,
    valueHash: n + 1,
    logOdds: -9,
  } as const;
  return { atMs, route: '/shop', source: n * 77 + 1, network: n * 77 + 1, isVouched: false, parts: [part] };
}

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const rulesIn = (message: SiteKnowledgeMessage | undefined): string => JSON.stringify(message?.value);

describe('the memory of sites', () => {
  it('stores what was found, and tells workers its shape at once', async () => {
    const { desk, store, told, advance } = await open();
    desk.found(asJson(record()));
    expect(told).toMatchObject([
      { site: 'main', topic: 'rules', value: { templates: [{ recordId: '1a2b3c4d' }] } },
    ]);
    desk.found(asJson(record({ id: '2b2b3c4d' })));
    desk.found(asJson(record({ id: '2b2b3c4d', ip: '192.0.2.8' })));
    desk.found('nothing of the kind');
    expect(told).toHaveLength(1);
    await advance(1000);
    expect((await store.inspections.list({})).map(({ id }) => id)).toEqual(['1a2b3c4d', '2b2b3c4d']);
  });

  it('hears within a second what people say and take back', async () => {
    const { desk, store, told, advance } = await open();
    desk.found(asJson(record({ action: 'challenge', score: 0.9 })));
    await advance(1000);
    const [stored] = await store.inspections.list({});
    const { site, route, findings, network } = stored!;
    const said = {
      recordId: '1a2b3c4d',
      site,
      route,
      findings,
      network,
      at: new Date(START_MS),
      by: 'ada',
      comment: '',
    };
    const attack = await store.inspections.addFeedback({ ...said, kind: 'attack' });
    await advance(1000);
    expect(told.at(-1)).toMatchObject({
      value: { templates: [{ by: 'operator' }], feedback: [{ number: 1 }] },
    });
    await store.inspections.undoFeedback(attack.number, 'ada');
    await advance(1000);
    expect(rulesIn(told.at(-1))).toBe('{"templates":[],"feedback":[]}');
    const expiresAt = new Date(START_MS + 3_600_000);
    await store.inspections.addFeedback({ ...said, kind: 'no-attack', expiresAt });
    await advance(1000);
    expect(told.at(-1)).toMatchObject({ value: { feedback: [{ kind: 'no-attack' }] } });
    await advance(3_600_000);
    expect(rulesIn(told.at(-1))).toBe('{"templates":[],"feedback":[]}');
  });

  it('learns, sends what it learned now and then, and comes back with it', async () => {
    const first = await open();
    for (let hour = 0; hour < 4; hour++)
      for (let n = 0; n < 8; n++) first.desk.sample('main', asJson(sample(n, START_MS + hour * 3_600_000)));
    first.desk.sample('main', { parts: 'none' });
    await first.advance(1000);
    expect(first.told.filter(({ topic }) => topic === 'normal')).toEqual([]);
    await first.advance(60_000);
    const [normal] = first.told.filter(({ topic }) => topic === 'normal');
    expect(Buffer.from(String(normal?.value), 'base64').length).toBeGreaterThan(300);
    await first.advance(60_000);
    expect(first.told.filter(({ topic }) => topic === 'normal')).toHaveLength(1);
    first.desk.found(asJson(record()));
    await first.desk.close();

    const second = await open(first.store);
    const known = [...second.desk.knowledge()];
    expect(known.map(({ site, topic }) => [site, topic])).toEqual([
      ['main', 'rules'],
      ['main', 'normal'],
      ['', 'modes'],
      ['', 'policy'],
    ]);
    expect(known[1]).toEqual(normal);
    expect(rulesIn(known[0])).toContain('1a2b3c4d');
    expect(second.notes).toEqual([]);
  });

  it('forgets within a second what an operator wants forgotten, here, in the store and at workers', async () => {
    const first = await open();
    for (let hour = 0; hour < 4; hour++)
      for (let n = 0; n < 8; n++) first.desk.sample('main', asJson(sample(n, START_MS + hour * 3_600_000)));
    first.desk.found(asJson(record()));
    await first.advance(61_000);
    const { inspections } = first.store;
    const sizes = async (): Promise<readonly number[]> =>
      Promise.all(
        (['normal', 'templates', 'good'] as const).map(
          async (kind) => (await inspections.knowledge('main', kind))?.length ?? 0,
        ),
      );
    const before = await sizes();
    const known = (): string => String(first.told.findLast(({ topic }) => topic === 'normal')?.value);
    const whole = known();

    await inspections.askToForget('main', { kind: 'parameter', name: 'other' });
    await inspections.askToForget('main', { kind: 'template', id: 't00000000' });
    await first.advance(1000);
    expect(await sizes()).toEqual(before);
    expect(await inspections.toForget()).toEqual([]);

    await inspections.askToForget('main', { kind: 'parameter', name: 'page', route: '/shop' });
    await first.advance(1000);
    expect(known().length).toBeLessThan(whole.length);
    await inspections.askToForget('main', { kind: 'templates' });
    await first.advance(1000);
    const rules = first.told.findLast(({ topic }) => topic === 'rules');
    expect(rulesIn(rules)).toBe('{"templates":[],"feedback":[]}');
    await inspections.askToForget('main', { kind: 'everything' });
    await first.advance(1000);
    expect(Buffer.from(known(), 'base64').length).toBeLessThan(300);

    const second = await open(first.store);
    expect(second.notes).toEqual([]);
    expect(rulesIn([...second.desk.knowledge()][0])).toBe('{"templates":[],"feedback":[]}');
  });

  it('forgets when it is started what was asked for while it was away', async () => {
    const first = await open();
    first.desk.found(asJson(record()));
    await first.desk.close();
    await first.store.inspections.askToForget('main', { kind: 'everything' });
    const second = await open(first.store);
    expect(rulesIn([...second.desk.knowledge()][0])).toBe('{"templates":[],"feedback":[]}');
    expect(await second.store.inspections.toForget()).toEqual([]);
  });

  it('says so when what it learned cannot be read', async () => {
    const { store } = await open();
    await store.inspections.saveKnowledge('shop', 'normal', new Uint8Array(5));
    const { notes } = await open(store);
    expect(notes).toEqual([
      'What was learned of the site cannot be read (it is cut short): it is learned anew. (site shop)',
    ]);
  });

  it('is for a bounded number of sites and of findings', async () => {
    const { desk, store, notes, advance } = await open();
    for (let n = 0; n < 300; n++) desk.sample(`site ${n}`, asJson(sample(n, START_MS)));
    expect([...desk.knowledge()]).toHaveLength(256 * 2 + 2);
    for (let n = 0; n < 1200; n++) desk.found(asJson(record({ id: `1000${1000 + n}` })));
    await advance(1000);
    expect(await store.inspections.count({})).toBe(1000);
    expect(notes).toEqual(['200 findings came too fast to be kept; alerts have counted them.']);
  });
});

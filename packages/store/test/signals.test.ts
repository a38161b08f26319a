import { describe, expect, it } from 'vitest';
import { eachAlert, openStore, type Store } from '../src/index.ts';
import { NOON, sampleAlert } from './samples.ts';
import { temporaryFolder } from './temporary-folder.ts';

const CURSOR = 'signals';

async function opened(dataDir = temporaryFolder(), now = (): Date => NOON): Promise<Store> {
  return openStore({ dataDir, role: 'engine', now });
}

const lines = (found: readonly { readonly line: string }[]): string[] => found.map(({ line }) => line);

describe('signals', () => {
  it('are there after a process that did not close its store', async () => {
    const dataDir = temporaryFolder();
    const store = await opened(dataDir);
    await store.signals.take([
      { id: 'a', line: '{"n":1}' },
      { id: undefined, line: '{"n":2}' },
    ]);
    const other = await openStore({ dataDir, role: 'reader', now: () => NOON });
    expect(lines(await other.signals.after(0, 10))).toEqual(['{"n":1}', '{"n":2}']);
    await other.close();
    await store.close();
  });

  it('are taken once for each id, in one batch and over many', async () => {
    const store = await opened();
    const first = await store.signals.take([
      { id: 'a', line: '1' },
      { id: 'a', line: '2' },
      { id: 'b', line: '3' },
    ]);
    expect(first.areNew).toEqual([true, false, true]);
    expect((await store.signals.take([{ id: 'b', line: '4' }])).areNew).toEqual([false]);
    expect(lines(await store.signals.after(0, 10))).toEqual(['1', '3']);
    await store.close();
  });

  it('go on with higher numbers after all were read and forgotten, so that a cursor stays right', async () => {
    const dataDir = temporaryFolder();
    let store = await opened(dataDir);
    await store.signals.take([{ id: 'a', line: '1' }]);
    const [one] = await store.signals.after(0, 1);
    expect(await store.signals.forgetRead(CURSOR)).toBe(0);
    store.record({ cursors: new Map([[CURSOR, one!.number]]) });
    await store.flush();
    expect(await store.signals.forgetRead(CURSOR)).toBe(one!.number);
    expect(await store.signals.after(0, 10)).toEqual([]);
    await store.close();
    store = await opened(dataDir);
    await store.signals.take([{ id: 'b', line: '2' }]);
    expect(lines(await store.signals.after(one!.number, 10))).toEqual(['2']);
    expect(await store.signals.countAfter(one!.number)).toBe(1);
    expect((await store.signals.take([{ id: 'a', line: '1' }])).areNew, 'its id is still known').toEqual([
      false,
    ]);
    await store.close();
  });

  it('have ids that are forgotten by age and by number', async () => {
    let nowMs = NOON.getTime();
    const store = await opened(undefined, () => new Date(nowMs));
    await store.signals.take([{ id: 'old', line: '1' }]);
    nowMs += 60_000;
    await store.signals.take(['a', 'b', 'c'].map((id) => ({ id, line: id })));
    await store.signals.forgetIds(new Date(nowMs - 1), 100);
    expect((await store.signals.take([{ id: 'old', line: '1' }])).areNew).toEqual([true]);
    await store.signals.forgetIds(new Date(0), 2);
    const again = ['a', 'b', 'c', 'old'].map((id) => ({ id, line: id }));
    expect((await store.signals.take(again)).areNew).toEqual([true, true, false, false]);
    await store.close();
  });
});

describe('tokens', () => {
  it('are found by their hash until they are removed', async () => {
    const store = await opened();
    const token = { name: 'shop', hash: 'beef', scopes: ['signals:write'], createdAt: NOON };
    expect(await store.tokens.add(token)).toBe(true);
    expect(await store.tokens.add({ ...token, hash: 'cafe' }), 'the name is taken').toBe(false);
    expect(await store.tokens.add({ ...token, name: 'other' }), 'the hash is taken').toBe(false);
    await store.tokens.note([{ hash: 'beef', at: NOON, ip: '192.0.2.1' }]);
    expect(await store.tokens.findByHash('beef')).toEqual({ ...token, usedAt: NOON, ip: '192.0.2.1' });
    expect(await store.tokens.remove('shop')).toBe(true);
    expect(await store.tokens.remove('shop')).toBe(false);
    expect(await store.tokens.list()).toEqual([]);
    await store.close();
  });
});

describe('alerts page by page', () => {
  it('come once each, also those of one moment and of a machine whose clock is behind', async () => {
    const store = await opened();
    const at = [0, 0, 0, -5000, 1000, 1000];
    store.record({
      alerts: at.map((ms, i) => sampleAlert(`a${i}`, { knownAt: new Date(NOON.getTime() + ms) })),
      decisions: [],
    });
    await store.flush();
    const ids = async (newestFirst: boolean): Promise<readonly string[]> => {
      const seen: string[] = [];
      for await (const { id } of eachAlert(store, {}, { newestFirst, pageRows: 2 })) seen.push(id);
      return seen;
    };
    expect(await ids(true)).toEqual(['a5', 'a4', 'a2', 'a1', 'a0', 'a3']);
    expect(await ids(false)).toEqual(['a3', 'a0', 'a1', 'a2', 'a4', 'a5']);
    await store.close();
  });
});

import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadPipeline, type Pipeline } from '@parapet/engine';
import { IN_MEMORY, openStore, type Store } from '@parapet/store';
import { GuardDesk } from '../../src/up/guardDesk.ts';
import { NOON, sampleDecision } from '../commands/run.ts';

interface Desk {
  readonly desk: GuardDesk;
  readonly store: Store;
  readonly pipeline: Pipeline;
  readonly notes: string[];
  readonly lifted: string[];
  readonly epochs: number[];
}

async function newDesk(given?: Store): Promise<Desk> {
  const store = given ?? (await openStore({ dataDir: IN_MEMORY, role: 'tool', now: () => NOON }));
  const nowMs = (): number => NOON.getTime();
  const { pipeline } = loadPipeline(
    { items: [], dataFile: () => undefined, mode: 'live', hostname: 'test', nowMs },
    {},
  );
  const notes: string[] = [];
  const lifted: string[] = [];
  const epochs: number[] = [];
  const desk = new GuardDesk({
    store,
    pipeline,
    nowMs,
    onNote: (text) => notes.push(text),
    onLifted: (decisions) => lifted.push(...decisions.map(({ id }) => id)),
    onTrustEpoch: (epoch) => epochs.push(epoch),
  });
  onTestFinished(async () => {
    desk.close();
    await store.close();
  });
  return { desk, store, pipeline, notes, lifted, epochs };
}

const isSpared = (pipeline: Pipeline, ip: string): boolean =>
  pipeline.stages.operators.spare({ scope: 'ip', value: ip, ip }, NOON.getTime()) !== undefined;

const LINK = {
  nonce: 'ab'.repeat(16),
  expiresAtMs: NOON.getTime() + 600_000,
  ip: '192.0.2.7',
  site: 'main',
};

describe('the desk', () => {
  it('stores an appeal and tells the owner in one harmless line', async () => {
    const { desk, store, notes } = await newDesk();
    desk.appeal({
      site: 'main',
      recordId: '1a2b3c4d',
      ip: '192.0.2.7',
      message: 'It was \u001B[31mnot me\nat all',
      email: '',
      language: 'en',
      atMs: NOON.getTime(),
    });
    await expect
      .poll(() => notes)
      .toEqual([
        'Needs you: appeal #1 from 192.0.2.7 against record 1a2b3c4d: "It was \\x1b[31mnot me at all"  parapet appeals show 1',
      ]);
    expect(await store.countAppeals({ state: 'open' })).toBe(1);
  });

  it('keeps operators from being decided on, also after a restart', async () => {
    const { desk, store, pipeline } = await newDesk();
    desk.trusted({ ip: '192.0.2.7', who: 'ada', site: 'main', kind: 'operator', atMs: NOON.getTime() });
    expect(isSpared(pipeline, '192.0.2.7')).toBe(true);
    const again = await newDesk(store);
    expect(isSpared(again.pipeline, '192.0.2.7')).toBe(false);
    expect(await again.desk.open()).toBe(1);
    expect(isSpared(again.pipeline, '192.0.2.7')).toBe(true);
  });

  it('takes a one-time link once, and lifts what is decided on its visitor', async () => {
    const { desk, store, lifted, notes } = await newDesk();
    await store.addDecisions([sampleDecision('d1', '192.0.2.7'), sampleDecision('d2', '192.0.2.8')]);
    expect(await desk.redeem(LINK)).toEqual({ outcome: 'first', lifted: 1 });
    expect(await desk.redeem(LINK)).toEqual({ outcome: 'used', lifted: 0 });
    expect(lifted).toEqual(['d1']);
    expect(notes[0]).toContain('one-time link from 192.0.2.7. What was decided on it has ended (1).');
    expect(await desk.redeem({ ...LINK, nonce: 'cd'.repeat(16), expiresAtMs: NOON.getTime() })).toMatchObject(
      {
        outcome: 'used',
      },
    );
  });

  it('takes nothing that is no word of a guard', async () => {
    const { desk, store, notes } = await newDesk();
    await fc.assert(
      fc.asyncProperty(fc.anything(), fc.anything(), async (said, ip) => {
        for (const word of [said, { ip: said, who: ip }, { ip: 'x' }, { ...LINK, nonce: said }]) {
          desk.appeal(word);
          desk.trusted(word);
          const { outcome } = await desk.redeem(word);
          expect(outcome).toBe('used');
        }
      }),
    );
    expect(await store.countAppeals({})).toBe(0);
    expect(notes).toEqual([]);
  });

  it('tells the workers when all trust was ended', async () => {
    const { desk, store, pipeline, epochs } = await newDesk();
    desk.trusted({ ip: '192.0.2.7', who: 'ada', site: 'main', kind: 'operator', atMs: NOON.getTime() });
    await desk.open();
    await store.raiseTrustEpoch();
    await expect.poll(() => epochs, { timeout: 5000 }).toEqual([2]);
    expect(isSpared(pipeline, '192.0.2.7')).toBe(false);
  });
});

import { expect, it } from 'vitest';
import { openStore } from '../src/index.ts';
import { after, NOON, sampleAlert, sampleDecision } from './samples.ts';
import { temporaryFolder } from './temporary-folder.ts';

it('keeps the later end of a decision that was prolonged, also when it is stored again', async () => {
  const dataDir = temporaryFolder();
  const store = await openStore({ dataDir, role: 'engine', now: () => NOON });
  store.record({ alerts: [sampleAlert('a1')], decisions: [sampleDecision('d1', '192.0.2.1')] });
  await store.flush();
  const { token } = await store.changesSince(0);
  const longer = sampleDecision('d1', '192.0.2.1', { expiresAt: after(9 * 3_600_000) });
  store.record({ alerts: [sampleAlert('a2')], decisions: [longer] });
  await store.flush();
  const [stored] = await store.listDecisions({ id: 'd1' });
  expect(stored?.expiresAt).toEqual(longer.expiresAt);
  // Bouncers learn of it.
  expect((await store.changesSince(token)).started.map(({ id }) => id)).toEqual(['d1']);
  store.record({ decisions: [sampleDecision('d1', '192.0.2.1')] });
  await store.flush();
  expect((await store.listDecisions({ id: 'd1' }))[0]?.expiresAt).toEqual(longer.expiresAt);
  await store.liftDecisions({ id: 'd1' }, 'anna', 'mistake');
  store.record({ decisions: [{ ...longer, expiresAt: after(20 * 3_600_000) }] });
  await store.flush();
  expect(await store.listDecisions({ activeAt: NOON })).toEqual([]);
  await store.close();
});

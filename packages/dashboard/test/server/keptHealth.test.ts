import { describe, expect, it } from 'vitest';
import { KeptHealth } from '../../src/server/keptHealth.ts';
import { START } from './start.ts';

function doctor(): { readonly health: KeptHealth; readonly looks: () => number; wait: (ms: number) => void } {
  let looks = 0;
  let nowMs = START.getTime();
  const health = new KeptHealth({
    now: () => new Date(nowMs),
    diagnose: async () => [{ level: 'fine', topic: 'look', says: String((looks += 1)) }],
  });
  return { health, looks: () => looks, wait: (ms) => void (nowMs += ms) };
}

describe('what the doctor finds', () => {
  it('is kept for a minute, however many ask', async () => {
    const { health, looks, wait } = doctor();
    await Promise.all([health.view(false), health.view(false), health.view(true)]);
    wait(59_000);
    expect((await health.view(false)).atMs).toBe(START.getTime());
    expect(looks()).toBe(1);
    wait(2000);
    await health.view(false);
    expect(looks()).toBe(2);
  });

  it('is looked for anew when somebody asks for that, and when the clock was set back', async () => {
    const { health, looks, wait } = doctor();
    await health.view(false);
    wait(5000);
    expect((await health.view(true)).cards[0]?.says).toBe('2');
    wait(-3_600_000);
    await health.view(false);
    expect(looks()).toBe(3);
  });
});

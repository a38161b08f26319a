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
    await Promise.all([health.view(false, 'en'), health.view(false, 'en'), health.view(true, 'en')]);
    wait(59_000);
    expect((await health.view(false, 'en')).atMs).toBe(START.getTime());
    expect(looks()).toBe(1);
    wait(2000);
    await health.view(false, 'en');
    expect(looks()).toBe(2);
  });

  it('is looked for anew when somebody asks for that, and when the clock was set back', async () => {
    const { health, looks, wait } = doctor();
    await health.view(false, 'en');
    wait(5000);
    expect((await health.view(true, 'en')).cards[0]?.says).toBe('2');
    wait(-3_600_000);
    await health.view(false, 'en');
    expect(looks()).toBe(3);
  });

  it('is in the language of who reads it, and says what has no words there', async () => {
    const health = new KeptHealth({
      now: () => START,
      diagnose: async () => [
        {
          level: 'critical',
          topic: 'log',
          says: '/var/log/x cannot be read: EACCES',
          fix: 'Check the path; parapet init looks for logs in the usual places.',
        },
        { level: 'important', topic: 'configuration', says: 'parapet.yaml:3: no such key', fix: 'See: x' },
        { level: 'fine', topic: 'machine', says: 'SQLite works' },
      ],
    });
    expect((await health.view(false, 'de')).cards).toEqual([
      {
        level: 'critical',
        topic: 'log',
        says: '/var/log/x lässt sich nicht lesen: EACCES',
        fix: 'Prüfen Sie den Pfad; parapet init sucht Protokolle an den üblichen Orten.',
      },
      {
        level: 'important',
        topic: 'configuration',
        says: 'parapet.yaml:3: no such key',
        fix: 'Siehe: x',
        english: ['says'],
      },
      { level: 'fine', topic: 'machine', says: 'SQLite funktioniert' },
    ]);
    expect((await health.view(false, 'en')).cards.map(({ english }) => english)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

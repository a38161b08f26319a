// Bouncers that keep a list by what the stream tells them, against what is in force: after each poll both are the same.

import { describe, expect, it } from 'vitest';
import { parseDuration } from '@parapet/kinds';
import { KEY, stand, type Stand } from './stand.ts';

interface Told {
  readonly duration: string;
  readonly value: string;
  readonly type: string;
}

/** Numbers that look random and are the same in each run. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/**
 * A list as a bouncer keeps it, with the end that it was told of last: what has ended is taken out first, as real ones
 * do, or last.
 */
class Bouncer {
  readonly held = new Map<string, number>();
  readonly #here: Stand;
  readonly #query: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #isEndFirst: boolean;
  #hasStarted = false;

  constructor(here: Stand, name: string, query: string, isEndFirst: boolean) {
    this.#here = here;
    this.#query = query;
    this.#headers = { 'x-api-key': KEY, 'user-agent': name };
    this.#isEndFirst = isEndFirst;
  }

  async poll(): Promise<void> {
    const target = `/v1/decisions/stream?startup=${!this.#hasStarted}${this.#query}`;
    this.#hasStarted = true;
    const told = (await this.#here.ask('GET', target, { headers: this.#headers })).json();
    const take = (): void => {
      for (const { value, type, duration } of (told.new ?? []) as Told[])
        this.held.set(`${value} ${type}`, this.#here.now().getTime() + (parseDuration(duration) ?? 0));
    };
    if (!this.#isEndFirst) take();
    for (const { value, type } of (told.deleted ?? []) as Told[]) this.held.delete(`${value} ${type}`);
    if (this.#isEndFirst) take();
  }
}

/** What is in force, each with the end of what lasts longest on the value. */
async function inForce({ store, now }: Stand, origin?: string): Promise<ReadonlyMap<string, number>> {
  const { decisions } = await store.decisionPage(
    { activeAt: now(), mode: 'live', ...(origin === undefined ? {} : { origin }) },
    { rows: 10_000 },
  );
  const ends = new Map<string, number>();
  for (const [, , , value, type, , endMs] of decisions)
    ends.set(`${value} ${type}`, Math.max(endMs, ends.get(`${value} ${type}`) ?? 0));
  return ends;
}

describe('lists that bouncers keep by what they are told', () => {
  it.each([1, 2, 3, 4])('are what is in force, whatever happens meanwhile (%i)', async (seed) => {
    const here = await stand();
    const below = randomOf(seed);
    const bouncers = [
      new Bouncer(here, 'all/1', '', true),
      new Bouncer(here, 'all/2', '', false),
      new Bouncer(here, 'own/1', '&origins=cscli', true),
    ];
    for (let step = 0; step < 250; step++) {
      const kind = below(12);
      const value = `192.0.2.${below(6)}`;
      if (kind < 5)
        await here.ban(`d${seed}-${below(40)}`, value, {
          expiresAt: new Date(here.now().getTime() + (1 + below(90)) * 1000),
          remediation: below(4) === 0 ? 'captcha' : 'ban',
          origin: below(3) === 0 ? 'scenario' : 'operator',
          mode: below(9) === 0 ? 'simulated' : 'live',
        });
      else if (kind === 5) await here.store.liftDecisions({ value }, 'anna', 'x');
      else if (kind === 6) await here.store.liftDecisions({ id: `d${seed}-${below(40)}` }, 'anna', 'x');
      else if (kind < 9) here.pass(1000 + below(20_000)); // ends are looked for once a second
      const at = below(3);
      const bouncer = bouncers[at]!;
      await bouncer.poll();
      const wanted = await inForce(here, at === 2 ? 'operator' : undefined);
      expect([step, ...[...bouncer.held.keys()].sort()]).toEqual([step, ...[...wanted.keys()].sort()]);
      // To the second, as durations are told: who is banned twice is not let in when the shorter ban ends.
      for (const [key, end] of wanted)
        expect(Math.abs(bouncer.held.get(key)! - end), `${step} ${key}`).toBeLessThan(1000);
    }
  });

  it('are told of a flood and of what came before it', async () => {
    const here = await stand();
    const bouncer = new Bouncer(here, 'all/1', '', true);
    await here.ban('first', '192.0.2.1');
    await bouncer.poll();
    await here.store.liftDecisions({ id: 'first' }, 'anna', 'x');
    const flood = Array.from({ length: 9000 }, (_, i) => ({
      ...{ id: `f${i}`, target: { scope: 'ip', value: `198.18.${i >> 8}.${i & 255}` }, remediation: 'ban' },
      ...{ startAt: here.now(), expiresAt: new Date(here.now().getTime() + 60_000), scenario: 'x' },
      ...{ origin: 'list/x', mode: 'live' as const },
    }));
    await here.store.addDecisions(flood);
    await bouncer.poll();
    expect(bouncer.held.size).toBe(9000);
    here.pass(61_000);
    await bouncer.poll();
    expect(bouncer.held.size).toBe(0);
  });

  it('are right after the clock was set back', async () => {
    const here = await stand();
    const bouncer = new Bouncer(here, 'all/1', '', true);
    await bouncer.poll();
    here.pass(-600_000);
    await here.ban('d1', '192.0.2.1', { expiresAt: new Date(here.now().getTime() + 5000) });
    await bouncer.poll();
    expect([...bouncer.held.keys()]).toEqual(['192.0.2.1 ban']);
    here.pass(6000);
    await bouncer.poll();
    expect(bouncer.held.size).toBe(0);
  });
});

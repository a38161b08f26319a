import { describe, expect, it } from 'vitest';
import { Throttle, THROTTLE_RATES } from '../../src/throttle/throttle.ts';
import { makeClient } from '../requests.ts';

const START = 1_000_000;
const RATES = { ...THROTTLE_RATES, throttle: { perSecond: 1, burst: 2, queue: 2, maxWaitMs: 10_000 } };

describe('the throttle', () => {
  it('lets through, then makes wait, then refuses with when to come again', () => {
    const throttle = new Throttle(RATES);
    const turns = Array.from({ length: 5 }, () => throttle.take(makeClient(), 'throttle', START));
    expect(turns).toEqual([
      { kind: 'now' },
      { kind: 'now' },
      { kind: 'wait', waitMs: 1000 },
      { kind: 'wait', waitMs: 2000 },
      { kind: 'full', retryAfterSeconds: 1 },
    ]);
    expect(throttle.waiting).toBe(2);
  });

  it('never delays a client for another one', () => {
    const throttle = new Throttle(RATES);
    for (let i = 0; i < 1000; i++) throttle.take(makeClient('192.0.2.1'), 'throttle', START);
    expect(throttle.take(makeClient('192.0.2.2'), 'throttle', START)).toEqual({ kind: 'now' });
  });

  it('counts a file as a tenth of a page, here and elsewhere', () => {
    const here = new Throttle(RATES);
    const there = new Throttle(RATES);
    for (let i = 0; i < 20; i++) expect(here.take(makeClient(), 'throttle', START, 'file').kind).toBe('now');
    expect(here.take(makeClient(), 'throttle', START, 'file')).toEqual({ kind: 'wait', waitMs: 100 });
    there.pouredElsewhere(here.drain()!, START);
    expect(there.take(makeClient(), 'throttle', START)).toEqual({ kind: 'wait', waitMs: 1100 });
  });

  it('counts a whole /64 as one client', () => {
    const throttle = new Throttle(RATES);
    throttle.take(makeClient('2001:db8::1'), 'throttle', START);
    throttle.take(makeClient('2001:db8::2'), 'throttle', START);
    expect(throttle.take(makeClient('2001:db8::3'), 'throttle', START).kind).toBe('wait');
    expect(throttle.take(makeClient('2001:db8:0:1::3'), 'throttle', START).kind).toBe('now');
  });

  it('counts what other workers took, after one exchange', () => {
    const here = new Throttle(RATES);
    const there = new Throttle(RATES);
    const client = makeClient();
    here.take(client, 'throttle', START);
    here.take(client, 'throttle', START);
    here.take(makeClient('192.0.2.99'), 'tarpit', START);
    const rows = here.drain()!;
    expect(rows).toHaveLength(6);
    expect(here.drain()).toBeUndefined();
    there.pouredElsewhere(rows, START);
    expect(there.take(client, 'throttle', START)).toEqual({ kind: 'wait', waitMs: 1000 });
    expect(there.drain()).toHaveLength(3);
  });

  it('tells the others nothing of what it refused', () => {
    const throttle = new Throttle(RATES);
    for (let i = 0; i < 50; i++) throttle.take(makeClient(), 'throttle', START);
    expect(throttle.drain()![0]! & 0xffffff).toBe(40);
  });

  it('leaves out rows that are no rows', () => {
    const throttle = new Throttle(RATES);
    throttle.pouredElsewhere(new Uint32Array([0xff000001, 0, 1, 5]), START);
    expect(throttle.take(makeClient(), 'throttle', START).kind).toBe('now');
  });

  it('bounds all who wait together', () => {
    const throttle = new Throttle({ ...RATES, throttle: { ...RATES.throttle, burst: 1 } });
    let waiting = 0;
    for (let i = 0; i < 5000; i++) {
      const client = makeClient(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
      throttle.take(client, 'throttle', START);
      if (throttle.take(client, 'throttle', START).kind === 'wait') waiting++;
    }
    expect(waiting).toBe(4096);
    throttle.waitEnded();
    expect(throttle.waiting).toBe(4095);
  });
});

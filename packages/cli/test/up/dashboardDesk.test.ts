import { Feed } from '@parapet/dashboard';
import { Event, EventSchema } from '@parapet/engine';
import { IN_MEMORY, openStore, type Store } from '@parapet/store';
import { describe, expect, it } from 'vitest';
import { DashboardDesk } from '../../src/up/dashboardDesk.ts';

const NOON = Date.UTC(2026, 2, 1, 12);

interface Stand {
  readonly store: Store;
  readonly desk: DashboardDesk;
  readonly tell: (minute: number, meta: Readonly<Record<string, string>>) => void;
  /** What is kept of people, as words. */
  readonly signs: () => Promise<readonly string[]>;
}

async function stand(): Promise<Stand> {
  const now = (): Date => new Date(NOON);
  const store = await openStore({ dataDir: IN_MEMORY, role: 'engine', now });
  const desk = new DashboardDesk(
    new Feed(),
    () => NOON,
    () => 0,
  );
  const schema = new EventSchema();
  return {
    ...{ store, desk },
    tell: (minute, meta) => {
      const event = new Event(schema);
      for (const [name, value] of Object.entries(meta)) event.set(schema.slot('Meta', name), value);
      event.timeMs = NOON + minute * 60_000;
      desk.event(event);
    },
    signs: async () => {
      await desk.save(store);
      const found = await store.humanSigns.since(new Date(0), 100);
      return found.map(({ ip, kind, record, at }) => `${ip} ${kind} ${record} ${at.getTime() - NOON}`);
    },
  };
}

describe('who may have been stopped by mistake', () => {
  it('is who solved the check, kept once and with the last time', async () => {
    const { tell, signs } = await stand();
    const passed = { source_ip: '203.0.113.7', gateway_action: 'passed', gateway_record: '1a2b3c4d' };
    tell(0, passed);
    tell(2, passed);
    expect(await signs()).toEqual(['203.0.113.7 passed 1a2b3c4d 120000']);
    tell(3, passed);
    expect(await signs()).toEqual(['203.0.113.7 passed 1a2b3c4d 180000']);
  });

  it('is who logs in after having been stopped, and nobody else', async () => {
    const { tell, signs } = await stand();
    const login = (ip: string): Readonly<Record<string, string>> => ({
      source_ip: ip,
      signal_type: 'login.ok',
    });
    tell(0, { source_ip: '203.0.113.7', gateway_action: 'attack', gateway_record: '1a2b3c4d' });
    tell(1, login('203.0.113.7'));
    tell(1, login('203.0.113.8'));
    tell(2, { source_ip: '203.0.113.9', gateway_action: 'observed', gateway_record: '5e6f7a8b' });
    tell(3, login('203.0.113.9'));
    tell(4, { source_ip: '203.0.113.10', gateway_action: 'ban', gateway_record: '9c0d1e2f' });
    tell(4 + 1440, login('203.0.113.10'));
    expect(await signs()).toEqual(['203.0.113.7 login 1a2b3c4d 60000']);
  });

  it('is remembered for the last few thousand who were stopped, however many come', async () => {
    const { tell, signs } = await stand();
    for (let i = 0; i < 5001; i++)
      tell(0, {
        source_ip: `10.1.${Math.floor(i / 256)}.${i % 256}`,
        gateway_action: 'ban',
        gateway_record: '1a2b3c4d',
      });
    tell(1, { source_ip: '10.1.0.0', signal_type: 'login.ok' });
    tell(1, { source_ip: '10.1.0.1', signal_type: 'login.ok' });
    expect(await signs()).toEqual(['10.1.0.1 login 1a2b3c4d 60000']);
  });

  it('is kept for the next time when the store cannot be written', async () => {
    const { tell, desk, signs, store } = await stand();
    tell(0, { source_ip: '203.0.113.7', gateway_action: 'passed', gateway_record: '1a2b3c4d' });
    const broken = { ...store.humanSigns, add: () => Promise.reject(new Error('full')) };
    await expect(
      desk.save({
        minutes: store.minutes,
        humanSigns: Object.assign(Object.create(store.humanSigns), broken),
      }),
    ).rejects.toThrow('full');
    expect(await signs()).toHaveLength(1);
  });

  it('is no address that cannot be one', async () => {
    const { tell, signs } = await stand();
    tell(0, { source_ip: '<script>', gateway_action: 'passed', gateway_record: '1a2b3c4d' });
    tell(0, { source_ip: '203.0.113.7', gateway_action: 'passed' });
    expect(await signs()).toEqual([]);
  });
});

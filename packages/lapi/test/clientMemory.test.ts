// What is kept in memory between two writes: nobody is told less than before, and who was removed stays out.

import { describe, expect, it } from 'vitest';
import { StoreError } from '@parapet/store';
import { createLapi, hashOfKey } from '../src/index.ts';
import { HERE, KEY, NOON, stand } from './stand.ts';

const AGENT = { 'user-agent': 'fw/v1' };

describe('positions of bouncers', () => {
  it('survive an orderly end, and are told twice after a crash', async () => {
    const { get, store, lapi, now, ban } = await stand();
    await ban('a', '192.0.2.1');
    const all = await get('/v1/decisions/stream?startup=true', { headers: AGENT });
    expect(all.json().new).toHaveLength(1);
    await lapi.flush();
    await ban('b', '192.0.2.2');
    const delta = await get('/v1/decisions/stream', { headers: AGENT });
    expect(delta.json().new.map(({ value }: { value: string }) => value)).toEqual(['192.0.2.2']);
    expect((await get('/v1/decisions/stream', { headers: AGENT })).json().new).toBeNull();

    const options = {
      store,
      now,
      secret: new Uint8Array(32),
      ingest: () => {},
      ingestMore: () => {},
      onLifted: () => {},
    };
    const request = (): Request =>
      new Request('http://x/v1/decisions/stream', { headers: { 'x-api-key': KEY, ...AGENT } });
    const afterCrash = await (await createLapi(options)(request(), HERE)).text();
    expect(afterCrash).toContain('192.0.2.2');
    await lapi.flush();
    const afterEnd = await (await createLapi(options)(request(), HERE)).text();
    expect(afterEnd).toBe('{"new":null,"deleted":null}');
  });

  it('are kept when the store cannot be written, and written the next time', async () => {
    const { get, store, lapi, ban } = await stand();
    await ban('a', '192.0.2.1');
    await get('/v1/decisions/stream?startup=true', { headers: AGENT });
    const note = store.clients.note.bind(store.clients);
    store.clients.note = async () => {
      throw new StoreError('E_STORE_LOCKED', 'here');
    };
    await expect(lapi.flush()).rejects.toThrow(StoreError);
    const puller = { bouncer: 'fw', ip: '127.0.0.1', userAgent: 'fw/v1' };
    expect(await store.clients.pulledTo(puller)).toBeUndefined();
    store.clients.note = note;
    await lapi.flush();
    expect(await store.clients.pulledTo(puller)).toMatchObject({ at: NOON });
  });
});

describe('a bouncer that was removed', () => {
  it('is out within a second and is not written again', async () => {
    const { get, store, lapi, pass } = await stand();
    expect((await get('/v1/decisions/stream')).status).toBe(200);
    await store.clients.removeBouncer('fw');
    await lapi.flush();
    expect(await store.clients.listBouncers()).toEqual([]);
    expect(await store.clients.pulledTo({ bouncer: 'fw', ip: '127.0.0.1', userAgent: '' })).toBeUndefined();
    pass(1000);
    expect((await get('/v1/decisions/stream')).status).toBe(403);
  });

  it('is told everything when it was added again', async () => {
    const { get, store, ban, pass } = await stand();
    await ban('a', '192.0.2.1');
    expect((await get('/v1/decisions/stream?startup=true')).json().new).toHaveLength(1);
    await store.clients.removeBouncer('fw');
    pass(5000);
    await store.clients.putBouncer({
      ...{ name: 'fw', keyHash: hashOfKey(KEY), ip: '', type: '', version: '' },
      createdAt: new Date(NOON.getTime() + 4000),
    });
    expect((await get('/v1/decisions/stream')).json().new).toHaveLength(1);
  });
});

describe('a machine', () => {
  it('is seen when it says that it is alive', async () => {
    const { as, store, lapi, pass, now } = await stand();
    await as('GET', '/v1/heartbeat');
    pass(60_000);
    await as('GET', '/v1/heartbeat');
    await lapi.flush();
    expect((await store.clients.findMachine('web1'))?.seenAt).toEqual(now());
  });
});

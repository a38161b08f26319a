import { describe, expect, it } from 'vitest';
import { Feed } from '../../src/server/index.ts';
import type { LiveRequest, Moment } from '../../src/wire.ts';
import { testSite } from './site.ts';

const request: LiveRequest = {
  ...{ atMs: 0, ip: '192.0.2.1', method: 'GET', path: '/', status: '200', agent: '', action: '' },
};

describe('the feed', () => {
  it('describes no request while nobody looks', () => {
    const feed = new Feed();
    feed.listen(() => {}, false);
    expect([feed.isWatched, feed.wants()]).toEqual([false, false]);
  });

  it('gives a sample of requests to who looks, and says how many more there were', () => {
    const feed = new Feed();
    const [watching, other]: [Moment[], Moment[]] = [[], []];
    const stop = feed.listen((moment) => watching.push(moment), true);
    feed.listen((moment) => other.push(moment), false);
    for (let i = 0; i < 1000; i++) if (feed.wants()) feed.request(request);
    feed.turn();
    feed.turn();
    expect(watching).toMatchObject([{ kind: 'requests', leftOut: 975 }]);
    expect(other).toEqual([]);
    stop?.();
    expect(feed.isWatched).toBe(false);
  });

  it('takes no more listeners than it can serve', () => {
    const feed = new Feed();
    const taken = Array.from({ length: 150 }, () => feed.listen(() => {}, false));
    expect(taken.filter((stop) => stop !== undefined)).toHaveLength(100);
  });
});

describe('what comes by itself', () => {
  it('is sent as events, to who is logged in, until they go', async () => {
    const site = await testSite();
    const viewer = await site.somebody('viewer');
    const going = new AbortController();
    const asked = new Request('http://localhost:8421/data/live', {
      headers: { host: 'localhost:8421', cookie: viewer.cookie },
      signal: going.signal,
    });
    const answer = await site.dashboard(asked, { ip: '192.0.2.1' });
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const reader = answer.body!.getReader();
    const read = async (): Promise<string> => new TextDecoder().decode((await reader.read()).value);
    expect(await read()).toBe('retry: 2000\n\n');
    site.feed.tell({ kind: 'changed', what: 'decisions' });
    expect(await read()).toBe('data: {"kind":"changed","what":"decisions"}\n\n');
    expect(site.feed.size).toBe(1);
    going.abort();
    expect(site.feed.size).toBe(0);
  });

  it('is let go when a page does not read, before it fills the memory', async () => {
    const site = await testSite();
    const viewer = await site.somebody('viewer');
    const asked = new Request('http://localhost:8421/data/live', {
      headers: { host: 'localhost:8421', cookie: viewer.cookie },
    });
    await site.dashboard(asked, { ip: '192.0.2.1' });
    for (let i = 0; i < 2000; i++) site.feed.tell({ kind: 'changed', what: 'decisions' });
    expect(site.feed.size).toBe(0);
  });
});

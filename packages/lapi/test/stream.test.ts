import { describe, expect, it } from 'vitest';
import { HERE, KEY, stand } from './stand.ts';

const HOUR = 3_600_000;

describe('the stream of decisions', () => {
  it('is empty as CrowdSec writes it', async () => {
    const { get } = await stand();
    expect((await get('/v1/decisions/stream?startup=true')).text).toBe('{"new":null,"deleted":null}');
    expect((await get('/v1/decisions/stream')).text).toBe('{"new":null,"deleted":null}');
    expect((await get('/v1/decisions')).text).toBe('null');
  });

  it('gives everything at the start, then what has changed', async () => {
    const { get, ban, pass, store } = await stand();
    await ban('11111111-0000-4000-8000-000000000001', '192.0.2.1');
    await ban('11111111-0000-4000-8000-000000000002', '198.51.100.0/24', { origin: 'scenario' });
    const start = (await get('/v1/decisions/stream?startup=true')).json();
    expect(start).toEqual({
      new: [
        {
          ...{ duration: '1h0m0s', id: 1, origin: 'cscli', scenario: 'by hand', scope: 'Ip', type: 'ban' },
          ...{ uuid: '11111111-0000-4000-8000-000000000001', value: '192.0.2.1' },
        },
        {
          ...{
            duration: '1h0m0s',
            id: 2,
            origin: 'crowdsec',
            scenario: 'by hand',
            scope: 'Range',
            type: 'ban',
          },
          ...{ uuid: '11111111-0000-4000-8000-000000000002', value: '198.51.100.0/24' },
        },
      ],
      deleted: null,
    });
    expect((await get('/v1/decisions/stream')).json()).toEqual({ new: null, deleted: null });
    pass(10_000);
    await ban('11111111-0000-4000-8000-000000000003', '192.0.2.3');
    await store.liftDecisions({ number: 1 }, 'anna', 'mistake');
    const delta = (await get('/v1/decisions/stream')).json();
    expect(delta.new.map(({ value }: { value: string }) => value)).toEqual(['192.0.2.3']);
    expect(delta.deleted).toEqual([expect.objectContaining({ id: 1, value: '192.0.2.1', duration: '-1s' })]);
    expect((await get('/v1/decisions/stream')).json()).toEqual({ new: null, deleted: null });
  });

  it('tells what has run out', async () => {
    const { get, ban, pass } = await stand();
    await ban('d1', '192.0.2.1');
    await get('/v1/decisions/stream?startup=true');
    pass(HOUR + 5000);
    const { deleted } = (await get('/v1/decisions/stream')).json();
    expect(deleted).toEqual([expect.objectContaining({ value: '192.0.2.1', duration: '-5s' })]);
  });

  it('keeps a value that something else is in force on', async () => {
    const { get, ban, pass, store } = await stand();
    await ban('d1', '192.0.2.1');
    await ban('d2', '192.0.2.1', { expiresAt: new Date('2026-03-02T12:00:00Z') });
    await ban('d3', '192.0.2.1', { remediation: 'captcha' });
    await get('/v1/decisions/stream?startup=true');
    pass(HOUR + 5000);
    const { deleted } = (await get('/v1/decisions/stream')).json();
    expect(deleted.map(({ type }: { type: string }) => type)).toEqual(['captcha']);
    await store.liftDecisions({ id: 'd2' }, 'anna', 'mistake');
    const next = (await get('/v1/decisions/stream')).json();
    expect(next.deleted.map(({ uuid }: { uuid: string }) => uuid)).toContain('d2');
  });

  it('tells of a value what lasts longest, and what that had outlasted when it was lifted', async () => {
    const { get, ban, store, now } = await stand();
    const week = new Date(now().getTime() + 168 * HOUR);
    await ban('d1', '192.0.2.1');
    await ban('d2', '192.0.2.1', { expiresAt: week, origin: 'list/x' });
    const ids = async (query: string): Promise<readonly string[]> =>
      ((await get(`/v1/decisions/stream?${query}`)).json().new ?? []).map(
        ({ uuid }: { uuid: string }) => uuid,
      );
    expect(await ids('startup=true')).toEqual(['d2']);
    expect(await ids('startup=true&origins=cscli')).toEqual(['d1']);
    await ids('startup=true');
    await ban('d3', '192.0.2.1', { expiresAt: new Date(now().getTime() + 2 * HOUR) });
    expect(await ids('')).toEqual([]);
    await store.liftDecisions({ id: 'd2' }, 'anna', 'mistake');
    expect(await ids('')).toEqual(['d3']);
  });

  it('is whole for each process behind one key', async () => {
    const { get, ban } = await stand();
    const other = { peer: { ip: '192.0.2.200' } };
    await get('/v1/decisions/stream?startup=true');
    await get('/v1/decisions/stream?startup=true', other);
    await ban('d1', '192.0.2.1');
    expect((await get('/v1/decisions/stream')).json().new).toHaveLength(1);
    expect((await get('/v1/decisions/stream', other)).json().new).toHaveLength(1);
    const agent = { headers: { 'user-agent': 'crowdsec-custom-bouncer/v0.0.15' } };
    expect((await get('/v1/decisions/stream', agent)).json().new).toHaveLength(1);
  });

  it('moves on only when all of it was sent', async () => {
    const { lapi, get, ban } = await stand();
    await ban('d1', '192.0.2.1');
    const request = new Request('http://x/v1/decisions/stream?startup=true', {
      headers: { 'x-api-key': KEY },
    });
    await (await lapi(request, HERE)).body?.cancel();
    expect((await get('/v1/decisions/stream')).json().new).toHaveLength(1);
  });

  it('keeps nobody waiting while another one is sent everything', async () => {
    const { get, store, now } = await stand();
    const expiresAt = new Date(now().getTime() + 3_600_000);
    await store.addDecisions(
      Array.from({ length: 4000 }, (_, i) => ({
        ...{ id: `d${i}`, remediation: 'ban', startAt: now(), expiresAt, scenario: 'x', origin: 'list/x' },
        ...{ mode: 'live' as const, target: { scope: 'ip', value: `198.18.${i >> 8}.${i & 255}` } },
      })),
    );
    const ended: string[] = [];
    const all = get('/v1/decisions/stream?startup=true').then(({ text }) => {
      ended.push('everything');
      return JSON.parse(text);
    });
    await get('/v1/decisions?ip=198.18.0.1').then(() => ended.push('a question'));
    expect((await all).new).toHaveLength(4000);
    expect(ended).toEqual(['a question', 'everything']);
    expect((await get('/v1/decisions?scopes=range')).text).toBe('null');
    expect((await get('/v1/decisions?scopes=range,ip')).json()).toHaveLength(4000);
  });

  it('is not moved on by a question for its head alone', async () => {
    const { ask, get, ban } = await stand();
    await get('/v1/decisions/stream?startup=true');
    await ban('d1', '192.0.2.1');
    const head = await ask('HEAD', '/v1/decisions/stream', { headers: { 'x-api-key': KEY } });
    expect([head.status, head.text]).toEqual([200, '']);
    expect((await get('/v1/decisions/stream')).json().new).toHaveLength(1);
  });

  it('has scopes, origins and scenarios as asked for, and nothing that is simulated', async () => {
    const { get, ban } = await stand();
    await ban('d1', '192.0.2.1', { origin: 'list/tor', scenario: 'tor exits' });
    await ban('d2', '192.0.2.2', { scenario: 'crowdsecurity/SSH-bf', origin: 'scenario' });
    await ban('d3', 'FR', { target: { scope: 'country', value: 'FR' } });
    await ban('d4', '192.0.2.4', { mode: 'simulated' });
    const ids = async (query: string): Promise<readonly string[]> => {
      const { new: found } = (await get(`/v1/decisions/stream?startup=true${query}`)).json();
      return (found ?? []).map(({ uuid }: { uuid: string }) => uuid);
    };
    expect(await ids('')).toEqual(['d1', 'd2']);
    expect(await ids('&scopes=country')).toEqual(['d3']);
    expect(await ids('&origins=lists:tor')).toEqual(['d1']);
    expect(await ids('&origins=lists')).toEqual(['d1']);
    expect(await ids('&origins=crowdsec,cscli')).toEqual(['d2']);
    expect(await ids('&scenarios_containing=ssh')).toEqual(['d2']);
    expect(await ids('&scenarios_not_containing=ssh,bf')).toEqual(['d1']);
  });

  it('goes page by page when there is much', async () => {
    const { get, store, now } = await stand();
    const many = Array.from({ length: 5000 }, (_, i) => ({
      ...{ id: `d${i}`, target: { scope: 'ip', value: `198.18.${i >> 8}.${i & 255}` }, remediation: 'ban' },
      ...{ startAt: now(), expiresAt: new Date(now().getTime() + HOUR), scenario: 'x', origin: 'operator' },
      mode: 'live' as const,
    }));
    await get('/v1/decisions/stream?startup=true');
    await store.addDecisions(many);
    expect((await get('/v1/decisions/stream?startup=true')).json().new).toHaveLength(5000);
    expect((await get('/v1/decisions')).json()).toHaveLength(5000);
    await store.liftDecisions({}, 'anna', 'all');
    const { new: started, deleted } = (await get('/v1/decisions/stream')).json();
    expect([started, deleted.length]).toEqual([null, 5000]);
  });
});

describe('a question about one value', () => {
  it('finds the ranges around an address, and what lies in a range', async () => {
    const { get, ban } = await stand();
    await ban('d1', '192.0.2.0/24');
    await ban('d2', '192.0.2.7');
    const ids = async (query: string): Promise<unknown> =>
      ((await get(`/v1/decisions?${query}`)).json() ?? []).map(({ uuid }: { uuid: string }) => uuid);
    expect(await ids('ip=192.0.2.7')).toEqual(['d1', 'd2']);
    expect(await ids('ip=192.0.2.8')).toEqual(['d1']);
    expect(await ids('range=192.0.2.0/25&contains=false')).toEqual(['d2']);
    expect(await ids('scope=Ip&value=192.0.2.7')).toEqual(['d2']);
    expect(await ids('type=captcha')).toEqual([]);
    expect(await ids('scope=range,ip')).toEqual(['d1', 'd2']);
    expect(await ids('limit=1')).toEqual(['d1']);
    expect(await ids('limit=5&offset=1')).toEqual(['d2']);
    expect(await ids('limit=1&id_gt=1')).toEqual(['d2']);
    expect(await ids('offset=2')).toEqual([]);
    const wrong = await get('/v1/decisions?ip=nonsense');
    expect([wrong.status, wrong.json().message]).toEqual([400, expect.stringContaining("'nonsense'")]);
  });
});

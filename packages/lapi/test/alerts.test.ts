import { describe, expect, it } from 'vitest';
import { NOON, sentAlert, stand } from './stand.ts';

describe('alerts that a machine sends', () => {
  it('are kept with what they say, and lead to decisions', async () => {
    const { as, get } = await stand();
    const sent = await as('POST', '/v1/alerts', [sentAlert('192.0.2.1'), sentAlert('2001:DB8::1')]);
    expect([sent.status, sent.text]).toEqual([201, '["1","2"]']);
    const one = (await as('GET', '/v1/alerts/1')).json();
    expect(one).toMatchObject({
      ...{ id: 1, machine_id: 'web1', capacity: 5, leakspeed: '10s', events_count: 6, simulated: false },
      ...{ start_at: '2026-03-01T11:59:00Z', stop_at: '2026-03-01T11:59:05Z', scenario_version: '0.4' },
      source: { scope: 'Ip', value: '192.0.2.1', cn: 'FR', latitude: 1.5 },
      events: [{ meta: [{ key: 'http_path', value: '/x' }], timestamp: '2026-03-01T11:59:00Z' }],
      decisions: [{ type: 'ban', value: '192.0.2.1', origin: 'crowdsec', scope: 'Ip', simulated: false }],
    });
    expect((await get('/v1/decisions?ip=2001:db8::1')).json()).toHaveLength(1);
  });

  it('sent again double nothing', async () => {
    const { as } = await stand();
    await as('POST', '/v1/alerts', [sentAlert('192.0.2.1')]);
    expect((await as('POST', '/v1/alerts', [sentAlert('192.0.2.1')])).text).toBe('["1"]');
    expect((await as('GET', '/v1/alerts')).json()).toHaveLength(1);
  });

  it('bring decisions of their own, as cscli does', async () => {
    const { as, get } = await stand();
    const decision = {
      duration: '4h',
      origin: 'cscli',
      scenario: 'by hand',
      scope: 'Range',
      type: 'captcha',
      value: '192.0.2.0/24',
    };
    const alert = sentAlert('192.0.2.0/24', { decisions: [decision], scenario: 'by hand' });
    await as('POST', '/v1/alerts', [{ ...alert, source: { scope: 'Range', value: '192.0.2.0/24' } }]);
    expect((await get('/v1/decisions?ip=192.0.2.9')).json()).toEqual([
      expect.objectContaining({
        type: 'captcha',
        origin: 'cscli',
        scope: 'Range',
        value: '192.0.2.0/24',
        duration: '4h0m0s',
      }),
    ]);
    const again = (await as('POST', '/v1/alerts', [alert])).json();
    expect(again).toEqual(['2']);
  });

  it('bring a whole list, as cscli imports one, or are refused with what is wrong in it', async () => {
    const { as, get } = await stand();
    const list = Array.from({ length: 1500 }, (_, i) => ({
      ...{ duration: '4h', origin: 'cscli-import', scenario: 'manual', scope: 'Ip', type: 'ban' },
      value: `198.18.${i >> 8}.${i & 255}`,
    }));
    const alert = sentAlert('', { scenario: 'import', source: { scope: '', value: '' } });
    const wrong = list.map((one, i) => (i === 700 ? { ...one, value: 'no address' } : one));
    const refused = await as('POST', '/v1/alerts', [{ ...alert, decisions: wrong }]);
    expect([refused.status, refused.json().message]).toEqual([
      400,
      'validation failure list:\n0.decisions.700.value in body is no Ip: no address',
    ]);
    expect((await get('/v1/decisions')).text).toBe('null');
    expect((await as('POST', '/v1/alerts', [{ ...alert, decisions: list }])).status).toBe(201);
    expect((await get('/v1/decisions/stream?startup=true')).json().new).toHaveLength(1500);
    const { type: _, ...unsaid } = list[0]!;
    const missing = await as('POST', '/v1/alerts', [{ ...alert, decisions: [list[1], unsaid] }]);
    expect(missing.json().message).toContain('0.decisions.1.type in body is required');
  });

  it('are refused whole with what is missing', async () => {
    const { as } = await stand();
    const empty = await as('POST', '/v1/alerts', [{}]);
    expect([empty.status, empty.json().message.split('\n')]).toEqual([
      400,
      expect.arrayContaining([
        'validation failure list:',
        '0.scenario in body is required',
        '0.source in body is required',
      ]),
    ]);
    const { start_at: _, ...without } = sentAlert('192.0.2.1');
    expect((await as('POST', '/v1/alerts', [sentAlert('192.0.2.1'), without])).json().message).toBe(
      'validation failure list:\n1.start_at in body is required',
    );
    expect((await as('GET', '/v1/alerts')).text).toBe('null');
    expect((await as('POST', '/v1/alerts', [])).text).toBe('[]');
    const late = sentAlert('192.0.2.1', { stop_at: 'tomorrow' });
    expect((await as('POST', '/v1/alerts', [late])).status).toBe(400);
    const wrong = {
      duration: 'soon',
      origin: 'cscli',
      scenario: 'x',
      scope: 'Ip',
      type: 'ban',
      value: '192.0.2.1',
    };
    expect((await as('POST', '/v1/alerts', [sentAlert('192.0.2.1', { decisions: [wrong] })])).status).toBe(
      400,
    );
  });

  it('from a clock that is ahead are known now', async () => {
    const { as, store } = await stand();
    await as('POST', '/v1/alerts', [sentAlert('192.0.2.1', { stop_at: '2027-01-01T00:00:00Z' })]);
    expect((await store.findAlert(1))?.knownAt).toEqual(NOON);
  });
});

describe('alerts that are asked for', () => {
  it('are found by what they are about', async () => {
    const { as, ban } = await stand();
    await as('POST', '/v1/alerts', [
      sentAlert('192.0.2.1'),
      sentAlert('198.51.100.2', { scenario: 'crowdsecurity/ssh-bf', remediation: false }),
    ]);
    await ban('33333333-0000-4000-8000-000000000000', '203.0.113.5');
    const values = async (query: string): Promise<unknown> =>
      ((await as('GET', `/v1/alerts?${query}`)).json() ?? []).map(
        (one: { source: { value: string } }) => one.source.value,
      );
    expect(await values('')).toEqual(['198.51.100.2', '192.0.2.1']);
    expect(await values('scenario=crowdsecurity/ssh-bf')).toEqual(['198.51.100.2']);
    expect(await values('range=192.0.2.0/24&contains=false')).toEqual(['192.0.2.1']);
    expect(await values('range=192.0.2.0/24')).toEqual([]);
    expect(await values('ip=192.0.2.1')).toEqual(['192.0.2.1']);
    expect(await values('scope=ip&value=192.0.2.1')).toEqual(['192.0.2.1']);
    expect(await values('since=1h')).toHaveLength(2);
    expect(await values('until=1h')).toEqual([]);
    expect(await values('limit=1')).toHaveLength(1);
    expect(await values('sort=ASC&limit=0')).toEqual(['192.0.2.1', '198.51.100.2']);
    expect(await values('has_active_decision=false')).toEqual(['198.51.100.2']);
    expect(await values('kind=crowdsec&with_decisions=false')).toHaveLength(2);
    expect(await values('kind=waf')).toEqual([]);
    expect(await values('decision_type=ban')).toEqual(['192.0.2.1']);
    // What `cscli decisions list` asks: the decision that an operator made is among them.
    expect(await values('has_active_decision=true&include_capi=false&limit=100')).toEqual([
      '192.0.2.1',
      '203.0.113.5',
    ]);
    expect(await values('has_active_decision=true&kind=cscli')).toEqual(['203.0.113.5']);
    expect(await values('has_active_decision=true&limit=1')).toEqual(['192.0.2.1']);
    const unknown = await as('GET', '/v1/alerts?colour=red');
    expect([unknown.status, unknown.json().message]).toEqual([
      400,
      expect.stringContaining("'colour' is unknown"),
    ]);
    for (const wrong of ['since=zz', 'limit=-1', 'contains=maybe', 'has_active_decision=1', 'ip=here'])
      expect((await as('GET', `/v1/alerts?${wrong}`)).status, wrong).toBe(400);
    expect((await as('GET', '/v1/alerts/99')).status).toBe(404);
    expect((await as('GET', '/v1/alerts/xx')).status).toBe(400);
  });

  it('are found by an address that a decision on a range holds', async () => {
    const { as, ban } = await stand();
    const range = { scope: 'Range', value: '192.0.2.0/24' };
    const decision = { ...range, duration: '4h', origin: 'cscli', scenario: 'by hand', type: 'ban' };
    await as('POST', '/v1/alerts', [sentAlert('', { source: range, decisions: [decision] })]);
    const list = sentAlert('', {
      source: { scope: '', value: '' },
      decisions: [{ ...decision, value: '198.51.100.0/24' }],
    });
    await as('POST', '/v1/alerts', [list]);
    await ban('d1', '203.0.113.0/24');
    // As `cscli decisions list --ip` and `--range` with `--contained` ask.
    const found = async (query: string): Promise<unknown> =>
      ((await as('GET', `/v1/alerts?has_active_decision=true&${query}`)).json() ?? []).map(
        (one: { decisions: { value: string }[] }) => one.decisions.map(({ value }) => value),
      );
    expect(await found('ip=192.0.2.9')).toEqual([['192.0.2.0/24']]);
    expect(await found('ip=198.51.100.9')).toEqual([['198.51.100.0/24']]);
    expect(await found('ip=203.0.113.9')).toEqual([['203.0.113.0/24']]);
    expect(await found('range=192.0.0.0/16&contains=false')).toEqual([['192.0.2.0/24']]);
    expect(await found('range=192.0.0.0/16')).toEqual([]);
  });

  it('leave out what others have told us of, unless that is asked for', async () => {
    const { as, ban } = await stand();
    await ban('d1', '192.0.2.1', { origin: 'list/tor' });
    await ban('d2', '192.0.2.2', { origin: 'community' });
    await ban('d3', '192.0.2.3');
    const active = async (query: string): Promise<unknown> =>
      ((await as('GET', `/v1/alerts?has_active_decision=true${query}`)).json() ?? []).map(
        (one: { source: { value: string } }) => one.source.value,
      );
    expect(await active('&include_capi=false')).toEqual(['192.0.2.3']);
    expect(await active('&include_capi=true')).toEqual(['192.0.2.3', '192.0.2.2', '192.0.2.1']);
    expect(await active('&include_capi=false&origin=lists')).toEqual(['192.0.2.1']);
  });

  it('come with all that was decided on them, and are deleted with it', async () => {
    const { as, store, lifted } = await stand();
    const list = Array.from({ length: 1500 }, (_, i) => ({
      ...{ duration: '4h', origin: 'cscli-import', scenario: 'manual', scope: 'Ip', type: 'ban' },
      value: `198.18.${i >> 8}.${i & 255}`,
    }));
    await as('POST', '/v1/alerts', [sentAlert('', { source: { scope: '', value: '' }, decisions: list })]);
    const [one, ...others] = (await as('GET', '/v1/alerts')).json();
    expect([one.decisions.length, others]).toEqual([1500, []]);
    expect((await as('GET', '/v1/alerts/1')).json()).toEqual(one);
    expect((await as('DELETE', '/v1/alerts')).text).toBe('{"nbDeleted":"1"}');
    expect([lifted.length, await store.countDecisions({ activeAt: NOON })]).toEqual([1500, 0]);
  });

  it('are deleted with what was decided on them, from this machine only', async () => {
    const { as, get, lifted, ask } = await stand();
    await as('POST', '/v1/alerts', [sentAlert('192.0.2.1'), sentAlert('192.0.2.2')]);
    expect((await as('DELETE', '/v1/alerts?ip=192.0.2.1')).text).toBe('{"nbDeleted":"1"}');
    expect(lifted.map(({ target }) => target.value)).toEqual(['192.0.2.1']);
    expect((await get('/v1/decisions?ip=192.0.2.1')).text).toBe('null');
    expect((await as('DELETE', '/v1/alerts/2')).text).toBe('{"nbDeleted":"1"}');
    expect((await as('DELETE', '/v1/alerts/2')).status).toBe(404);
    const body = JSON.stringify({ machine_id: 'web1', password: 'secret' });
    const { token } = (await ask('POST', '/v1/watchers/login', { body })).json();
    const far = { headers: { authorization: `Bearer ${token}` }, peer: { ip: '192.0.2.99' } };
    expect((await ask('DELETE', '/v1/alerts', far)).status).toBe(403);
  });
});

describe('decisions', () => {
  it('are lifted by number and by filter', async () => {
    const { as, ban, lifted } = await stand();
    await ban('d1', '192.0.2.1');
    await ban('d2', '192.0.2.0/24');
    expect((await as('DELETE', '/v1/decisions/99')).status).toBe(404);
    expect((await as('DELETE', '/v1/decisions/x')).status).toBe(400);
    expect((await as('DELETE', '/v1/decisions/1')).text).toBe('{"nbDeleted":"1"}');
    expect((await as('DELETE', '/v1/decisions?ip=192.0.2.1')).text).toBe('{"nbDeleted":"1"}');
    expect(lifted.map(({ id }) => id)).toEqual(['d1', 'd2']);
    expect((await as('DELETE', '/v1/decisions?colour=red')).status).toBe(400);
  });
});

describe('allowlists', () => {
  it('are shown, and say what is on them', async () => {
    const { as, store, ask, pass } = await stand();
    await store.addToAllowlist([{ list: 'office', value: '192.0.2.0/24', comment: 'our office' }], 'anna');
    expect((await as('GET', '/v1/allowlists?with_content=true')).json()).toEqual([
      expect.objectContaining({
        name: 'office',
        items: [expect.objectContaining({ value: '192.0.2.0/24' })],
      }),
    ]);
    expect((await as('GET', '/v1/allowlists/office')).json().items).toHaveLength(1);
    expect((await as('GET', '/v1/allowlists/none')).status).toBe(404);
    expect((await as('GET', '/v1/allowlists/check/192.0.2.7')).json()).toEqual({
      ...{ allowlisted: true, reason: '192.0.2.0/24 from office (our office)' },
    });
    expect((await as('GET', '/v1/allowlists/check/192.0.2.0/25')).json().allowlisted).toBe(true);
    expect((await as('GET', '/v1/allowlists/check/192.0.3.7')).json()).toEqual({ allowlisted: false });
    expect((await as('HEAD', '/v1/allowlists/check/192.0.3.7')).status).toBe(204);
    expect((await as('GET', '/v1/allowlists/check/zz')).status).toBe(400);
    expect(
      (await as('POST', '/v1/allowlists/check', { targets: ['192.0.2.7', '192.0.3.7'] })).json(),
    ).toEqual({
      results: [{ target: '192.0.2.7', allowlists: ['192.0.2.0/24 from office'] }],
    });
    expect((await as('POST', '/v1/allowlists/check', { targets: [] })).status).toBe(400);
    const until = new Date(NOON.getTime() + 1000);
    await store.addToAllowlist(
      [{ list: 'short', value: '198.51.100.1', comment: '', expiresAt: until }],
      'anna',
    );
    expect((await as('GET', '/v1/allowlists')).json()).toHaveLength(2);
    pass(1000);
    expect((await as('GET', '/v1/allowlists')).json()).toHaveLength(1);
    expect((await as('GET', '/v1/allowlists/short')).status).toBe(404);
    expect((await ask('GET', '/v1/allowlists')).status).toBe(401);
  });
});

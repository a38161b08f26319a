// Those who guess, flood and come with wrong clocks: what they are told, and what they cannot learn.

import { StoreError } from '@parapet/store';
import { describe, expect, it } from 'vitest';
import { KEY, sentAlert, stand, type Asked, type Stand } from './stand.ts';

const body = (machine_id: string, password: string): string => JSON.stringify({ machine_id, password });

function guesser({ ask }: Stand) {
  return (name: string, password: string, ip: string): Promise<Asked> =>
    ask('POST', '/v1/watchers/login', { body: body(name, password), peer: { ip } });
}

describe('which machines there are', () => {
  it('is not told by an answer: not to a wrong password, not before a machine is admitted', async () => {
    const here = await stand();
    const guess = guesser(here);
    await here.ask('POST', '/v1/watchers', { body: body('waiting', 'its password') });
    const answers = [
      await guess('web1', 'wrong', '192.0.2.1'),
      await guess('nobody', 'wrong', '192.0.2.2'),
      await guess('waiting', 'wrong', '192.0.2.3'),
    ];
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`))).toEqual(
      new Set(['401 {"code":401,"message":"incorrect Username or Password"}']),
    );
    const headers = answers.map((answer) => JSON.stringify([...answer.headers]));
    expect(new Set(headers).size).toBe(1);
  });

  it('is not told by the time that an answer takes: names that are not there wait for the same work', async () => {
    const here = await stand();
    const guess = guesser(here);
    // As many as may wait do; whoever needs a password checked is sent away, whether there is such a machine or not.
    const flood = Promise.all(Array.from({ length: 66 }, (_, i) => guess('web1', 'x', `198.51.100.${i}`)));
    const known = guess('web1', 'wrong', '192.0.2.1');
    const absent = guess('nobody', 'wrong', '192.0.2.2');
    expect([(await known).status, (await absent).status]).toEqual([429, 429]);
    expect((await absent).text).toBe((await known).text);
    expect((await flood).map(({ status }) => status)).toEqual(Array(66).fill(401));
  });

  it('is not told by a token of a machine that was removed', async () => {
    const { as, store } = await stand();
    expect((await as('GET', '/v1/heartbeat')).status).toBe(200);
    await store.clients.removeMachine('web1');
    expect((await as('GET', '/v1/heartbeat')).json().message).toBe('signature is invalid');
  });
});

describe('who guesses', () => {
  it('is slowed whatever he guesses: names, keys and registration tokens count together', async () => {
    const here = await stand();
    const guess = guesser(here);
    const peer = { ip: '192.0.2.9' };
    const key = (i: number): Promise<Asked> =>
      here.ask('GET', '/v1/decisions', { peer, headers: { 'x-api-key': `guess-${i}` } });
    const token = (i: number): Promise<Asked> =>
      here.ask('POST', '/v1/watchers', {
        peer,
        body: JSON.stringify({ machine_id: `m${i}`, password: 'p', registration_token: 'guess' }),
      });
    for (let i = 0; i < 3; i++) {
      expect((await guess(`name-${i}`, 'x', peer.ip)).status).toBe(401);
      expect((await key(i)).status).toBe(403);
      expect((await token(i)).status).toBe(401);
    }
    for (const i of [7, 8]) expect((await key(i)).status).toBe(403);
    const answers = [await guess('web1', 'secret', peer.ip), await key(9), await token(9)];
    expect(answers.map(({ status }) => status)).toEqual([429, 429, 429]);
    expect(Number(answers[0]!.headers.get('retry-after'))).toBeGreaterThan(0);
    // A right key is refused from there as well, or a guess that fits would be seen among the refusals.
    expect((await here.get('/v1/decisions', { peer })).status).toBe(429);
    expect((await here.get('/v1/decisions')).status).toBe(200);
  });

  it('keeps out nobody who has come from the same address before', async () => {
    const here = await stand();
    const guess = guesser(here);
    expect((await here.get('/v1/decisions')).status).toBe(200);
    expect((await guess('web1', 'secret', '127.0.0.1')).status).toBe(200);
    for (let i = 0; i < 40; i++)
      await here.ask('GET', '/v1/decisions', { headers: { 'x-api-key': `old-${i}` } });
    expect((await guess('web1', 'wrong', '127.0.0.1')).status).toBe(429);
    expect((await here.get('/v1/decisions')).status).toBe(200);
    expect((await guess('web1', 'secret', '127.0.0.1')).status).toBe(200);
    await here.lapi.flush();
    here.pass(5000);
    expect((await here.get('/v1/decisions')).status).toBe(200);
  });

  it('gets one try every six seconds from then on', async () => {
    const here = await stand();
    const guess = guesser(here);
    let tries = 0;
    for (let second = 0; second < 60; second++) {
      if ((await guess('web1', `x${second}`, '192.0.2.9')).status === 401) tries++;
      here.pass(1000);
    }
    expect(tries).toBeGreaterThanOrEqual(15);
    expect(tries).toBeLessThanOrEqual(21);
  });
});

describe('a clock that is wrong', () => {
  it('of ours that is set back makes tokens wait, and a new login is good at once', async () => {
    const { ask, as, pass } = await stand();
    expect((await as('GET', '/v1/heartbeat')).status).toBe(200);
    pass(-3_600_000);
    const early = await as('GET', '/v1/heartbeat');
    expect([early.status, early.json().message]).toEqual([401, 'Token used before issued']);
    const { token } = (await ask('POST', '/v1/watchers/login', { body: body('web1', 'secret') })).json();
    const again = await ask('GET', '/v1/heartbeat', { headers: { authorization: `Bearer ${token}` } });
    expect(again.status).toBe(200);
  });

  it('of ours that is set back locks no bouncer and no machine out', async () => {
    const { get, ask, pass, ban } = await stand();
    for (let i = 0; i < 30; i++) await ask('GET', '/v1/decisions', { headers: { 'x-api-key': 'wrong' } });
    expect((await get('/v1/decisions')).status).toBe(429);
    pass(-86_400_000);
    expect((await get('/v1/decisions')).status).toBe(429);
    pass(62_000);
    await ban('a', '192.0.2.1');
    expect((await get('/v1/decisions/stream?startup=true')).json().new).toHaveLength(1);
  });

  it('of an agent makes no decision that begins in the future, and none that is over already', async () => {
    const { as, get, store, now } = await stand();
    const far = { start_at: '2031-01-01T00:00:00Z', stop_at: '2031-01-01T00:00:00Z' };
    const long = { start_at: '1999-01-01T00:00:00Z', stop_at: '1999-01-01T00:00:00Z' };
    const sent = await as('POST', '/v1/alerts', [sentAlert('192.0.2.1', far), sentAlert('192.0.2.2', long)]);
    expect([sent.status, sent.json().length]).toEqual([201, 2]);
    for (const { startAt } of await store.listDecisions({})) expect(startAt <= now()).toBe(true);
    expect((await get('/v1/decisions?ip=192.0.2.1')).json()).toHaveLength(1);
    expect((await get('/v1/decisions?ip=192.0.2.2')).json()).toHaveLength(1);
  });
});

describe('what is sent while the store cannot be written', () => {
  it('is refused with 503, and counts once when it is sent again', async () => {
    const { as, get, ban, store } = await stand();
    await ban('a', '192.0.2.7');
    await as('GET', '/v1/heartbeat');
    const flush = store.flush.bind(store);
    store.flush = async () => {
      throw new StoreError('E_STORE_FULL', 'here');
    };
    const alerts = [sentAlert('192.0.2.1'), sentAlert('192.0.2.2')];
    const refused = await as('POST', '/v1/alerts', alerts);
    expect([refused.status, refused.text.includes('here')]).toEqual([503, false]);
    // Bouncers are told what is in force all the same.
    expect((await get('/v1/decisions/stream?startup=true')).status).toBe(200);
    store.flush = flush;
    expect((await as('POST', '/v1/alerts', alerts)).status).toBe(201);
    expect(await store.countAlerts({})).toBe(2);
  });
});

describe('bodies that are no bodies', () => {
  it('get 4xx wherever they are sent, and are not told what failed inside', async () => {
    const { ask } = await stand();
    const login = await ask('POST', '/v1/watchers/login', { body: body('web1', 'secret') });
    const headers = { authorization: `Bearer ${login.json().token}` };
    const bodies = ['', '{', '[[[[', 'null', '"x"', '\0\0', '{"__proto__":{"isValidated":true}}'];
    const targets = ['/v1/alerts', '/v1/allowlists/check', '/v1/usage-metrics', '/v1/watchers'];
    for (const target of [...targets, '/v1/watchers/login'])
      for (const text of bodies) {
        const peer = { ip: '' };
        const { status } = await ask('POST', target, { body: text, headers, peer });
        expect([target, text, status >= 400 && status < 500]).toEqual([target, text, true]);
      }
    const deep = `[${'['.repeat(200_000)}${']'.repeat(200_000)}]`;
    expect((await ask('POST', '/v1/alerts', { body: deep, headers })).status).toBe(400);
    const wide = await ask('POST', '/v1/alerts', { headers: { ...headers, 'content-length': '99999999' } });
    expect(wide.status).toBe(413);
    expect((await ask('GET', '/v1/decisions', { headers: { 'x-api-key': KEY } })).status).toBe(200);
  });
});

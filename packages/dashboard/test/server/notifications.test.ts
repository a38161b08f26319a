import { describe, expect, it } from 'vitest';
import { testSite } from './site.ts';

const RULE = {
  channels: ['owner'],
  severity: 'high',
  about: ['attacks'],
  scenarios: [],
  inQuietHours: false,
};

describe('notifications', () => {
  it('are tried out, and the try is written down with who made it', async () => {
    const site = await testSite();
    const operator = await site.somebody('operator');
    const tried = await operator.post('/data/notifications/test', { channel: 'owner' });
    expect(tried.body).toEqual({ sent: [{ target: 'me', isDelivered: true, answer: '250' }] });
    expect((await operator.post('/data/notifications/test', { channel: 'nobody' })).status).toBe(404);
    const acts = (await site.store.audit.list({})).map(({ act, target }) => [act, target]);
    expect(acts.at(-1)).toEqual(['notifications.test', 'owner']);
  });

  it('have rules that are made and taken away here', async () => {
    const site = await testSite();
    const operator = await site.somebody('operator');
    const rulesOf = async (): Promise<unknown> => (await operator.get('/data/notifications')).body['rules'];
    expect((await operator.post('/data/notifications/rules', RULE)).status).toBe(200);
    expect(await rulesOf()).toMatchObject([{ id: 'r1', severity: 'high' }]);
    expect((await operator.post('/data/notifications/rules', { ...RULE, channels: ['x'] })).status).toBe(404);
    for (const odd of [{ severity: 'worst' }, { about: [] }, { channels: [] }, { more: 1 }])
      expect((await operator.post('/data/notifications/rules', { ...RULE, ...odd })).status).toBe(422);
    expect((await operator.post('/data/notifications/rules/remove', { id: 'r2' })).status).toBe(404);
    expect((await operator.post('/data/notifications/rules/remove', { id: 'r1' })).status).toBe(200);
    expect(await rulesOf()).toEqual([]);
  });

  it('are not for those who only look: receivers are people', async () => {
    const viewer = await (await testSite()).somebody('viewer');
    expect((await viewer.get('/data/notifications')).status).toBe(403);
  });
});

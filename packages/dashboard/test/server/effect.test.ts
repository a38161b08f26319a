import { describe, expect, it } from 'vitest';
import { testSite } from './site.ts';

const WISH = { remediation: 'ban', duration: '4h', reason: '' };

describe('whom a decision would hit', () => {
  it('is said before it is made: who logged in, what covers it, what lies inside, and oneself', async () => {
    const site = await testSite();
    const operator = await site.somebody('operator');
    await operator.post('/data/decisions', { ...WISH, value: '198.18.0.5' });
    await operator.post('/data/decisions', { ...WISH, value: '192.0.2.0/24', force: true });
    const reach = async (...values: string[]): Promise<unknown> =>
      (await operator.post('/data/decisions/effect', { values })).body;
    expect(await reach('198.18.7.0/24')).toMatchObject({
      ...{ targets: 1, covered: 0, inside: 0, isYou: false, doubtfulCount: 0 },
      visits: { logins: 3, examples: ['198.18.7.9'] },
    });
    expect(await reach('198.18.0.0/16')).toMatchObject({ inside: 1, covered: 0 });
    // The test's browser is at 192.0.2.1.
    expect(await reach('192.0.2.1', '198.18.0.5')).toMatchObject({ targets: 2, covered: 2, isYou: true });
    expect(await reach('10.0.0.1', 'nonsense')).toMatchObject({
      ...{ targets: 1, doubtfulCount: 2 },
      doubtful: [{ value: '10.0.0.1' }, { value: 'nonsense' }],
    });
  });

  it('says in the language of who asks why somebody should be spared', async () => {
    const site = await testSite();
    const operator = await site.somebody('operator');
    const german = { 'accept-language': 'de' };
    const asked = await operator.post('/data/decisions/effect', { values: ['10.0.0.1', 'nonsense'] }, german);
    const [own, wrong] = asked.body['doubtful'] as readonly { readonly why: string }[];
    expect(own!.why).toMatch(/^10\.0\.0\.1 ist privat, lokal oder reserviert/);
    expect(wrong!.why).toBe('nonsense ist keine Adresse');
    const refused = await operator.post('/data/decisions', { ...WISH, value: '10.0.0.1' }, german);
    expect(refused.body['values']).toEqual({ why: own!.why });
  });

  it('counts people who wrote, and has to be confirmed when it hits some', async () => {
    const site = await testSite();
    const operator = await site.somebody('operator');
    await site.store.addAppeal({
      ...{ site: '', recordId: '', ip: '198.51.100.77', email: '', language: 'en', message: 'please' },
      at: new Date(site.nowMs),
    });
    const wish = { ...WISH, value: '198.51.100.77' };
    const refused = await operator.post('/data/decisions', wish);
    expect([refused.status, refused.body['code']]).toEqual([409, 'E_DASHBOARD_HITS_PEOPLE']);
    expect(refused.body['values']).toEqual({ n: 1 });
    expect((await operator.post('/data/decisions', { ...wish, force: true })).status).toBe(200);
  });
});

describe('a list', () => {
  it('is decided on as far as nothing speaks against it, in one entry of the audit log', async () => {
    const site = await testSite();
    const operator = await site.somebody('operator');
    const values = ['198.18.0.1', '198.18.0.1', '198.18.1.0/24', '10.0.0.1', 'nonsense'];
    const { status, body } = await operator.post('/data/decisions/import', { ...WISH, values });
    expect(status).toBe(200);
    expect(body).toMatchObject({ refusedCount: 2, refused: [{ value: '10.0.0.1' }, { value: 'nonsense' }] });
    expect((body['decisions'] as readonly { value: string }[]).map(({ value }) => value)).toEqual([
      '198.18.0.1',
      '198.18.1.0/24',
    ]);
    expect(await site.store.countDecisions({ activeAt: new Date(site.nowMs) })).toBe(2);
    const entries = await site.store.audit.list({}, {});
    expect(entries.filter(({ act }) => act === 'decision.import')).toMatchObject([
      { details: { made: 2, refused: 2 } },
    ]);
  });

  it('on which people are is not decided on before somebody has looked; what is to be spared is spared', async () => {
    const site = await testSite();
    const operator = await site.somebody('operator');
    const list = { ...WISH, values: ['198.18.7.0/24', '10.0.0.1'] };
    expect((await operator.post('/data/decisions/import', list)).body['code']).toBe(
      'E_DASHBOARD_HITS_PEOPLE',
    );
    expect(await site.store.countDecisions({})).toBe(0);
    const forced = await operator.post('/data/decisions/import', { ...list, force: true });
    expect(forced.body).toMatchObject({ refusedCount: 1, refused: [{ value: '10.0.0.1' }] });
  });

  it('has an end', async () => {
    const operator = await (await testSite()).somebody('operator');
    const values = Array.from({ length: 501 }, (_, i) => `198.18.${i >> 8}.${i & 255}`);
    expect((await operator.post('/data/decisions/import', { ...WISH, values })).status).toBe(422);
    expect((await operator.post('/data/decisions/effect', { values })).status).toBe(422);
  });
});

import { SiteDesk } from '../../src/up/siteDesk.ts';
import { describe, expect, it } from 'vitest';
import { newSite, NOON, type Site } from './run.ts';

const HOUR_MS = 3_600_000;

/** A site where /shop?page=N was asked for by many, and one name that is not for terminals. */
async function learnedSite(): Promise<Site> {
  const site = newSite();
  await site.withStore(async (store) => {
    const start = NOON.getTime();
    const desk = new SiteDesk({
      store,
      secret: new Uint8Array(32).fill(7),
      nowMs: () => start,
      onNote: () => {},
      policy: () => ({ sites: [] }),
      chosen: () => ({}),
      onKnowledge: () => {},
    });
    await desk.open();
    const part = { place: 'query', type: 1, alphabet: 2, length: 1, valueHash: 1, logOdds: -9 };
    for (let hour = 0; hour < 4; hour++)
      for (let n = 1; n < 9; n++)
        desk.sample('main', {
          ...{ atMs: start + hour * HOUR_MS, route: '/shop', source: n * 77, network: n * 77 },
          ...{ isVouched: false, parts: [{ ...part, name: 'page' }] },
        });
    desk.sample('main', {
      ...{ atMs: start, route: '/shop', source: 5, network: 5, isVouched: false },
      parts: [{ ...part, name: 'a\u001B[31mb' }],
    });
    await desk.close();
  }, 'engine');
  return site;
}

describe('parapet inspections learned', () => {
  it('shows parameters with what is usual for them', async () => {
    const site = await learnedSite();
    const { out, code } = await site.run('inspections learned');
    expect(code).toBe(0);
    expect(out).toMatch(/^Site main\n/);
    expect(out).toMatch(/\/shop +query page +yes +32 /);
    expect(out).toMatch(/\d+ parameters, 2 of them known well enough to count\.\n/);
    expect(out).not.toContain('\u001B[31m');
  });

  it('chooses by route and name, and gives programs all of it', async () => {
    const site = await learnedSite();
    const { out } = await site.run('inspections learned --route /shop --parameter page --json');
    expect(JSON.parse(out)).toMatchObject([
      { site: 'main', parameters: [{ route: '/shop', name: 'page', isKnown: true }], templates: [] },
    ]);
    const raw = await site.run('inspections learned --parameter page -o raw');
    expect(raw.out.trimEnd().split('\n')).toHaveLength(2);
  });

  it('says when nothing was learned', async () => {
    const site = newSite();
    await site.withStore(() => Promise.resolve(), 'engine');
    expect(await site.run('inspections learned')).toMatchObject({
      out: 'Nothing was learned yet.\n',
      code: 1,
    });
  });
});

describe('parapet inspections forget', () => {
  it('asks the engine, which forgets when it is there', async () => {
    const site = await learnedSite();
    const { out, code } = await site.run('inspections forget --parameter page --route /shop');
    expect(code).toBe(0);
    expect(out).toMatch(
      /^What was learned of the parameter of the site main will be forgotten\. No engine is/,
    );
    const asked = await site.withStore((store) => store.inspections.toForget());
    expect(asked).toEqual([{ site: 'main', what: { kind: 'parameter', name: 'page', route: '/shop' } }]);
  });

  it('refuses what is not there, and what is not said', async () => {
    const site = await learnedSite();
    expect(await site.run('inspections forget --parameter nothing')).toMatchObject({ code: 1 });
    expect(await site.run('inspections forget --template t0')).toMatchObject({ code: 1 });
    for (const line of ['', '--all --normal', '--all --site other']) {
      const { err, code } = await site.run(`inspections forget ${line}`.trim());
      expect(code).toBe(2);
      expect(err).toMatch(/E_CLI_FORGET|E_CLI_SITE_UNKNOWN/);
    }
    expect(await site.withStore((store) => store.inspections.toForget())).toEqual([]);
  });
});

// The ways back in, and what keeps an operator from being locked out.
import { parseIp } from '@parapet/kinds';
import { describe, expect, it } from 'vitest';
import { newSite, NOON, sampleAlert, sampleDecision, type Site } from './run.ts';

const RECORD = '1a2b3c4d';
const ID = `${RECORD}-0000-4000-8000-000000000000`;
const NEIGHBOUR = `${RECORD}-1111-4000-8000-000000000000`;

async function bannedSite(): Promise<Site> {
  const site = newSite();
  await site.withStore(async (store) => {
    store.record({
      alerts: [sampleAlert('a1', '192.0.2.7')],
      decisions: [sampleDecision(ID, '192.0.2.7', { alertId: 'a1' })],
    });
    await store.flush();
  });
  return site;
}

async function operatorSite(): Promise<Site> {
  const site = newSite();
  await site.withStore((store) =>
    store.sawOperator({
      site: 'main',
      who: 'ada',
      ip: parseIp('192.0.2.7')!,
      kind: 'operator',
      at: new Date(NOON.getTime() - 1_200_000),
    }),
  );
  return site;
}

describe('the record of a block page', () => {
  it('is all that unban needs', async () => {
    const site = await bannedSite();
    const { out, code } = await site.run('unban 1A2B3C4D');
    expect(out).toContain('192.0.2.7 is free: ban until 2026-03-01 16:00:00 ended (#1).');
    expect(code).toBe(0);
    expect((await site.run(`unban ${RECORD}`)).out).toBe(`Nothing is in force against ${RECORD}.\n`);
  });

  it('finds the decision and the alert behind it', async () => {
    const site = await bannedSite();
    expect(JSON.parse((await site.run(`decisions list --record ${RECORD} --json`)).out)).toMatchObject([
      { id: ID },
    ]);
    expect((await site.run(`alerts show ${RECORD}`)).out).toContain('#1  a1');
    expect((await site.run(`alerts show ${ID}`)).out).toContain('#1  a1');
    expect((await site.run('alerts show ffffffff')).code).toBe(1);
    expect((await site.run(`decisions delete ${RECORD}`)).code).toBe(0);
    expect((await site.run('decisions list --record xyz')).err).toContain('E_CLI_ID');
  });
});

describe('a decision that would lock an operator out', () => {
  it('is refused, with who and when, unless it is forced', async () => {
    const site = await operatorSite();
    const refused = await site.run('decisions add --range 192.0.2.0/24');
    expect(refused.err).toContain(
      'ada, whom the site trusts, was seen at 192.0.2.7 20m 00s ago: this would lock the operator out (E_CLI_SPARED)',
    );
    expect(refused.code).toBe(2);
    expect((await site.run('decisions add --scope user --value ada')).code).toBe(2);
    expect((await site.run('decisions add --ip 192.0.2.8')).code).toBe(0);
    expect((await site.run('decisions add --ip 192.0.2.7 --force')).code).toBe(0);
  });

  it('is left out of an import', async () => {
    const site = await operatorSite();
    site.write('list.txt', '192.0.2.7\n198.51.100.7\n');
    const { err, out, code } = await site.run('decisions import list.txt');
    expect(err).toContain('list.txt:1: ada, whom the site trusts');
    expect(out).toContain('1 added');
    expect(code).toBe(1);
    expect((await site.run('decisions import list.txt --force')).out).toContain('2 added');
  });

  it('is made again when the operator has not been seen for long', async () => {
    const site = newSite();
    await site.withStore((store) =>
      store.sawOperator({
        site: 'main',
        who: 'ada',
        ip: parseIp('192.0.2.7')!,
        kind: 'vouched',
        at: new Date(NOON.getTime() - 13 * 3_600_000),
      }),
    );
    expect((await site.run('decisions add --ip 192.0.2.7')).code).toBe(0);
  });
});

describe('operators', () => {
  it('are listed with where they were seen and whether they are spared', async () => {
    const site = await operatorSite();
    expect((await site.run('operators list')).out).toMatch(/ada +192\.0\.2\.7 +main +a one-time link .* yes/);
    expect(JSON.parse((await site.run('operators list --json')).out)).toMatchObject([
      { who: 'ada', isSpared: true },
    ]);
  });

  it('lose all trust at once', async () => {
    const site = await operatorSite();
    expect((await site.run('operators revoke')).out).toContain('All trust has ended.');
    expect(await site.withStore((store) => store.trustEpoch())).toBe(2);
    expect((await site.run('operators list')).code).toBe(1);
  });

  it('have a key for each site, which stays the same', async () => {
    const site = await operatorSite();
    const main = (await site.run('operators key')).out;
    expect(main).toMatch(/^[0-9a-f]{64}\n$/);
    expect((await site.run('operators key --site main')).out).toBe(main);
    expect((await site.run('operators key --site shop')).out).not.toBe(main);
  });
});

describe('a one-time link', () => {
  it('is printed for a site, with how long it works', async () => {
    const site = await bannedSite();
    const { out, code } = await site.run('unban --link --site https://shop.example.org:8443/x --for 5m');
    expect(out).toMatch(
      /Open this, until 2026-03-01 12:05:00; it works once:\n {2}https:\/\/shop\.example\.org:8443\/\.parapet\/in\/[\w-]{52}\n/,
    );
    expect(code).toBe(0);
    const again = await site.run('unban --link --site https://shop.example.org -o raw');
    expect(again.out).toMatch(/^https:\/\/shop\.example\.org\/\.parapet\/in\/[\w-]{52}\n$/);
  });

  it('goes together with lifting', async () => {
    const site = await bannedSite();
    const { out } = await site.run('unban 192.0.2.7 --link --json');
    expect(JSON.parse(out)).toMatchObject({
      lifted: [{ id: ID }],
      link: { url: expect.stringMatching(/^\/\.parapet\/in\//), host: '' },
    });
  });

  it('is not made for a day and a half, for no site, or where no store is', async () => {
    const site = await bannedSite();
    expect((await site.run('unban --link --for 36h')).err).toContain('E_CLI_PERIOD');
    expect((await site.run('unban --link --site ftp://x')).err).toContain('E_CLI_SITE');
    expect((await site.run('unban --link --data-dir elsewhere')).code).toBe(2);
    expect((await site.run('unban')).err).toContain('E_CLI_NOTHING_CHOSEN');
  });
});

describe('an appeal', () => {
  async function appealed(message = 'I only wanted to pay.\nPlease!'): Promise<Site> {
    const site = await bannedSite();
    await site.withStore(async (store) => {
      // The record of another decision begins alike.
      await store.addDecisions([sampleDecision(NEIGHBOUR, '203.0.113.5')]);
      await store.addAppeal({
        site: 'main',
        recordId: RECORD,
        ip: '192.0.2.7',
        message,
        email: 'bob@example.org',
        language: 'en',
        at: NOON,
      });
    });
    return site;
  }

  it('is listed and shown with what it is about and why that was', async () => {
    const site = await appealed();
    expect((await site.run('appeals list')).out).toMatch(
      /1 +2026-03-01 12:00:00 +192\.0\.2\.7 +1a2b3c4d +main +I only wanted to pay\. Please! +open/,
    );
    const { out } = await site.run('appeals show 1');
    expect(out).toContain('  > I only wanted to pay.\n  > Please!\n');
    expect(out).toContain('bob@example.org (as given)');
    expect(out).toContain('It was made because: 192.0.2.7');
    expect(out).not.toContain('203.0.113.5');
    expect(out).toContain('parapet appeals accept 1');
  });

  it('that is accepted ends the decision, and that one alone', async () => {
    const site = await appealed();
    const { out, code } = await site.run('appeals accept #1');
    expect(out).toContain('Appeal #1 of 192.0.2.7 is accepted.\n  192.0.2.7 is free: ban ended (#1).');
    expect(out).toContain('They asked to be told: bob@example.org');
    expect(code).toBe(0);
    const active = await site.withStore((store) => store.listDecisions({ activeAt: NOON }));
    expect(active.map(({ id }) => id)).toEqual([NEIGHBOUR]);
    const again = await site.run('appeals dismiss 1');
    expect([again.code, again.err]).toEqual([1, expect.stringContaining('is accepted already, by ')]);
    expect((await site.run('appeals accept 7')).err).toBe('There is no appeal 7.\n');
    expect((await site.run('appeals list')).code).toBe(1);
    expect((await site.run('appeals list --all')).out).toContain('accepted');
  });

  it('that is dismissed changes nothing else', async () => {
    const site = await appealed();
    expect((await site.run('appeals dismiss 1')).out).toContain('Appeal #1 of 192.0.2.7 is dismissed');
    const active = await site.withStore((store) => store.countDecisions({ activeAt: NOON }));
    expect(active).toBe(2);
  });

  it('cannot write on the terminal', async () => {
    const site = await appealed('\u001B[2J\u001B]0;owned\u0007\r\u202Egnihton');
    for (const verb of ['appeals list', 'appeals show 1']) {
      // eslint-disable-next-line no-control-regex -- these are what must not be there
      expect((await site.run(verb)).out).not.toMatch(
        /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E]/,
      );
    }
    expect((await site.run('appeals show x')).err).toContain('E_CLI_ID');
  });
});

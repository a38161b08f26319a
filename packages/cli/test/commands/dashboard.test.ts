import { describe, expect, it } from 'vitest';
import { newSite, NOON, type Site } from './run.ts';

async function withAnna(site: Site): Promise<void> {
  await site.withStore(({ users }) =>
    users.put({
      ...{ name: 'anna', role: 'operator', passwordHash: 'x', totpStep: 0, createdAt: NOON },
      totpSecret: 'SECRETSECRETSECRETSECRETSECRET22',
    }),
  );
}

describe('parapet dashboard link', () => {
  it('prints a link for the first one', async () => {
    const site = newSite();
    const { code, out } = await site.run('dashboard link');
    expect(code).toBe(0);
    expect(out).toMatch(/^http:\/\/127\.0\.0\.1:8421\/welcome#\S+\n/);
    expect(out).toContain('may do what admins may');
  });

  it('says where the dashboard is as the configuration does, and is kept short', async () => {
    const site = newSite();
    site.write('parapet.yaml', 'dashboard:\n  hosts: [parapet.example]\n  behind_tls: true\n');
    const { out } = await site.run('dashboard link --role viewer -o json');
    expect((JSON.parse(out) as { url: string }).url).toMatch(/^https:\/\/parapet\.example\/welcome#/);
    for (const [words, error] of [
      ['--role king', 'E_DASHBOARD_NO_ROLE'],
      ['--for 2000h', 'E_DASHBOARD_LONG'],
    ] as const) {
      const refused = await site.run(`dashboard link ${words}`);
      expect([refused.code, refused.err]).toEqual([2, expect.stringContaining(error)]);
    }
  });

  it('is for somebody who is known, or says that there is none', async () => {
    const site = newSite();
    await withAnna(site);
    expect((await site.run('dashboard link --user anna')).out).toContain('is anna from then on');
    const nobody = await site.run('dashboard link --user bert');
    expect([nobody.code, nobody.err]).toEqual([2, expect.stringContaining('E_DASHBOARD_USER')]);
  });
});

describe('parapet users', () => {
  it('get roles for all sites and for single ones', async () => {
    const site = newSite();
    await withAnna(site);
    site.write(
      'parapet.yaml',
      'gateway:\n  sites:\n    - { name: shop, hosts: [shop.example] }\n    - { name: blog, hosts: [blog.example] }\n',
    );
    await site.withStore(({ users }) =>
      users.addSession({ hash: 'h', user: 'anna', ip: '', agent: '', createdAt: NOON, seenAt: NOON }),
    );
    expect((await site.run('users role anna none')).out).toBe('anna has no role any more for all sites.\n');
    // Who may do something else comes in anew.
    expect(await site.withStore(({ users }) => users.findSession('h'))).toBeUndefined();
    const given = await site.run('users role anna operator --site shop blog');
    expect([given.code, given.out]).toEqual([0, 'anna may do what operators may on shop, blog.\n']);
    await site.run('users role anna none --site blog');
    expect((await site.run('users list')).out).toContain('operator: shop');
    const [anna] = JSON.parse((await site.run('users list --json')).out) as readonly { sites: unknown }[];
    expect(anna?.sites).toEqual({ shop: 'operator' });
    for (const [words, error] of [
      ['users role anna king', 'E_DASHBOARD_NO_ROLE'],
      ['users role bert viewer', 'E_DASHBOARD_USER'],
      ['users role anna viewer --site shopp', 'E_SITE_UNKNOWN'],
      ['dashboard link --site shopp', 'E_SITE_UNKNOWN'],
    ] as const) {
      const refused = await site.run(words);
      expect([refused.code, refused.err]).toEqual([2, expect.stringContaining(error)]);
    }
    const link = await site.run('dashboard link --role viewer --site shop');
    expect(link.out).toContain('may do what viewers may on shop.');
  });

  it('lists them without what could let somebody in, and removes them', async () => {
    const site = newSite();
    await withAnna(site);
    const list = await site.run('users list');
    expect(list.out).toContain('anna');
    expect((await site.run('users list --json')).out).not.toMatch(/SECRET|passwordHash/);
    expect((await site.run('users remove anna')).out).toContain('no more');
    const again = await site.run('users remove anna');
    expect([again.code, again.err]).toEqual([1, 'There is no user anna.\n']);
    expect((await site.run('users list')).out).toContain('parapet dashboard link');
    const audit = await site.run('dashboard audit');
    expect([audit.code, audit.out]).toEqual([0, expect.stringContaining('1 entries')]);
  });
});

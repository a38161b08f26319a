import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { hashOfToken, SCOPES } from '@parapet/api';
import { configSchema } from '../../src/config/schema.ts';
import { newSite, NOON } from './run.ts';

describe('parapet tokens', () => {
  it('makes a token that is shown once, and keeps its hash', async () => {
    const { run, withStore } = newSite();
    const made = await run('tokens add shop --scope signals:write alerts:read --expires 90d --json');
    expect(made.code).toBe(0);
    const { token, scopes } = JSON.parse(made.out) as { token: string; scopes: string[] };
    expect(token).toMatch(/^pt_[\w-]{43}$/);
    expect(scopes).toEqual(['signals:write', 'alerts:read']);
    const [kept] = await withStore((store) => store.tokens.list());
    expect(kept).toEqual({
      ...{ name: 'shop', hash: hashOfToken(token), scopes, createdAt: NOON },
      expiresAt: new Date('2026-05-30T12:00:00Z'),
    });
    const list = await run('tokens list');
    expect(list.out).toContain('shop');
    const all = list.out + (await run('tokens list --json')).out + (await run('tokens list -o raw')).out;
    expect(all).not.toContain(token);
    expect(all).not.toContain(hashOfToken(token));
  });

  it('makes one for single sites', async () => {
    const { run, write } = newSite();
    write('parapet.yaml', 'gateway:\n  sites:\n    - { name: shop, hosts: [shop.example] }\n');
    const made = await run('tokens add app --scope read --site shop --json');
    expect(JSON.parse(made.out)).toMatchObject({ sites: ['shop'] });
    expect((await run('tokens list -o raw')).out).toContain('\tshop\t');
    const refused = await run('tokens add other --scope read --site blog');
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('E_SITE_UNKNOWN')]);
  });

  it('takes read, write and all for many scopes', async () => {
    const { run } = newSite();
    const scopesOf = async (word: string): Promise<string[]> =>
      (JSON.parse((await run(`tokens add t-${word} --scope ${word} --json`)).out) as { scopes: string[] })
        .scopes;
    expect(await scopesOf('all')).toEqual(SCOPES);
    expect([...(await scopesOf('read')), ...(await scopesOf('write'))].toSorted()).toEqual(SCOPES.toSorted());
  });

  it('refuses names that are taken or odd, and scopes that there are not', async () => {
    const { run } = newSite();
    const first = await run('tokens add shop --scope signals:write -o raw');
    expect(first.out).toMatch(/^pt_[\w-]{43}\n$/);
    for (const [line, code] of [
      ['tokens add shop --scope read', 'E_TOKEN_KNOWN'],
      ['tokens add sh;op --scope read', 'E_TOKEN_NAME'],
      ['tokens add other --scope everything', 'E_TOKEN_SCOPE'],
    ] as const) {
      const refused = await run(line);
      expect([refused.code, refused.err]).toEqual([2, expect.stringContaining(code)]);
    }
  });

  it('forgets tokens, and says which it did not know', async () => {
    const { run } = newSite();
    await run('tokens add shop --scope read');
    const gone = await run('tokens delete shop nobody');
    expect([gone.code, gone.out]).toEqual([
      1,
      "The token 'shop' is forgotten.\nThere is no token 'nobody'.\n",
    ]);
    expect((await run('tokens list')).out).toContain('There is no token');
  });
});

describe('the pages about the API', () => {
  const page = (name: string): string =>
    readFileSync(path.resolve(import.meta.dirname, '../../../../docs', name), 'utf8');

  it('show settings that are valid', () => {
    const [, yaml] = /^```yaml\n([^]*?)^```$/m.exec(page('api.md')) ?? [];
    expect(configSchema.parse(parse(yaml!)).api.listen).toHaveLength(2);
    for (const [, key, value] of page('signals.md').matchAll(/`signals\.(listen|spool): ([^`]*)`/g))
      expect(() => configSchema.parse(parse(`signals: { ${key}: ${value} }`))).not.toThrow();
  });

  it('name every scope', () => {
    for (const scope of SCOPES) expect(page('api.md')).toContain(`\`${scope}\``);
  });
});

describe('where the API is served', () => {
  const isTaken = (api: object): boolean => configSchema.safeParse({ api }).success;

  it('is this machine, unless it speaks TLS', () => {
    for (const address of ['8091', '127.0.0.1:8091', '[::1]:8091', 'localhost:1', 'unix:/run/api.sock'])
      expect([address, isTaken({ listen: [address] })]).toEqual([address, true]);
    const tls = { certificate: 'a.pem', key: 'b.pem' };
    for (const address of ['0.0.0.0:8091', '*:8091', '192.0.2.1:8091', '[::]:8091', 'example.org:8091']) {
      expect([address, isTaken({ listen: [address] })]).toEqual([address, false]);
      expect([address, isTaken({ listen: [address], tls })]).toEqual([address, true]);
    }
  });
});

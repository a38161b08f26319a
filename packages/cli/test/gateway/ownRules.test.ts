// Content rules of the owner's act at the gateway, and are read again with its configuration.

import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newFolder } from './programs.ts';
import { isBuilt, SKIPPED, startStackBefore, type Stack } from './stack.ts';
import { TRUSTS_LOOPBACK, visit } from './visitors.ts';

const rule = (name: string, word: string, more = ''): string =>
  `rules:
  - name: ${name}
    class: other
    text: asks for the ${word} that we closed
    strength: certain
    in: path
    match: '^/${word}/'
${more}`;

const appsecRule = (name: string): string =>
  `name: acme/${name}\nrules:\n  - zones: [URI]\n    match: { type: equals, value: /${name} }\nlabels:\n  label: Thing\n`;
const appsecConfig = (name: string, remediation: string, called: string): string =>
  `name: acme/${name}\ndefault_remediation: ${remediation}\ninband_rules: [acme/${called}]\n`;

const SEVERAL: readonly number[] = Array.from({ length: 12 }, (_, i) => i);
let visitors = 0;

describe.skipIf(!isBuilt)(`rules of the owner's${isBuilt ? '' : SKIPPED}`, { timeout: 90_000 }, () => {
  const { folder, remove } = newFolder();
  const site = http.createServer((_, res) => void res.end('site'));
  let stack: Stack;
  const statusOf = async (target: string): Promise<number> =>
    (await visit(stack, target, { from: `198.18.5.${++visitors}` })).status;

  const write = (name: string, text: string): void => {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  };

  beforeAll(async () => {
    fs.mkdirSync(path.join(folder, 'rules'));
    fs.writeFileSync(path.join(folder, 'rules/shop.yaml'), rule('acme/shop', 'shop'));
    // Our own rule of this name stops what looks for a WordPress.
    fs.writeFileSync(path.join(folder, 'wp.yml'), rule('parapet/wordpress-probe', 'blog'));
    for (const name of ['checked', 'told', 'stopped'])
      write(`hub/appsec-rules/acme/${name}.yaml`, appsecRule(name));
    write('hub/appsec-configs/acme/a.yaml', appsecConfig('a', 'captcha', 'checked'));
    write('hub/appsec-configs/acme/b.yaml', appsecConfig('b', 'allow', 'told'));
    write('hub/appsec-configs/acme/c.yaml', appsecConfig('c', 'ban', 'stopped'));
    fs.writeFileSync(path.join(folder, 'rules/bad.yaml'), rule('acme/bad', 'bad', '    weight: much\n'));
    stack = await startStackBefore(site, {
      folder,
      config: `${TRUSTS_LOOPBACK}hub: { folders: [hub] }\ninspection:\n  rules: [rules, wp.yml, none.yaml]\n`,
    });
  }, 60_000);
  afterAll(async () => {
    await stack.stop();
    remove();
  }, 60_000);

  it('stop requests, and those that cannot be read are told', async () => {
    expect(await statusOf('/shop/cart')).toBe(403);
    expect(await statusOf('/bad/cart')).toBe(200);
    const text = stack.program.text();
    expect(text).toContain('rules/bad.yaml:');
    expect(text).toContain('E_WRONG_TYPE');
    expect(text).toContain('E_RULES_UNREADABLE');
  });

  it('of CrowdSec do what the default_remediation of their config says', async () => {
    expect([await statusOf('/stopped'), await statusOf('/told')]).toEqual([403, 200]);
    const page = await visit(stack, '/checked', { from: '198.18.6.1' });
    expect(page.status).not.toBe(200);
    expect(page.body).not.toBe('site');
    expect(page.headers['x-parapet-cause'] ?? page.body).toMatch(/captcha|check/i);
  });

  it('take the place of the shipped one that has the same name', async () => {
    expect(await statusOf('/blog/1')).toBe(403);
    expect(await statusOf('/wp-admin/setup-config.txt')).toBe(200);
  });

  it('are read again on SIGHUP', async () => {
    fs.writeFileSync(path.join(folder, 'rules/shop.yaml'), rule('acme/market', 'market'));
    expect(await statusOf('/market/1')).toBe(200);
    stack.program.child.kill('SIGHUP');
    await stack.program.says('were read again');
    expect(await Promise.all(SEVERAL.map(() => statusOf('/market/2')))).toEqual(SEVERAL.map(() => 403));
    expect(await Promise.all(SEVERAL.map(() => statusOf('/shop/cart')))).toEqual(SEVERAL.map(() => 200));
  });
});

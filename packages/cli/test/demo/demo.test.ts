// The demo as a newcomer meets it: the built program, and the attack from a second one.

import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startDemoSite } from '../../src/demo/site.ts';
import { freePort, startProgram } from '../gateway/programs.ts';
import { newSite } from '../commands/run.ts';
import { isBuilt, SKIPPED } from '../gateway/stack.ts';

const PARAPET = path.resolve(import.meta.dirname, '../../bin/parapet.js');

describe.skipIf(!isBuilt)(`parapet demo${isBuilt ? '' : SKIPPED}`, { timeout: 120_000 }, () => {
  it('stops the scripted attackers, holds up nobody else, and leaves nothing behind', async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const demo = startProgram(process.execPath, [PARAPET, 'demo', '--port', String(port)]);
    onTestFinished(() => demo.stop());
    await demo.says('The site is protected');
    const attack = startProgram(process.execPath, [PARAPET, 'demo', 'attack', '--url', url]);
    expect(await attack.ended).toEqual([0, null]);
    expect(attack.text()).toMatch(
      /5 of 5 attackers were stopped\. \d\d+ pages were shown .* none was held up/,
    );
    expect(attack.text()).toContain('refused with 400');
    await demo.says('parapet/http-injection');
    const dataDir = /--data-dir (\S+)/.exec(demo.text())?.[1] ?? '';
    expect(existsSync(dataDir)).toBe(true);
    demo.child.kill('SIGINT');
    expect(await demo.ended).toEqual([0, null]);
    expect(existsSync(path.dirname(dataDir))).toBe(false);
  });
});

describe('parapet demo attack', () => {
  it('attacks nothing but the demo on this machine', async () => {
    const site = newSite();
    const far = await site.run('demo attack --url https://example.org');
    expect([far.code, far.err]).toEqual([2, expect.stringContaining('E_DEMO_URL')]);
    const absent = await site.run(`demo attack --url http://127.0.0.1:${await freePort()}`);
    expect([absent.code, absent.err]).toEqual([2, expect.stringContaining('E_DEMO_ABSENT')]);
  });
});

describe('the shop of the demo', () => {
  it('has pages, a search, and 404 for what is not there', async () => {
    const { url, close } = await startDemoSite();
    onTestFinished(close);
    for (const known of ['/', '/shop', '/shop/red-orach', '/blog/slugs', '/search?q=bean', '/contact'])
      expect((await fetch(url + known)).status, known).toBe(200);
    for (const unknown of ['/wp-login.php', '/shop/none', '/%00', '/user', '//', '/__proto__'])
      expect((await fetch(url + unknown)).status, unknown).toBe(404);
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(405);
  });

  it('repeats what it was sent without believing it', async () => {
    const { url, close } = await startDemoSite();
    onTestFinished(close);
    const found = await fetch(`${url}/search?q=${encodeURIComponent('"><script>alert(1)</script>')}`);
    expect(await found.text()).not.toContain('<script');
    const body = new URLSearchParams({ from: '<b>me</b>', text: 'x' });
    expect(await (await fetch(`${url}/contact`, { method: 'POST', body })).text()).toContain('&lt;b&gt;me');
    const long = await fetch(`${url}/contact`, { method: 'POST', body: 'x'.repeat(100_000) });
    expect(long.status).toBe(413);
  });

  it('logs in who knows the password, and nobody else', async () => {
    const { url, close } = await startDemoSite();
    onTestFinished(close);
    const post = (pass: string): Promise<Response> =>
      fetch(`${url}/user/login`, {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams({ name: 'anna', pass }),
      });
    const wrong = await post('tomato');
    expect([wrong.status, await wrong.text()]).toEqual([
      200,
      expect.stringContaining('do not belong together'),
    ]);
    const right = await post('beefsteak');
    expect(right.status).toBe(303);
    const cookie = right.headers.get('set-cookie')?.split(';')[0] ?? '';
    expect(await (await fetch(url, { headers: { cookie } })).text()).toContain('Log out');
  });
});

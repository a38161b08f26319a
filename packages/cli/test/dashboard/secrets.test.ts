// Secrets of every kind are handed to a running Parapet, used rightly and wrongly, and then looked for wherever they
// have no business: what it prints, what each verb and each page answers, what it refuses, and its files.

import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import process from 'node:process';
import { expect, it, onTestFinished } from 'vitest';
import { totpCode } from '../../../dashboard/src/server/access/totp.ts';
import { ROUTES } from '../../../dashboard/src/server/dashboard.ts';
import { httpReceiver, smtpReceiver } from '../../../notify/test/receivers.ts';
import { freePort, newFolder } from '../gateway/programs.ts';
import { isBuilt, SKIPPED, startStackBefore } from '../gateway/stack.ts';

/** Long and like nothing else; each has a word of its own, so that a failure says which it is. */
function canary(word: string): string {
  return `${word}-${randomBytes(12).toString('hex')}`;
}

const WHERE_TOTP_SEEDS_ARE = /^parapet\.(db|sqlite)/;

it.skipIf(!isBuilt)(
  `no secret is where it has no business${isBuilt ? '' : SKIPPED}`,
  { timeout: 180_000 },
  async () => {
    const secrets = new Map<string, string>();
    const plant = (word: string, value = canary(word)): string => {
      secrets.set(word, value);
      return value;
    };
    const { folder: vault, remove } = newFolder();
    onTestFinished(remove);
    const hook = await httpReceiver();
    // Who is told a secret says it again in its answers: what it says is shown, that is not.
    hook.answer = ({ path: asked, headers }) => ({
      status: 400,
      body: `no ${asked} ${String(headers['authorization'] ?? '')} ${String(headers['x-gotify-key'] ?? '')}`,
    });
    const smtp = await smtpReceiver({});
    const [lapi, api] = [await freePort(), await freePort()];
    const keep = (name: string, text: string): string => {
      fs.writeFileSync(path.join(vault, name), `${text}\n`, { mode: 0o600 });
      return path.join(vault, name);
    };
    process.env['PARAPET_TEST_GOTIFY'] = plant('gotify');
    const site = await startStackBefore(
      http.createServer((_, response) => response.end('the site')),
      {
        config: `
gateway: { trusted_proxies: [127.0.0.1], workers: 1 }
lapi:
  listen: [127.0.0.1:${lapi}]
  registration: { token: ${plant('registration', randomBytes(24).toString('hex'))}, ranges: [127.0.0.0/8] }
api: { listen: [127.0.0.1:${api}] }
dashboard:
  listen: 127.0.0.1:0
  oidc:
    name: Example ID
    issuer: ${hook.url}/realm
    client_id: parapet
    client_secret_file: ${keep('oidc', plant('oidc'))}
    roles: { viewer: ['*'] }
notifications:
  gather: 1s
  allow_targets: [127.0.0.1]
  channels:
    - name: mail
      type: email
      url: smtp-plain://127.0.0.1:${smtp.port}
      from: p@example.org
      to: [me@example.org]
      user: me
      secret_file: ${keep('smtp', plant('smtp'))}
    - { name: hook, type: webhook, url: "${hook.url}/in", secret_file: "${keep('hook', `whsec_${plant('webhook', randomBytes(24).toString('base64'))}`)}" }
    - { name: chat, type: slack, url_file: "${keep('slack', `${hook.url}/services/${plant('slack')}`)}" }
    - { name: push, type: gotify, url: "${hook.url}", secret_env: PARAPET_TEST_GOTIFY }
  rules:
    - { severity: low }
`,
      },
    );
    onTestFinished(() => site.stop());
    await site.program.says('/welcome#');
    const said: [where: string, text: string][] = [];
    const run = async (...args: readonly string[]): Promise<string> => {
      const { text } = await site.run(...args);
      return text;
    };
    const look = async (...args: readonly string[]): Promise<void> => {
      said.push([`parapet ${args.join(' ')}`, await run(...args)]);
    };

    // Somebody comes in, sets a second factor up, mistypes, and lets others in.
    const [, base = '', first = ''] = /(http:\S+)\/welcome#(\S+)/.exec(site.program.text()) ?? [];
    let [cookie, csrf] = ['', ''];
    const ask = async (address: string, body?: object): Promise<Record<string, string>> => {
      const headers = { cookie, 'content-type': 'application/json', 'x-parapet-csrf': csrf };
      const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
      const response = await fetch(base + address, { ...sent, headers, redirect: 'manual' });
      const text = await response.text();
      const set = response.headers.getSetCookie().find((one) => !one.includes('-journey'));
      if (set !== undefined) {
        cookie = set.split(';')[0]!;
        if (cookie.split('=')[1] !== '') plant(`session ${secrets.size}`, cookie.split('=')[1]!);
      }
      const answered = /json/.test(response.headers.get('content-type') ?? '')
        ? (JSON.parse(text) as Record<string, string>) // as the page reads it
        : {};
      csrf = answered['csrf'] ?? csrf;
      if (set === undefined) said.push([address, text]);
      return answered;
    };
    const password = plant('password');
    await ask('/data/welcome', { token: first, name: 'anna', password });
    await ask('/data/login', { name: 'anna', password: plant('mistyped') });
    await ask('/data/welcome', { token: plant('no link'), name: 'eve', password: plant('strangers') });
    const { secret = '' } = await ask('/data/account/totp', { password });
    said.pop(); // it is shown this once, to who sets it up
    plant('second factor', secret);
    const step = Math.floor(Date.now() / 30_000);
    await ask('/data/account/totp/confirm', { secret, code: totpCode(secret, step), password });
    plant('invitation', (await ask('/data/users/invite', { role: 'viewer' }))['token']);
    said.pop(); // as well
    plant('link', (await run('dashboard', 'link', '--role', 'viewer', '-o', 'raw')).trim().split('#')[1]);

    // Programs get keys, use them, and use wrong ones.
    const token = plant('token', (await run('tokens', 'add', 'shop', '--scope', 'all', '-o', 'raw')).trim());
    const key = plant('bouncer', (await run('bouncers', 'add', 'fw', '-o', 'raw')).trim());
    await run('machines', 'add', 'web1', '--password', plant('machine'));
    const call = async (url: string, given: RequestInit): Promise<string> => {
      const text = await fetch(url, given).then((response) => response.text());
      said.push([url, text]);
      return text;
    };
    const bearer = (value: string): RequestInit => ({ headers: { authorization: `Bearer ${value}` } });
    const v1 = `http://127.0.0.1:${api}/api/v1`;
    await call(`${v1}/status`, bearer(token));
    await call(`${v1}/decisions?${plant('in a query')}=1`, bearer(plant('wrong token')));
    const crowdsec = `http://127.0.0.1:${lapi}/v1`;
    await call(`${crowdsec}/decisions`, { headers: { 'x-api-key': key } });
    await call(`${crowdsec}/decisions`, { headers: { 'x-api-key': plant('wrong key') } });
    const login = (machine_id: string, its: string): RequestInit => ({
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ machine_id, password: its, scenarios: [] }),
    });
    const { token: pass = '' } = JSON.parse(
      await call(`${crowdsec}/watchers/login`, login('web1', secrets.get('machine')!)),
    ) as { token?: string }; // CrowdSec's answer
    said.pop();
    expect(plant('machine session', pass)).not.toBe('');
    await call(`${crowdsec}/watchers/login`, login('web1', plant('wrong password')));
    await call(`${crowdsec}/alerts`, bearer(pass));
    // An attack, so that channels are tried; and each of them once by hand.
    for (const target of ['/.env', '/wp-login.php', '/?q=1%27+union+select+1,2,3--'])
      await fetch(site.url + target, { headers: { 'x-forwarded-for': '203.0.113.66' } }).then((one) =>
        one.text(),
      );
    for (const channel of ['mail', 'hook', 'chat', 'push'])
      await ask('/data/notifications/test', { channel });
    await expect.poll(() => hook.received.length, { timeout: 30_000 }).toBeGreaterThan(3);
    expect(hook.received.some(({ path: asked }) => asked.includes(secrets.get('slack')!))).toBe(true);

    // What everybody can be shown.
    for (const { path: route, method } of ROUTES)
      if (method === 'GET' && route !== '/live')
        await ask(
          `/data${route.replace(':id', '1').replace(':record', '1a2b3c4d').replace(':file', 'alerts.json')}`,
        );
    await ask('/data/login', { name: 'anna', password: 5, code: password });
    const json = ['-o', 'json'];
    for (const verb of ['users', 'tokens', 'bouncers', 'machines', 'alerts', 'decisions', 'notifications'])
      await look(verb, 'list', ...json);
    await look('config', 'show');
    await look('config', 'show', ...json);
    await look('config', 'check');
    await look('notifications', 'log', ...json);
    await look('notifications', 'test', 'push');
    await look('dashboard', 'audit');
    await look('doctor', ...json);
    await look('metrics');
    await look('support', 'dump', '-', '--with-addresses');
    said.push(['what it printed', site.program.text().replaceAll(first, '')]);
    expect(said.find(([where]) => where.startsWith('parapet support'))?.[1]).toContain('"versions"');
    expect(said.find(([where]) => where === '/data/audit')?.[1]).toContain('totp.add');

    // Its own keys are in files of the data directory that only their owner reads.
    for (const name of fs.readdirSync(site.dataDir)) {
      const file = path.join(site.dataDir, name);
      if (!/key|secret/.test(name) || !fs.statSync(file).isFile()) continue;
      expect([name, fs.statSync(file).mode & 0o077]).toEqual([name, 0]);
      const bytes = fs.readFileSync(file);
      if (bytes.length < 16) continue;
      for (const form of ['hex', 'base64', 'base64url'] as const)
        plant(`${name} ${form}`, bytes.toString(form));
      if (bytes.length < 200) plant(`${name} text`, bytes.toString('latin1').trim());
    }
    for (const [word, value] of secrets) expect([word, value.length > 11]).toEqual([word, true]);

    const leaks = said.flatMap(([where, text]) =>
      [...secrets].flatMap(([word, value]) => (text.includes(value) ? [`${word} in ${where}`] : [])),
    );
    expect(leaks).toEqual([]);
    await site.program.stop();
    const kept = filesOf(site.dataDir).flatMap((file) => {
      const name = path.relative(site.dataDir, file);
      const bytes = fs.readFileSync(file);
      return [...secrets].flatMap(([word, value]) => {
        const isAtHome =
          word.startsWith(name) || (word === 'second factor' && WHERE_TOTP_SEEDS_ARE.test(name));
        return !isAtHome && bytes.includes(value) ? [`${word} in ${name}`] : [];
      });
    });
    expect(kept).toEqual([]);
  },
);

function filesOf(folder: string): readonly string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .flatMap((entry) => (entry.isFile() ? [path.join(entry.parentPath, entry.name)] : []));
}

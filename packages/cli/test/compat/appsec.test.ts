// A web server's bouncer of CrowdSec asks `parapet up` what is in its requests, in the words of the Lua bouncer: the
// client's headers in lower case with the question's beside them, GET without a body and POST with one. What it is
// told becomes alerts of the engine, as at a gateway.

import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, newFolder, startProgram, until, type Program } from '../gateway/programs.ts';
import { isBuilt, SKIPPED } from '../gateway/stack.ts';

const PARAPET = path.resolve(import.meta.dirname, '../../bin/parapet.js');
const SQL = "1' UNION SELECT name, pass FROM users_field_data-- -";
const RULE = (name: string): string =>
  `name: acme/${name}\nrules:\n  - zones: [URI]\n    match: { type: equals, value: /${name} }\nlabels:\n  label: Thing\n`;
const CONFIG = `name: acme/config
default_remediation: captcha
inband_rules: [acme/thing]
user_blocked_http_code: 418
`;

interface Question {
  readonly ip?: string;
  readonly host?: string;
  readonly body?: string;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Reply {
  readonly status: number;
  readonly answer: unknown;
  readonly record: string;
}

describe.skipIf(!isBuilt)(`web servers that ask${isBuilt ? '' : SKIPPED}`, { timeout: 60_000 }, () => {
  const { folder, remove } = newFolder();
  const dataDir = path.join(folder, 'data');
  const socketPath = path.join(folder, 'appsec.sock');
  let engine: Program;
  let port = 0;
  let otherPort = 0;
  let goodKey = '';
  let visitors = 0;

  const parapet = (...args: readonly string[]): string => {
    const all = [PARAPET, ...args, '--data-dir', dataDir];
    const { stdout, stderr, status } = spawnSync(process.execPath, all, { encoding: 'utf8', cwd: folder });
    if (status === 2) throw new Error(stderr);
    return stdout;
  };

  const ask = async (
    uri: string,
    question: Question = {},
    over: http.RequestOptions = {},
  ): Promise<Reply> => {
    const { ip = `198.18.7.${++visitors}`, host = 'example.org', body, key = goodKey, headers } = question;
    const req = http.request({
      ...(over.socketPath === undefined ? { host: '127.0.0.1', port } : {}),
      ...over,
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        accept: 'text/html',
        ...headers,
        'x-crowdsec-appsec-ip': ip,
        'x-crowdsec-appsec-host': host,
        'x-crowdsec-appsec-verb': body === undefined ? 'GET' : 'POST',
        'x-crowdsec-appsec-uri': uri,
        'x-crowdsec-appsec-user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0',
        'x-crowdsec-appsec-api-key': key,
        host: '127.0.0.1',
        'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0',
        ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
      },
    });
    req.end(body);
    const [res] = (await once(req, 'response')) as [http.IncomingMessage];
    let text = '';
    for await (const chunk of res) text += String(chunk);
    return {
      status: res.statusCode ?? 0,
      answer: text === '' ? undefined : JSON.parse(text),
      record: String(res.headers['x-parapet-record'] ?? ''),
    };
  };

  const alerts = (): readonly { scenario: string; message: string; value?: string }[] =>
    JSON.parse(parapet('alerts', 'list', '--json', '--limit', '0')) as {
      scenario: string;
      message: string;
    }[];

  beforeAll(async () => {
    port = await freePort();
    otherPort = await freePort();
    for (const [file, text] of [
      ['hub/appsec-rules/acme/thing.yaml', RULE('thing')],
      ['hub/appsec-configs/acme/config.yaml', CONFIG],
      [
        'acquis.yaml',
        `source: appsec\nlisten_addr: 127.0.0.1:${otherPort}\nappsec_configs: [acme/*]\nlabels:\n  type: appsec\n`,
      ],
      [
        'parapet.yaml',
        `metrics: { enabled: true, listen: '127.0.0.1:0' }
appsec: { listen: ['127.0.0.1:${port}', 'unix:${socketPath}'] }
hub: { folders: [hub] }
acquisition: [acquis.yaml]
inspection: { sites: [{ name: watched, mode: observe }] }
gateway: { sites: [{ name: watched, hosts: [watched.example.org] }, { name: main, hosts: ['*'] }] }
`,
      ],
    ] as const) {
      fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      fs.writeFileSync(path.join(folder, file), text);
    }
    goodKey = parapet('bouncers', 'add', 'nginx', '-o', 'raw').trim();
    const args = [PARAPET, 'engine', '--config', path.join(folder, 'parapet.yaml'), '--data-dir', dataDir];
    engine = startProgram(process.execPath, args, { cwd: folder });
    await engine.says('Web servers ask at');
  }, 60_000);
  afterAll(async () => {
    await engine.stop();
    remove();
  });

  it('are told what is an attack and what is none, over TCP and a Unix socket', async () => {
    const ALLOW = { status: 200, answer: { action: 'allow', http_status: 200 } };
    const BAN = { status: 403, answer: { action: 'ban', http_status: 418 } };
    expect(await ask('/node/1?page=2')).toMatchObject(ALLOW);
    expect(await ask(`/search?q=${encodeURIComponent("rock 'n' roll; live")}`)).toMatchObject(ALLOW);
    expect(await ask(`/search?q=${encodeURIComponent(SQL)}`)).toMatchObject(BAN);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = new URLSearchParams({ a: 'x', q: SQL }).toString();
    expect(await ask('/contact', { body, headers: form })).toMatchObject(BAN);
    expect(await ask('/contact', { body: `a=${'x'.repeat(600_000)}&${body}`, headers: form })).toMatchObject(
      BAN,
    );
    expect(await ask('/contact', { body: 'message=hello', headers: form })).toMatchObject(ALLOW);
    expect(await ask('/', { headers: { cookie: 'a=../../../../../etc/passwd' } })).toMatchObject(BAN);
    expect(await ask('/', {}, { socketPath })).toMatchObject(ALLOW);
    expect(await ask('/', {}, { port: otherPort })).toMatchObject(ALLOW);
    expect(await ask('/', { key: 'wrong' })).toMatchObject({ status: 401 });
    await engine.says("a web server at 127.0.0.1 asks with a key that is no bouncer's");
  });

  it('are told to show their captcha where a config of rules says so', async () => {
    expect(await ask('/thing')).toMatchObject({
      status: 403,
      answer: { action: 'captcha', http_status: 418 },
    });
  });

  it('are let pass where the site only observes, and it is told', async () => {
    const ip = '198.18.9.1';
    const target = `/?q=${encodeURIComponent(SQL)}`;
    expect(await ask(target, { ip, host: 'watched.example.org:443' })).toMatchObject({ status: 200 });
    const seen = (): string => parapet('inspections', 'list', '--ip', ip, '--json');
    await until(() => seen().includes('"block"'), seen);
    expect(JSON.parse(seen())).toMatchObject([{ site: 'watched', action: 'block', isEnforced: false }]);
  });

  it('what is found is an alert with the record of the answer; several ban the address', async () => {
    const ip = '198.18.9.2';
    const { record } = await ask(`/?q=${encodeURIComponent(SQL)}`, { ip });
    expect(record).toMatch(/^[0-9a-f]{8}$/);
    for (const value of [
      '../../../../etc/passwd',
      '<script>alert(document.cookie)</script>',
      '$(cat /etc/passwd)',
      '{{7*7}}${jndi:ldap://192.0.2.1/a}',
    ])
      await ask(`/page?${value.length}=${encodeURIComponent(value)}`, { ip });
    await until(
      () =>
        alerts().some(
          ({ scenario, message }) => scenario === 'parapet/request-attacks' && message.includes(ip),
        ),
      () => `${JSON.stringify(alerts(), undefined, 1)}\n${engine.text()}`,
    );
    expect(alerts().map(({ scenario }) => scenario)).toContain('parapet/request-attack');
    expect(parapet('inspections', 'show', record)).toContain('blocked');
    expect(parapet('decisions', 'list', '--json')).toContain(ip);
  });

  it('what an operator calls no attack passes from then on, and again not when it is undone', async () => {
    const target = `/report?filter=${encodeURIComponent("1' OR '1'='1' -- -")}`;
    const { status, record } = await ask(target);
    expect(status).toBe(403);
    await until(
      () => parapet('inspections', 'list', '--json').includes(record),
      () => 'the record was never stored',
    );
    parapet('feedback', 'no-attack', record);
    await until(
      async () => (await ask(target)).status === 200,
      () => 'it is still refused',
    );
    parapet('feedback', 'undo', '1');
    await until(
      async () => (await ask(target)).status === 403,
      () => 'it still passes',
    );
    expect((await ask(target)).status).toBe(403);
  });

  it('what was answered is counted', async () => {
    const url = /Metrics: (\S+)/.exec(engine.text())?.[1] ?? '';
    const text = await (await fetch(url)).text();
    const count = (answer: string): number =>
      Number(new RegExp(`parapet_appsec_answers_total\\{answer="${answer}"\\} (\\d+)`).exec(text)?.[1] ?? 0);
    expect(count('allow')).toBeGreaterThan(3);
    expect(count('ban')).toBeGreaterThan(3);
    expect(count('captcha')).toBe(1);
    expect(count('unauthorized')).toBe(1);
    expect(count('fault')).toBe(0);
  });

  it('who is on the allowlist passes, and it is told', async () => {
    const ip = '198.18.9.3';
    parapet('allowlist', 'add', ip);
    const target = `/?q=${encodeURIComponent(SQL)}`;
    await until(
      async () => (await ask(target, { ip })).status === 200,
      () => 'it is still refused',
    );
    expect((await ask(target)).status).toBe(403);
  });
});

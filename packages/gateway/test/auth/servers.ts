// Real servers, with the configuration of docs/forward-auth.md as it stands there.

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export function hasProgram(name: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' }).status === 0;
}

/** With the two blocks about asking once a second where the page says that they belong. */
export function askingOnceASecond(folder: string): (blocks: readonly string[]) => readonly string[] {
  return ([upstream, snippet, ...rest]) => {
    const [zone, lines] = blocksOf('nginx', 'nginx').slice(4);
    const cached = snippet!.replace('    proxy_buffering off;\n', lines!);
    return [zone!.replace('/run/nginx-parapet', `${folder}/cache`) + upstream, cached, ...rest];
  };
}

/** The code blocks of a language in a section of the page. */
function blocksOf(section: string, language: string): readonly string[] {
  const page = readFileSync(new URL('../../../../docs/forward-auth.md', import.meta.url), 'utf8');
  const from = page.indexOf(`\n## ${section}\n`);
  const to = page.indexOf('\n## ', from + 4);
  const text = page.slice(from, to < 0 ? undefined : to);
  return [...text.matchAll(/```(\w*)\n([\s\S]*?)```/g)].flatMap((found) =>
    found[1] === language ? [found[2]!] : [],
  );
}

export interface Running {
  readonly port: number;
  readonly folder: string;
  readonly log: () => string;
  stop(): Promise<void>;
}

/** Starts nginx in front of a site; `change` has the last word on the configuration. */
export async function startNginx(
  socketPath: string,
  sitePort: number,
  change: (blocks: readonly string[]) => readonly string[] = (blocks) => blocks,
): Promise<Running> {
  const folder = mkdtempSync(path.join(tmpdir(), 'parapet-nginx-'));
  const port = await freePort();
  const [upstream, snippet, site, more] = change(blocksOf('nginx', 'nginx').slice(0, 4));
  mkdirSync(path.join(folder, 'snippets'));
  writeFileSync(path.join(folder, 'snippets/parapet.conf'), snippet!);
  const location = `proxy_pass http://127.0.0.1:${sitePort};\n${more}`;
  writeFileSync(
    path.join(folder, 'nginx.conf'),
    `daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log info;
${userInfo().uid === 0 ? 'user root;' : ''}
events { worker_connections 256; }
http {
  access_log ${folder}/access.log;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(' ')}
  ${upstream!.replace('/run/parapet/forward-auth.sock', socketPath)}
  ${site!.replace('listen 80', `listen 127.0.0.1:${port}`).replace('proxy_pass http://127.0.0.1:8080;', location)}
}`,
  );
  const child = spawn('nginx', ['-p', folder, '-c', `${folder}/nginx.conf`, '-e', `${folder}/error.log`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return whenListening(child, port, folder, () => readFileSync(path.join(folder, 'access.log'), 'utf8'));
}

/** Starts HAProxy in front of a site. */
export async function startHaproxy(socketPath: string, sitePort: number): Promise<Running> {
  const folder = mkdtempSync(path.join(tmpdir(), 'parapet-haproxy-'));
  const port = await freePort();
  const there = (text: string): string => text.replaceAll('/run/parapet/forward-auth.sock', socketPath);
  writeFileSync(path.join(folder, 'parapet.lua'), there(blocksOf('HAProxy', 'lua')[0]!));
  const file = path.join(folder, 'haproxy.cfg');
  const site = `
backend site
    mode http
    timeout connect 1s
    timeout server 15s
    server site 127.0.0.1:${sitePort}
`;
  writeFileSync(
    file,
    there(blocksOf('HAProxy', 'haproxy')[0]!)
      .replace('/etc/haproxy', folder)
      .replace('bind :80', `bind 127.0.0.1:${port}`) + site,
  );
  const child = spawn('haproxy', ['-db', '-f', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  return whenListening(child, port, folder);
}

const APACHE_MODULES = '/usr/lib/apache2/modules';
const LUA_SOCKET = [
  '/usr/lib/x86_64-linux-gnu/lua/5.3',
  '/usr/lib/aarch64-linux-gnu/lua/5.3',
  '/usr/local/lib/lua/5.3',
];

/** Apache with mod_lua, and LuaSocket for it. */
export function hasApache(): boolean {
  const isThere = LUA_SOCKET.some((folder) => existsSync(path.join(folder, 'socket/unix.so')));
  const hasPath = (process.env['LUA_CPATH'] ?? '') !== '';
  return hasProgram('apache2') && existsSync(path.join(APACHE_MODULES, 'mod_lua.so')) && (isThere || hasPath);
}

/** Starts Apache in front of a site. */
export async function startApache(socketPath: string, sitePort: number): Promise<Running> {
  const folder = mkdtempSync(path.join(tmpdir(), 'parapet-apache-'));
  const port = await freePort();
  const there = (text: string): string => text.replaceAll('/run/parapet/forward-auth.sock', socketPath);
  writeFileSync(path.join(folder, 'parapet.lua'), there(blocksOf('Apache', 'lua')[0]!));
  const modules = ['mpm_event', 'authz_core', 'lua', 'headers', 'proxy', 'proxy_http'];
  const file = path.join(folder, 'apache.conf');
  writeFileSync(
    file,
    `${modules.map((name) => `LoadModule ${name}_module ${APACHE_MODULES}/mod_${name}.so`).join('\n')}
ServerName example.org
Listen 127.0.0.1:${port}
PidFile ${folder}/pid
DefaultRuntimeDir ${folder}
Mutex pthread
${userInfo().uid === 0 ? 'User www-data\nGroup www-data' : ''}
ErrorLog ${folder}/error.log
LogFormat "%h %l %u %t \\"%r\\" %>s %b" combined
${there(blocksOf('Apache', 'apache')[0]!).replace('/etc/apache2', folder).replace('${APACHE_LOG_DIR}', folder)}
ProxyPass /.parapet/ !
ProxyPass / http://127.0.0.1:${sitePort}/ nocanon
`,
  );
  // Apache's workers are another user.
  for (const one of [folder, path.dirname(socketPath)]) if (existsSync(one)) chmodSync(one, 0o755);
  if (existsSync(socketPath)) chmodSync(socketPath, 0o777);
  const child = spawn('apache2', ['-DFOREGROUND', '-f', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  return whenListening(child, port, folder, () => readFileSync(path.join(folder, 'access.log'), 'utf8'));
}

/** Starts Caddy in front of a site. */
export async function startCaddy(socketPath: string, sitePort: number): Promise<Running> {
  const folder = mkdtempSync(path.join(tmpdir(), 'parapet-caddy-'));
  const port = await freePort();
  const file = path.join(folder, 'Caddyfile');
  writeFileSync(
    file,
    `{
	admin off
}
${blocksOf('Caddy', 'caddy')[0]!
  .replaceAll('/run/parapet/forward-auth.sock', socketPath)
  .replace('example.org', `http://127.0.0.1:${port}`)
  .replace('127.0.0.1:8080', `127.0.0.1:${sitePort}`)}`,
  );
  const env = { ...process.env, HOME: folder };
  const child = spawn('caddy', ['run', '--config', file, '--adapter', 'caddyfile'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env,
  });
  return whenListening(child, port, folder);
}

/** Its folder goes when it is stopped. */
async function whenListening(
  child: ChildProcess,
  port: number,
  folder: string,
  log: () => string = () => '',
): Promise<Running> {
  await untilListening(port, child);
  return {
    port,
    folder,
    log,
    stop: async () => {
      await endChild(child);
      rmSync(folder, { recursive: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function untilListening(port: number, child: ChildProcess): Promise<void> {
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  for (let tries = 0; tries < 400; tries++) {
    const socket = connect(port, '127.0.0.1');
    const isThere = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isThere) return;
    if (child.exitCode !== null) break;
    await pause(25);
  }
  throw new Error(`it does not listen:\n${said}`);
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}

// A real Drupal with the module in it, behind nginx and php-fpm: a copy of the one that PARAPET_DRUPAL_ROOT names, so
// that nothing of that is changed.

import { execFile, execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const ROOT = process.env['PARAPET_DRUPAL_ROOT'];
const MODULE = path.join(import.meta.dirname, '../../drupal/parapet');
/** Modules of other people, as far as these tests need them. */
const OTHERS = path.join(import.meta.dirname, 'modules');
const FPM = ['/usr/sbin', '/usr/local/sbin']
  .flatMap((folder) =>
    fs.existsSync(folder) ? fs.readdirSync(folder).map((name) => `${folder}/${name}`) : [],
  )
  .findLast((file) => /\/php-fpm[\d.]*$/.test(file));
const hasNginx = spawnSync('sh', ['-c', 'command -v nginx'], { stdio: 'ignore' }).status === 0;

/** Why the tests cannot run; undefined when they can. */
export const missing: string | undefined =
  ROOT === undefined
    ? 'PARAPET_DRUPAL_ROOT names no installed Drupal'
    : fs.existsSync(path.join(ROOT, 'sites/default/files/.sqlite'))
      ? FPM === undefined || !hasNginx
        ? 'nginx or php-fpm is not installed'
        : undefined
      : 'the Drupal at PARAPET_DRUPAL_ROOT keeps its data in no SQLite at sites/default/files/.sqlite';

export interface Asked {
  readonly ip: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
}

export interface DrupalSite {
  readonly url: string;
  /** Where the module keeps its files. */
  readonly folder: string;
  /** Sends a request as a visitor behind a proxy that Drupal trusts; follows no redirect. */
  ask(asked: Asked): Promise<{ status: number; text: string; header: (name: string) => string | null }>;
  /** Adds lines to settings.php. */
  settings(code: string): void;
  /** Runs PHP in the site and returns what it printed. */
  php(code: string): string;
  /** The same, while other things go on. */
  phpBeside(code: string): Promise<string>;
  stop(): Promise<void>;
}

export async function startDrupal(): Promise<DrupalSite> {
  const root = path.resolve(ROOT!);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'parapet-drupal-'));
  // The folder above the web root has what Composer brought.
  execFileSync('cp', ['-a', path.dirname(root), `${folder}/site`]);
  const web = path.join(folder, 'site', path.basename(root));
  fs.rmSync(path.join(web, 'modules/custom/parapet'), { recursive: true, force: true });
  fs.mkdirSync(path.join(web, 'modules/custom'), { recursive: true });
  fs.symlinkSync(MODULE, path.join(web, 'modules/custom/parapet'));
  for (const other of fs.readdirSync(OTHERS))
    fs.symlinkSync(path.join(OTHERS, other), path.join(web, 'modules/custom', other));
  const settings = path.join(web, 'sites/default/settings.php');
  fs.chmodSync(path.dirname(settings), 0o755);
  fs.chmodSync(settings, 0o644);
  fs.appendFileSync(
    settings,
    `
$settings['reverse_proxy'] = TRUE;
$settings['reverse_proxy_addresses'] = ['127.0.0.1'];
$settings['trusted_host_patterns'] = [];
$settings['parapet_directory'] = '${folder}/parapet';
$settings['parapet_bouncer_key'] = 'KEY';
$config['system.performance']['css']['preprocess'] = FALSE;
$config['system.performance']['js']['preprocess'] = FALSE;
`,
  );
  const port = await freePort();
  const programs = [startFpm(folder), startNginx(folder, web, port)];
  const url = `http://127.0.0.1:${port}`;
  const doing = (code: string): string[] => [path.join(import.meta.dirname, 'do.php'), web, code];
  const php = (code: string): string => execFileSync('php', doing(code), { encoding: 'utf8' });
  await listening(port);
  return {
    url,
    folder: `${folder}/parapet`,
    settings: (code) => fs.appendFileSync(settings, code),
    php,
    phpBeside: async (code) => (await promisify(execFile)('php', doing(code))).stdout,
    async ask({ ip, path: target, headers = {}, form }) {
      const answer = await fetch(url + target, {
        redirect: 'manual',
        headers: { 'X-Forwarded-For': ip, Accept: 'text/html', ...headers },
        ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
      });
      return { status: answer.status, text: await answer.text(), header: (name) => answer.headers.get(name) };
    },
    async stop() {
      for (const program of programs) {
        program.kill('SIGTERM');
        if (program.exitCode === null) await once(program, 'close');
      }
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

function startFpm(folder: string): ChildProcess {
  const isRoot = process.getuid?.() === 0;
  fs.writeFileSync(
    `${folder}/fpm.conf`,
    `[global]
error_log = ${folder}/fpm.log
daemonize = no
[www]
${isRoot ? 'user = root\ngroup = root' : ''}
listen = ${folder}/fpm.sock
pm = static
pm.max_children = 3
catch_workers_output = yes
php_admin_value[error_log] = ${folder}/php.log
php_admin_flag[log_errors] = on
`,
  );
  return spawn(FPM!, ['-y', `${folder}/fpm.conf`, ...(isRoot ? ['-R'] : [])], { stdio: 'ignore' });
}

function startNginx(folder: string, web: string, port: number): ChildProcess {
  const temporary = ['client_body', 'fastcgi', 'proxy', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join('\n  ');
  fs.writeFileSync(
    `${folder}/nginx.conf`,
    `daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/nginx.log;
${process.getuid?.() === 0 ? 'user root;' : ''}
events { worker_connections 256; }
http {
  types { text/html html; text/css css; text/javascript js; image/svg+xml svg; image/png png; }
  access_log off;
  ${temporary}
  server {
    listen 127.0.0.1:${port};
    root ${web};
    location / { try_files $uri /index.php?$query_string; }
    location = /index.php {
      fastcgi_param QUERY_STRING $query_string;
      fastcgi_param REQUEST_METHOD $request_method;
      fastcgi_param CONTENT_TYPE $content_type;
      fastcgi_param CONTENT_LENGTH $content_length;
      fastcgi_param SCRIPT_NAME $fastcgi_script_name;
      fastcgi_param REQUEST_URI $request_uri;
      fastcgi_param DOCUMENT_URI $document_uri;
      fastcgi_param DOCUMENT_ROOT $document_root;
      fastcgi_param SERVER_PROTOCOL $server_protocol;
      fastcgi_param REMOTE_ADDR $remote_addr;
      fastcgi_param SERVER_ADDR $server_addr;
      fastcgi_param SERVER_PORT $server_port;
      fastcgi_param SERVER_NAME $server_name;
      fastcgi_param SCRIPT_FILENAME $document_root/index.php;
      fastcgi_pass unix:${folder}/fpm.sock;
    }
  }
}
`,
  );
  return spawn('nginx', ['-c', `${folder}/nginx.conf`, '-e', `${folder}/nginx.log`], { stdio: 'ignore' });
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo; // it listens on TCP
  server.close();
  await once(server, 'close');
  return port;
}

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const socket = net.connect(port, '127.0.0.1');
    const isOpen = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (isOpen) return;
    await pause(50);
  }
  throw new Error(`nobody listens on ${port}`);
}

// The whole of `parapet up --upstream`, in front of a site, as somebody would start it.

import { once } from 'node:events';
import fs from 'node:fs';
import type http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import process from 'node:process';
import { freePort, newFolder, processTree, startProgram, untilListening, type Program } from './programs.ts';

const PARAPET = path.resolve(import.meta.dirname, '../../bin/parapet.js');

/** Tests run the built program; without a build they are skipped. */
export const isBuilt: boolean = fs.existsSync(path.resolve(import.meta.dirname, '../../dist/main.js'));
export const SKIPPED = ' (skipped: dist is not built, run npx tsc -b)';

/** For tests of what HTTP lets through, whatever it says. */
export const NOT_INSPECTED = 'inspection:\n  mode: off\n';

export interface Stack {
  readonly port: number;
  readonly url: string;
  readonly folder: string;
  readonly dataDir: string;
  readonly program: Program;
  /** Runs another verb of parapet on the same data, and returns what it printed. */
  run: (...args: readonly string[]) => Promise<{ text: string; code: unknown }>;
  enginePid: () => number | undefined;
  workerPids: () => readonly number[];
  stop: () => Promise<void>;
}

export interface StackOptions {
  readonly upstream: string;
  /** More lines of parapet.yaml. */
  readonly config?: string;
  readonly args?: readonly string[];
  /** One that exists, to go on with what an earlier stack left there. */
  readonly folder?: string;
  readonly port?: number;
}

export interface StackOfSite extends Stack {
  readonly sitePort: number;
}

/** Starts engine and gateway and resolves when the site can be asked through them. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const made = options.folder === undefined ? newFolder() : undefined;
  const folder = options.folder ?? made!.folder;
  const port = options.port ?? (await freePort());
  const dataDir = path.join(folder, 'data');
  const proxy = process.env['PARAPET_GATEWAY_UNDER_TEST'] ?? 'parapet';
  const config = path.join(folder, 'parapet.yaml');
  fs.writeFileSync(config, options.config ?? '');
  const program =
    proxy === 'nginx'
      ? startNginx(folder, port, options.upstream)
      : startProgram(
          process.execPath,
          [
            PARAPET,
            'up',
            ...['--upstream', options.upstream, '--port', String(port)],
            ...['--data-dir', dataDir, '--config', config],
            ...(options.args ?? []),
          ],
          { cwd: folder },
        );
  await untilListening(port, program);
  // Somebody else may listen where ours is about to.
  if (proxy === 'parapet' && options.port === undefined) await program.says('The site is protected');
  const pidsOf = (words: RegExp): number[] =>
    [...processTree(program.pid)].flatMap(([pid, command]) => (words.test(command) ? [pid] : []));
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    folder,
    dataDir,
    program,
    run: async (...args) => {
      const verb = startProgram(process.execPath, [PARAPET, ...args, '--data-dir', dataDir], { cwd: folder });
      const [code] = await verb.ended;
      return { text: verb.text(), code };
    },
    enginePid: () => pidsOf(/parapet\.js engine/)[0],
    workerPids: () => pidsOf(/parapet\.js gateway-worker/),
    stop: async () => {
      await program.stop();
      made?.remove();
    },
  };
}

/** The same in front of a site that is started with it, and closed with it. */
export async function startStackBefore(
  site: http.Server,
  options: Omit<StackOptions, 'upstream'> = {},
): Promise<StackOfSite> {
  await once(site.listen(0, '127.0.0.1'), 'listening');
  const { port: sitePort } = site.address() as AddressInfo; // it listens on TCP
  const stack = await startStack({ ...options, upstream: `http://127.0.0.1:${sitePort}` });
  return {
    ...stack,
    sitePort,
    stop: async () => {
      await stack.stop();
      site.closeAllConnections();
      site.close();
    },
  };
}

/** Another proxy in the place of ours, to see whether a test asks for more than others do. */
function startNginx(folder: string, port: number, upstream: string): Program {
  const file = path.join(folder, 'nginx.conf');
  fs.writeFileSync(
    file,
    `daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
events { worker_connections 12000; }
http {
  access_log off;
  client_max_body_size 0;
  proxy_request_buffering off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(' ')}
  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
  upstream site { server ${upstream.replace('http://', '')}; keepalive 16; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / {
      proxy_pass http://site;
      proxy_http_version 1.1;
      proxy_buffering off;
      proxy_set_header Host $http_host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
    }
  }
}
`,
  );
  return startProgram('nginx', ['-p', folder, '-c', file, '-e', `${folder}/error.log`]);
}

// A real Drupal with the module in it, behind nginx and php-fpm: a copy of the one that PARAPET_DRUPAL_ROOT names, so
// that nothing of that is changed.

import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { freePort, startProgram, untilListening } from '../../packages/cli/test/gateway/programs.ts';
import { noPhpSite, phpSite } from '../../scripts/phpSite.mjs';

const ROOT = process.env['PARAPET_DRUPAL_ROOT'];
const MODULE = path.join(import.meta.dirname, '../../drupal/parapet');
/** Modules of other people, as far as these tests need them. */
const OTHERS = path.join(import.meta.dirname, 'modules');
/** Why the tests cannot run; undefined when they can. */
export const missing: string | undefined =
  ROOT === undefined
    ? 'PARAPET_DRUPAL_ROOT names no installed Drupal'
    : fs.existsSync(path.join(ROOT, 'sites/default/files/.sqlite'))
      ? noPhpSite
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
  // A run of cron after the first visit, while a test installs a module, would write down hooks of before.
  fs.appendFileSync(
    settings,
    `
$config['automated_cron.settings']['interval'] = 0;
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
  const { php: fpm, nginx } = phpSite(folder, { root: web, port });
  const programs = [startProgram(...fpm), startProgram(...nginx)] as const;
  const url = `http://127.0.0.1:${port}`;
  const doing = (code: string): string[] => [path.join(import.meta.dirname, 'do.php'), web, code];
  const php = (code: string): string => execFileSync('php', doing(code), { encoding: 'utf8' });
  await untilListening(port, programs[1]);
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
      for (const program of programs) await program.stop();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

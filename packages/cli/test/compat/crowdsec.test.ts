// The engine that Debian ships (crowdsec 1.4.6) and Parapet read the same logs with the same hub items, those of the
// package, and have to accuse the same sources of the same scenarios.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';

const runProgram = promisify(execFile);
const ROOT = path.resolve(import.meta.dirname, '../../../..');
const SHARED = process.env['PARAPET_SHARED'] ?? path.resolve(ROOT, '../shared');
const SHARED_GENERATOR = path.join(SHARED, 'bench/logs/genlog.mjs');
const LINES = 5_000;
// One regular expression list of the package costs crowdsec about 10 ms a line.
const LIMIT_MS = 8 * 60_000;

const OWN = path.join(ROOT, 'bench/generate-log.mjs');
const LOGS = [
  {
    name: 'our own nginx log, error log included',
    type: 'nginx',
    generate: [OWN, 'LOG', '--lines', `${LINES}`, '--hours', '2', '--attacks', '0.4', '--errors'],
    scenariosAtLeast: 30,
  },
  {
    name: 'our own sshd log',
    type: 'syslog',
    generate: [OWN, 'LOG', '--lines', `${LINES}`, '--hours', '3', '--attacks', '0.6', '--type', 'sshd'],
    scenariosAtLeast: 4,
  },
  {
    name: 'the shared nginx log',
    type: 'nginx',
    generate: [SHARED_GENERATOR, 'LOG', `${LINES}`, '1', 'nginx'],
    scenariosAtLeast: 1,
  },
  {
    name: 'the shared sshd log',
    type: 'syslog',
    generate: [SHARED_GENERATOR, 'LOG', `${LINES}`, '1', 'sshd'],
    scenariosAtLeast: 1,
  },
];

/** The version of the program, or why there is none to compare with. */
async function findCrowdsec(): Promise<{ version: string } | { absent: string }> {
  try {
    const { stdout, stderr } = await runProgram('crowdsec', ['-version']);
    const version = /version: v?([\d.]+)/.exec(stdout + stderr)?.[1] ?? 'unknown';
    if (version !== '1.4.6') return { absent: `crowdsec is version ${version}, not Debian's 1.4.6` };
    if (!fs.existsSync('/usr/share/crowdsec/hub/.index.json'))
      return { absent: "crowdsec is not Debian's package" };
    return { version };
  } catch {
    return { absent: 'crowdsec is not installed (apt install crowdsec)' };
  }
}

const crowdsec = await findCrowdsec();

// Side by side, as vitest.config.ts allows: each crowdsec uses one core.
describe.concurrent('Debian crowdsec and parapet', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'parapet-crowdsec-'));
  afterAll(() => {
    fs.rmSync(folder, { recursive: true, force: true });
  });

  for (const { name, type, generate, scenariosAtLeast } of LOGS) {
    it(`accuse the same sources of the same scenarios on ${name}`, { timeout: LIMIT_MS }, async (test) => {
      if ('absent' in crowdsec) return test.skip(crowdsec.absent);
      if (!fs.existsSync(generate[0]!)) return test.skip('../shared is not there');
      const log = path.join(folder, `${name.replaceAll(/[ ,]+/g, '-')}.log`);
      await node(generate.map((word) => (word === 'LOG' ? log : word)));
      const made = await makeCrowdsec(name);
      const expected = await accusedByCrowdsec(made.config, log, type);
      const scenarios = new Set(expected.map((accused) => accused.split(' ')[0]));
      expect(scenarios.size).toBeGreaterThanOrEqual(scenariosAtLeast);
      expect(await accusedByParapet(made.hub, log, type)).toEqual(expected);
    });
  }

  async function makeCrowdsec(name: string): Promise<{ config: string; hub: string }> {
    const place = path.join(folder, `crowdsec ${name}`.replaceAll(/[ ,]+/g, '-'));
    const { stdout } = await node([path.join(ROOT, 'bench/crowdsec.mjs'), place]);
    return JSON.parse(stdout) as { config: string; hub: string }; // printed by bench/crowdsec.mjs
  }

  async function accusedByCrowdsec(config: string, log: string, type: string): Promise<string[]> {
    const { stdout, stderr } = await runProgram(
      'crowdsec',
      ['-c', config, '-dsn', `file://${log}`, '-type', type],
      { maxBuffer: 1 << 28, timeout: LIMIT_MS },
    );
    const found = (stdout + stderr).matchAll(/\b(?:Ip|Range) (\S+) performed '([^']+)'/g);
    return unique([...found].map(([, value, scenario]) => `${scenario} ${value}`));
  }

  async function accusedByParapet(hub: string, log: string, type: string): Promise<string[]> {
    const collections = ['linux', 'nginx', 'apache2'].flatMap((name) => ['--with', `crowdsecurity/${name}`]);
    const parapet = path.join(ROOT, 'packages/cli/bin/parapet.js');
    const args = ['replay', log, '--type', type, '--hub', hub, ...collections, '--no-own-items', '--json'];
    const { stdout } = await node([parapet, ...args]);
    const { alerts } = JSON.parse(stdout) as { alerts: { scenario: string; value: string }[] }; // replay's contract
    return unique(alerts.map(({ scenario, value }) => `${scenario} ${value}`));
  }
});

/** Runs a script; findings (exit code 1) are no failure. */
async function node(args: readonly string[]): Promise<{ stdout: string }> {
  try {
    return await runProgram(process.execPath, args, { maxBuffer: 1 << 28 });
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: number; stdout: string; stderr: string }; // of execFile
    if (code === 1 && stdout !== '') return { stdout };
    throw new Error(`${path.basename(args[0]!)} ended with ${code}: ${stderr}`, { cause: error });
  }
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)].toSorted();
}

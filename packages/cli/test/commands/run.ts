// Runs a verb as main does, in a folder of its own, with a clock that stands still.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Alert, Decision } from '@parapet/kinds';
import { openStore, type Store } from '@parapet/store';
import { CommanderError } from 'commander';
import { onTestFinished } from 'vitest';
import type { CommandContext, Output } from '../../src/context.ts';
import { buildProgram } from '../../src/main.ts';

export const NOON: Date = new Date('2026-03-01T12:00:00.000Z');

interface Ran {
  readonly out: string;
  readonly err: string;
  readonly code: number;
}

export interface Site {
  readonly folder: string;
  run: (
    line: string,
    given?: { stdin?: string; env?: Record<string, string>; isTerminal?: boolean },
  ) => Promise<Ran>;
  /** Lets the work use the store beside the verbs, as a running engine does. */
  withStore: <T>(work: (store: Store) => Promise<T>, role?: 'engine' | 'tool') => Promise<T>;
  write: (name: string, text: string | Uint8Array) => void;
}

export function newSite(): Site {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'parapet-cli-'));
  onTestFinished(() => {
    fs.rmSync(folder, { recursive: true, force: true });
  });
  return {
    folder,
    run: (line, given = {}) => run(folder, line, given),
    withStore: async (work, role = 'tool') => {
      const store = await openStore({ dataDir: path.join(folder, '.parapet'), role, now: () => NOON });
      try {
        return await work(store);
      } finally {
        await store.close();
      }
    },
    write: (name, text) => {
      fs.writeFileSync(path.join(folder, name), text);
    },
  };
}

async function run(
  folder: string,
  line: string,
  given: { stdin?: string; env?: Record<string, string>; isTerminal?: boolean },
): Promise<Ran> {
  let out = '';
  let err = '';
  let code = 0;
  const output = (take: (text: string) => void): Output => ({
    write: async (text) => {
      take(text);
    },
    isTerminal: given.isTerminal === true,
    hasColor: given.isTerminal === true,
    columns: given.isTerminal === true ? 80 : Number.POSITIVE_INFINITY,
  });
  const context: CommandContext = {
    env: given.env ?? {},
    folder,
    now: () => NOON,
    out: output((text) => (out += text)),
    err: output((text) => (err += text)),
    stdin: (async function* () {
      yield Buffer.from(given.stdin ?? '');
    })(),
    ownAddresses: () => ['127.0.0.1', '203.0.113.250', 'fe80::1'],
    userName: 'anna',
    setExitCode: (value) => {
      code = value;
    },
  };
  const called = words(line);
  const program = await buildProgram(context, called[0]);
  try {
    await program.parseAsync(called, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    code = error.exitCode === 0 ? 0 : 2;
  }
  return { out, err, code };
}

/** Splits as a shell does, with double quotes. */
function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
}

export function sampleAlert(id: string, value: string, changes: Partial<Alert> = {}): Alert {
  return {
    id,
    scenario: 'parapet/drupal-bf',
    scenarioVersion: '0.1',
    scenarioHash: 'ab'.repeat(32),
    source: { scope: 'ip', value, ip: value, countryCode: 'FR' },
    startAt: new Date(NOON.getTime() - 60_000),
    stopAt: new Date(NOON.getTime() - 1000),
    knownAt: NOON,
    eventsCount: 2,
    events: [
      { at: new Date(NOON.getTime() - 60_000), meta: [['user', 'admin']] },
      { at: new Date(NOON.getTime() - 1000), meta: [['user', 'root\u001B[31m']] },
    ],
    message: `ip ${value} performed 'parapet/drupal-bf'`,
    remediation: true,
    simulated: false,
    labels: { service: 'http' },
    capacity: 5,
    leakSpeedMs: 10_000,
    ...changes,
  };
}

export function sampleDecision(id: string, value: string, changes: Partial<Decision> = {}): Decision {
  return {
    id,
    target: { scope: value.includes('/') ? 'range' : 'ip', value },
    remediation: 'ban',
    startAt: NOON,
    expiresAt: new Date(NOON.getTime() + 4 * 3_600_000),
    scenario: 'parapet/drupal-bf',
    origin: 'crowdsec',
    mode: 'live',
    ...changes,
  };
}

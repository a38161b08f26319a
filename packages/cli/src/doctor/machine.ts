// What Parapet stands on: the runtime, the data directory, the store, and whether an engine is running.

import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { formatCount, formatInstant } from '@parapet/reports';
import { findEngine, IN_MEMORY, openStore, STORE_FILE, StoreError, type EngineProcess } from '@parapet/store';
import type { CommandContext } from '../context.ts';
import type { Card } from './card.ts';

const OLDEST_NODE = [20, 19] as const;
const MIB = 1_048_576;
const LITTLE_MIB = 1024;
const TOO_LITTLE_MIB = 100;

export async function checkRuntime(context: CommandContext): Promise<readonly Card[]> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isOld = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
  const says = `Node.js ${process.versions.node} on ${process.platform} ${process.arch}`;
  const runtime: Card = isOld
    ? {
        level: 'critical',
        topic: 'machine',
        says: `${says} is too old`,
        fix: 'Install Node.js 20.19 or newer.',
      }
    : { level: 'fine', topic: 'machine', says };
  return [runtime, await checkDriver(context)];
}

async function checkDriver(context: CommandContext): Promise<Card> {
  try {
    const store = await openStore({ dataDir: IN_MEMORY, role: 'tool', now: context.now });
    await store.close();
    return { level: 'fine', topic: 'machine', says: 'SQLite works' };
  } catch (error) {
    return storeCard(error);
  }
}

export async function checkDataDir(dataDir: string): Promise<readonly Card[]> {
  const isThere = existsSync(dataDir);
  let existing = dataDir;
  while (!existsSync(existing) && path.dirname(existing) !== existing) existing = path.dirname(existing);
  const fix = `Give this user the folder: sudo chown -R "$USER" ${existing}`;
  if (!statSync(existing).isDirectory()) {
    const says = `The data directory ${dataDir} cannot be: ${existing} is a file`;
    return [
      { level: 'critical', topic: 'data', says, fix: 'Name another folder: data_dir in parapet.yaml.' },
    ];
  }
  try {
    accessSync(existing, constants.W_OK | constants.X_OK);
  } catch {
    const says = `The data directory ${dataDir} cannot be written by this user`;
    return [{ level: 'critical', topic: 'data', says, fix }];
  }
  const { bavail, bsize } = await statfs(existing);
  const freeMib = Math.floor((bavail * bsize) / MIB);
  const free = `${formatCount(freeMib)} MiB free`;
  const space: Card =
    freeMib >= LITTLE_MIB
      ? { level: 'fine', topic: 'data', says: `The disk of the data directory has ${free}` }
      : {
          level: freeMib < TOO_LITTLE_MIB ? 'critical' : 'important',
          topic: 'data',
          says: `The disk of the data directory has only ${free}`,
          fix: 'Free some space, or keep alerts for a shorter time: retention.alerts in parapet.yaml.',
        };
  const says = isThere
    ? `The data directory ${dataDir} can be written`
    : `The data directory ${dataDir} is not there yet; parapet up makes it`;
  return [{ level: 'fine', topic: 'data', says }, space];
}

export interface EngineState {
  readonly card: Card;
  readonly engine: EngineProcess | undefined;
}

export async function checkEngine(dataDir: string): Promise<EngineState> {
  try {
    const engine = await findEngine(dataDir);
    if (engine !== undefined) {
      const says = `An engine is running (process ${engine.pid}, since ${formatInstant(engine.startedAt)})`;
      return { card: { level: 'fine', topic: 'engine', says }, engine };
    }
  } catch (error) {
    return { card: storeCard(error), engine: undefined };
  }
  const card: Card = {
    level: 'recommended',
    topic: 'engine',
    says: 'No engine is running here: nothing is watched at this moment',
    fix: 'Start one: parapet up',
  };
  return { card, engine: undefined };
}

export async function checkStore(context: CommandContext, dataDir: string): Promise<Card> {
  if (!existsSync(path.join(dataDir, STORE_FILE)))
    return { level: 'fine', topic: 'store', says: 'There is no store yet; parapet up makes it' };
  try {
    const store = await openStore({ dataDir, role: 'reader', now: context.now });
    try {
      const alerts = await store.countAlerts({});
      const active = await store.countDecisions({ activeAt: context.now() });
      const says = `The store can be read: ${formatCount(alerts)} alerts, ${formatCount(active)} decisions in force`;
      return { level: 'fine', topic: 'store', says };
    } finally {
      await store.close();
    }
  } catch (error) {
    return storeCard(error);
  }
}

function storeCard(error: unknown): Card {
  if (!(error instanceof StoreError)) throw error;
  return { level: 'critical', topic: 'store', says: error.message, fix: error.advice };
}

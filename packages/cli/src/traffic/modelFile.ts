// The traffic model in the data directory.

import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { readTrafficModel, type TrafficModel } from '@parapet/engine';
import { writeWhole } from '../io/writeWhole.ts';
import { UsageError } from '../run-verb.ts';

const NAME = 'traffic-model.json.gz';
/** Unpacked; the models of 200 busy sites fit. */
const MOST_BYTES = 1 << 29;

/** Writes the model; returns its size in bytes. */
export function writeModel(dataDir: string, model: TrafficModel): number {
  const bytes = gzipSync(JSON.stringify(model));
  mkdirSync(dataDir, { recursive: true });
  // Who visits the site when is nobody else's business.
  writeWhole(path.join(dataDir, NAME), bytes, 0o600);
  return bytes.length;
}

/** Returns the model, or undefined when nothing was learnt yet; throws E_TRAFFIC_MODEL when it cannot be used. */
export function readModel(dataDir: string): TrafficModel | undefined {
  const file = path.join(dataDir, NAME);
  if (!existsSync(file)) return undefined;
  const hint = 'Learn anew: parapet train traffic FILE...';
  let value: unknown;
  try {
    value = JSON.parse(gunzipSync(readFileSync(file), { maxOutputLength: MOST_BYTES }).toString('utf8'));
  } catch (error) {
    throw new UsageError('E_TRAFFIC_MODEL', `${file} cannot be read: ${(error as Error).message}`, hint); // Errors only
  }
  const model = readTrafficModel(value);
  if (model === undefined)
    throw new UsageError('E_TRAFFIC_MODEL', `${file} is of another version, or no traffic model`, hint);
  return model;
}

/** Forgets what was learnt; returns whether there was anything. */
export function removeModel(dataDir: string): boolean {
  const file = path.join(dataDir, NAME);
  const isThere = existsSync(file);
  rmSync(file, { force: true });
  return isThere;
}

// What an operator wishes of what was learnt, told to a running engine by a file that it takes away.

import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { writeWhole } from '../io/writeWhole.ts';
import { COPIES } from './stateFile.ts';

const wishSchema = z.discriminatedUnion('what', [
  z.object({ what: z.literal('forget'), site: z.string().optional() }),
  z.object({ what: z.literal('go-back'), copy: z.number().int().min(1).max(COPIES) }),
]);

export type TrafficWish = z.infer<typeof wishSchema>;

const NAME = 'traffic.wish';

export function leaveWish(dataDir: string, wish: TrafficWish): void {
  writeWhole(path.join(dataDir, NAME), `${JSON.stringify(wish)}\n`, 0o600);
}

/** Returns the wish that was left, and takes it away; undefined for none, or for what is none. */
export function takeWish(dataDir: string): TrafficWish | undefined {
  const file = path.join(dataDir, NAME);
  if (!existsSync(file)) return undefined;
  try {
    return wishSchema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch {
    return undefined; // whoever wrote it is told nothing was done by `parapet traffic status`
  } finally {
    rmSync(file, { force: true });
  }
}

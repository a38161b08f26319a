// The secret of this installation: what passes, trust and one-time links are signed with. Made by the first process
// that needs it; the others wait until it is whole.

import { createHmac, randomBytes } from 'node:crypto';
import { linkSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

const FILE = 'gateway.key';
const BYTES = 32;

/** Returns the secret; makes it when there is none. Throws when it can be neither read nor written. */
export function siteSecret(dataDir: string): Uint8Array {
  const file = path.join(dataDir, FILE);
  const known = read(file);
  if (known !== undefined) return known;
  // Written whole under a name of its own, then linked: of several processes one is the first, and none sees a part.
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, randomBytes(BYTES), { mode: 0o600 });
  try {
    linkSync(fresh, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(fresh);
  }
  const made = read(file);
  if (made === undefined) throw new Error(`${file} does not hold ${BYTES} bytes`);
  return made;
}

/** Returns the key under which addresses and values of a site are counted; the same in workers and in the engine. */
export function learningKey(secret: Uint8Array, site: string): { readonly k0: number; readonly k1: number } {
  const bytes = createHmac('sha256', secret).update(`parapet learning\n${site}`).digest();
  return { k0: bytes.readUInt32LE(0), k1: bytes.readUInt32LE(4) };
}

function read(file: string): Uint8Array | undefined {
  try {
    const bytes = readFileSync(file);
    return bytes.length === BYTES ? bytes : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

// The built page, read once. What is asked for is looked up by its whole name, so no path leads anywhere else.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

export interface Asset {
  readonly bytes: Buffer;
  readonly gzip: Buffer | undefined;
  readonly type: string;
  /** Named by what is in it: it never changes. */
  readonly isHashed: boolean;
  readonly etag: string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};

/** Returns the files of the folder by their address, `/assets/index-a1b2.js`; none when it was not built. */
export function readAssets(folder: string): ReadonlyMap<string, Asset> {
  const assets = new Map<string, Asset>();
  if (!existsSync(folder)) return assets;
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const type = TYPES[path.extname(name)];
    if (type === undefined) continue;
    const bytes = readFileSync(path.join(folder, name));
    const gzip = bytes.length > 512 ? gzipSync(bytes, { level: 9 }) : undefined;
    const address = `/${name.split(path.sep).join('/')}`;
    const isHashed = address.startsWith('/assets/');
    const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
    assets.set(address, { bytes, gzip, type, isHashed, etag });
  }
  return assets;
}

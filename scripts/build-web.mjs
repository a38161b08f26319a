// Builds the page of the dashboard with Vite, unless what it is made of is what the last build was made of.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const folder = path.join(root, 'packages/dashboard');

/** Returns whether something had to be built. */
export async function buildWeb({ quiet = false } = {}) {
  const stamp = path.join(folder, 'dist/.web-built');
  const digest = digestOf();
  if (existsSync(path.join(folder, 'dist/web/index.html')) && existsSync(stamp))
    if (readFileSync(stamp, 'utf8') === digest) return false;
  const { build } = await import('vite');
  await build({
    configFile: path.join(folder, 'vite.config.ts'),
    logLevel: quiet ? 'error' : 'info',
  });
  writeFileSync(stamp, digest);
  return true;
}

function digestOf() {
  const hash = createHash('sha256');
  const web = path.join(folder, 'src/web');
  const files = readdirSync(web, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  const others = [path.join(folder, 'vite.config.ts'), path.join(root, 'package-lock.json')];
  for (const file of [...files, ...others].toSorted())
    hash.update(`${path.relative(root, file)}\n`).update(readFileSync(file));
  return hash.digest('hex');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await buildWeb();

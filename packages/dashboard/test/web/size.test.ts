// What the first page makes a browser load. Measured on the built page; without a build it is skipped.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

const DIST = path.resolve(import.meta.dirname, '../../dist/web');
const isBuilt = existsSync(path.join(DIST, 'index.html'));
const MOST_BYTES = 60_000;

/** The script that the page names, and all that it imports at once. */
function firstScripts(): ReadonlySet<string> {
  const page = readFileSync(path.join(DIST, 'index.html'), 'utf8');
  const found = new Set<string>();
  const waiting = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)].map(([, name]) => name ?? '');
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    const text = readFileSync(path.join(DIST, name), 'utf8');
    for (const [, next] of text.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g))
      waiting.push(`/assets/${next}`);
  }
  return found;
}

describe.skipIf(!isBuilt)(`the first load${isBuilt ? '' : ' (skipped: run npm run build)'}`, () => {
  const gzipped = (name: string): number =>
    gzipSync(readFileSync(path.join(DIST, name)), { level: 9 }).length;

  it('is at most 60 kB of script, with the picture of the day', () => {
    const first = [...firstScripts()];
    expect(first.length).toBeGreaterThan(0);
    const text = first.map((name) => readFileSync(path.join(DIST, name), 'utf8')).join('\n');
    const day = /day-[\w-]+\.js/.exec(text)?.[0];
    expect(day).toBeDefined();
    const bytes = [...first, `/assets/${day ?? ''}`].reduce((all, name) => all + gzipped(name), 0);
    expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
  });

  it('has no script or style inside the page, which the policy would refuse', () => {
    const page = readFileSync(path.join(DIST, 'index.html'), 'utf8');
    expect(page).not.toMatch(/<style|<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=/i);
    expect(page).not.toMatch(/https?:\/\//);
  });
});

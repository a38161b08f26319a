// What docs/hub.md has its reader write is written, and what it says comes of it has to come of it.
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { newFolder, runHub, writeFiles } from './hubSite.ts';

const PAGE = fs.readFileSync(path.resolve(import.meta.dirname, '../../../../docs/hub.md'), 'utf8');

it('the parser, the scenario and the test of the page work as it says', async () => {
  const files = Object.fromEntries(
    [...PAGE.matchAll(/In `(my-hub\/[^`]+)`[^\n]*\n\n```\w+\n([^]*?)```/g)].map(([, file, text]) => [
      file!,
      text!,
    ]),
  );
  expect(Object.keys(files)).toHaveLength(6);
  const site = newFolder();
  writeFiles(site, files);
  const { out, code } = await runHub(site, ['test', 'my-hub/tests']);
  expect(code).toBe(0);
  const promised = /^\$ parapet hub test my-hub\/tests\n(.*)$/m.exec(PAGE)![1]!;
  expect(out.trimEnd().replace(/in [\d.]+ s$/, 'in * s')).toBe(promised);
});

it('every error of the hub is on the page', () => {
  const folder = path.resolve(import.meta.dirname, '../../src');
  const sources = fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /^(hub|commands\/hub)\/.*\.ts$/.test(name))
    .map((name) => fs.readFileSync(path.join(folder, name), 'utf8'));
  const codes = new Set([...sources.join('\n').matchAll(/E_HUB_[A-Z_]+/g)].map(([code]) => code));
  expect(codes.size).toBeGreaterThan(15);
  expect([...codes].filter((code) => !PAGE.includes(`\`${code}\``))).toEqual([]);
});

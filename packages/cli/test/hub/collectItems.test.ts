import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Problem } from '@parapet/kinds';
import { expect, onTestFinished, test } from 'vitest';
import { collectItems } from '../../src/hub/collectItems.ts';

function folderWith(files: Record<string, string>): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'parapet-items-'));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

function namesOf(options: {
  dataDir: string;
  folders?: readonly string[];
  with?: readonly string[];
  ownItems?: boolean;
}): readonly string[] {
  const problems: Problem[] = [];
  const { items } = collectItems({ folders: [], with: [], ownItems: false, ...options }, problems);
  expect(problems).toEqual([]);
  return items.map(({ kind, name }) => `${kind}:${name}`);
}

test('without a hub the own items are loaded, and none when they are not wanted', () => {
  const dataDir = folderWith({});
  const own = namesOf({ dataDir, ownItems: true });
  expect(own).toContain('parsers:parapet/nginx-access');
  expect(own).toContain('scenarios:parapet/http-404-burst');
  expect(namesOf({ dataDir })).toEqual([]);
});

test('an own item steps aside for the installed hub item that does the same', () => {
  const dataDir = folderWith({ 'hub/parsers/s01-parse/crowdsecurity/nginx-logs.yaml': 'name: x\n' });
  const names = namesOf({ dataDir, ownItems: true });
  expect(names).toContain('parsers:crowdsecurity/nginx-logs');
  expect(names).not.toContain('parsers:parapet/nginx-access');
  expect(names).toContain('parsers:parapet/apache2-access');
});

test('a selection takes of a folder what a collection lists, and all that is installed besides', () => {
  const dataDir = folderWith({ 'hub/scenarios/a/installed.yaml': 'name: a/installed\n' });
  const folder = folderWith({
    'collections/a/pack.yaml': 'name: a/pack\nscenarios:\n  - a/one\n',
    'scenarios/a/one.yaml': 'name: a/one\n',
    'scenarios/a/two.yaml': 'name: a/two\n',
  });
  expect(namesOf({ dataDir, folders: [folder], with: ['a/pack'] })).toEqual([
    'scenarios:a/installed',
    'scenarios:a/one',
  ]);
  expect(namesOf({ dataDir, folders: [folder] })).toEqual([
    'scenarios:a/installed',
    'scenarios:a/one',
    'scenarios:a/two',
  ]);
  expect(namesOf({ dataDir, with: ['a/installed'] })).toEqual(['scenarios:a/installed']);
});

test('an item of a folder wins over the installed one of the same name', () => {
  const dataDir = folderWith({ 'hub/scenarios/a/one.yaml': 'name: installed\n' });
  const folder = folderWith({ 'scenarios/a/one.yaml': 'name: mine\n' });
  const { items } = collectItems({ dataDir, folders: [folder], with: [], ownItems: false }, []);
  expect(items.map(({ text }) => text)).toEqual(['name: mine\n']);
});

test('a wish that nothing fulfils is a problem, and a folder that is not there an error', () => {
  const dataDir = folderWith({});
  const folder = folderWith({ 'scenarios/a/one.yaml': 'name: a/one\n' });
  const problems: Problem[] = [];
  collectItems({ dataDir, folders: [folder], with: ['a/none'], ownItems: false }, problems);
  expect(problems.map(({ code }) => code)).toEqual(['E_ITEM_MISSING']);
  expect(() =>
    collectItems({ dataDir, folders: [path.join(folder, 'gone')], with: [], ownItems: false }, []),
  ).toThrow(/cannot be read/);
});

test('data files are looked for in the folders, then in what is installed, then among our own', () => {
  const dataDir = folderWith({ 'hub/data/a.txt': 'installed', 'hub/data/b.txt': 'installed', secret: 'no' });
  const folder = folderWith({ 'data/a.txt': 'folder' });
  const { dataFile } = collectItems({ dataDir, folders: [folder], with: [], ownItems: true }, []);
  expect(dataFile('a.txt')).toBe('folder');
  expect(dataFile('b.txt')).toBe('installed');
  expect(dataFile('parapet_traversal.txt')).toContain('..');
  expect(dataFile('c.txt')).toBeUndefined();
  expect(dataFile('../../secret')).toBeUndefined();
  expect(dataFile('')).toBeUndefined();
});

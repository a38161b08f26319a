import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { siteSecret } from '../../src/worker/siteSecret.ts';

test('the secret is made once, for this user alone', () => {
  const folder = newFolder();
  const first = siteSecret(folder);
  expect(first).toHaveLength(32);
  expect(siteSecret(folder)).toEqual(first);
  expect(fs.statSync(path.join(folder, 'gateway.key')).mode & 0o777).toBe(0o600);
  expect(fs.readdirSync(folder)).toEqual(['gateway.key']);
});

test('a secret that was cut short is neither used nor replaced in silence', () => {
  const folder = newFolder();
  fs.writeFileSync(path.join(folder, 'gateway.key'), 'short');
  expect(() => siteSecret(folder)).toThrow('32 bytes');
});

function newFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'parapet-key-'));
  onTestFinished(() => {
    fs.rmSync(folder, { recursive: true });
  });
  return folder;
}

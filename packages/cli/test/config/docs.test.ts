// What docs/configuration.md says is what the schema says.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { configJsonSchema, configSchema } from '../../src/config/schema.ts';

const ROOT = path.resolve(import.meta.dirname, '../../../..');

test('the table of settings is made from the schema', () => {
  const script = path.join(ROOT, 'scripts/config-table.mjs');
  const run = spawnSync(process.execPath, [script, '--check'], { input: JSON.stringify(configJsonSchema()) });
  expect(run.stderr.toString()).toBe('');
  expect(run.status).toBe(0);
});

test('the example is valid', () => {
  const page = readFileSync(path.join(ROOT, 'docs/configuration.md'), 'utf8');
  const [, example] = /^```yaml\n([^]*?)^```$/m.exec(page) ?? [];
  expect(configSchema.parse(parse(example!)).logs).toHaveLength(2);
});

test('every error code is explained, and the page is current', () => {
  const run = spawnSync(process.execPath, [path.join(ROOT, 'scripts/errors-table.mjs'), '--check']);
  expect(run.stderr.toString()).toBe('');
  expect(run.status).toBe(0);
});

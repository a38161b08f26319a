import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

it('the page of benchmarks says what the recorded results say', () => {
  expect(() =>
    execFileSync(process.execPath, ['bench/page.mjs', '--check'], { stdio: 'pipe' }),
  ).not.toThrow();
});

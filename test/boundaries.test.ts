import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';

// Two checkers in this field say "fine" while checking nothing. So one forbidden import of each kind is
// written for real, and the linter has to refuse it.

const written: string[] = [];

function lint(file: string, content: string): string {
  mkdirSync(file.slice(0, file.lastIndexOf('/')), { recursive: true });
  writeFileSync(file, content);
  written.push(file);
  try {
    return execFileSync('npx', ['oxlint', '--deny-warnings', file], { encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    return String((error as { stdout: string }).stdout);
  }
}

afterEach(() => {
  for (const file of written.splice(0)) rmSync(file);
});

it('refuses a stage that imports a stage to its right', () => {
  const output = lint(
    'packages/engine/src/patterns/forbidden.ts',
    "import { Event } from '../events/event.ts';\nexport const forbidden: typeof Event = Event;\n",
  );
  expect(output).toContain('boundaries');
});

it('refuses a package that imports a package above it', () => {
  const output = lint(
    'packages/store/src/forbidden.ts',
    "import * as engine from '@parapet/engine';\nexport const forbidden: unknown = engine;\n",
  );
  expect(output).toContain('no-restricted-imports');
});

it('refuses an engine that opens files of its own', () => {
  const output = lint(
    'packages/engine/src/events/forbidden.ts',
    "import { readFileSync } from 'node:fs';\nexport const forbidden: unknown = readFileSync;\n",
  );
  expect(output).toContain('no-restricted-imports');
});

it('refuses a cycle', () => {
  writeFileSync(
    'packages/engine/src/events/forbidden-b.ts',
    "import { a } from './forbidden-a.ts';\nexport const b: number = a;\n",
  );
  written.push('packages/engine/src/events/forbidden-b.ts');
  const output = lint(
    'packages/engine/src/events/forbidden-a.ts',
    "import { b } from './forbidden-b.ts';\nexport const a: number = b;\n",
  );
  expect(output).toContain('no-cycle');
});

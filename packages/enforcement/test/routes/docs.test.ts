// The tables of docs/enforcement.md are those of the sources.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { ROUTES } from '../../src/routes/routes.table.ts';
import { THROTTLE_RATES } from '../../src/throttle/throttle.ts';

const page = readFileSync(path.resolve(import.meta.dirname, '../../../../docs/enforcement.md'), 'utf8');

it('the docs list the routes of machines as they are', () => {
  const rows = ROUTES.map(({ kind, rank, methods, paths }) => {
    const list = paths.map((one) => `\`${one}\``).join(', ');
    return `| ${kind} | ${rank === 'never' ? 'yes' : 'no'} | ${methods === 'read' ? 'yes' : 'no'} | ${list} |`;
  });
  expect(page).toContain(`|---|---|---|---|\n${rows.join('\n')}\n`);
});

it('the docs give the rates as they are', () => {
  const rows = Object.entries(THROTTLE_RATES).map(
    ([name, { perSecond, burst, queue, maxWaitMs }]) =>
      `| \`${name}\` | ${perSecond} | ${burst} | ${queue} | ${maxWaitMs / 1000} s |`,
  );
  expect(page).toContain(`|---|---|---|---|---|\n${rows.join('\n')}\n`);
});

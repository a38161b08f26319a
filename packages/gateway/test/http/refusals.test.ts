import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { REFUSAL_STATUSES } from '../../src/index.ts';

it('the page for people has each reason with its status, and no other', () => {
  const page = readFileSync(new URL('../../../../docs/gateway-http.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `([a-z0-9.-]+)` \| (\d{3}) \|/gm)].map(([, code, status]) => [
    code,
    Number(status),
  ]);
  const { 'status-line': _, ...ofRequests } = REFUSAL_STATUSES;
  expect(rows).toEqual(Object.entries(ofRequests));
});

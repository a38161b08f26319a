// The PHP of the docs says what the gateway hears.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { readVouching, vouchingKey } from '../../src/trust/vouching.ts';

const DOCS = path.resolve(import.meta.dirname, '../../../../docs');
const hasPhp = spawnSync('php', ['--version']).status === 0;
const COOKIE = 'kK2-9q_3vQ4zXnB1lM0pRsTuVwXyZaBcDeFgHiJkLmN';
const KEY = vouchingKey(Buffer.alloc(32, 7), 'main');

/** What the page is run in: functions of a namespace are found before those of PHP. */
const AROUND = `namespace doc;
function header($line) { echo $line, "\\n"; }
function session_name() { return 'SESSx'; }
class Account { function getAccountName() { return 'Ada Löwe; exp=1'; } }
$_COOKIE = ['SESSx' => '${COOKIE}'];
$account = new Account();
$key = '${KEY.toString('hex')}';
`;

it.skipIf(!hasPhp)(`PHP signs as the docs show${hasPhp ? '' : ' (skipped: php is not installed)'}`, () => {
  const headers = new Map<string, string>();
  for (const page of ['enforcement.md', 'lock-outs.md']) {
    const code = /^```php\n([^]*?)^```$/m.exec(readFileSync(path.join(DOCS, page), 'utf8'))![1]!;
    const line = execFileSync('php', ['-r', AROUND + code], { encoding: 'utf8' }).trim();
    const colon = line.indexOf(': ');
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 2));
  }
  const response = { status: 200, header: (name: string) => headers.get(name) };
  const session = createHash('sha256').update(COOKIE).digest('hex');
  expect(readVouching(response, [KEY], session, Date.now())).toEqual({
    user: 'Ada Löwe; exp=1',
    trust: { who: 'Ada Löwe; exp=1', forMs: 43_200_000 },
  });
});

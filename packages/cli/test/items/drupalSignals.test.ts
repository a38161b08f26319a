// The Drupal module writes the records that the engine reads: its own classes, run by PHP, against our own reader.

import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSignal } from '@parapet/kinds';

const FOLDER = path.resolve(import.meta.dirname, '../../../../drupal/parapet/src/Core/Signals');
const hasPhp = spawnSync('php', ['-r', 'exit(0);']).status === 0;
const isPossible = hasPhp && existsSync(path.join(FOLDER, 'Signal.php'));

function php(program: string): string[] {
  const text = `foreach (['Signal', 'KeyedHash'] as $class) { require '${FOLDER}/' . $class . '.php'; } use Drupal\\parapet\\Core\\Signals\\{Signal, KeyedHash}; ${program}`;
  const { stdout, stderr, status } = spawnSync('php', ['-r', text], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr + stdout);
  return stdout.split('\n').filter((line) => line !== '');
}

describe.skipIf(!isPossible)('signals of the Drupal module (skipped without php)', () => {
  const read = (line: string) => readSignal(JSON.parse(line), { nowMs: Date.now(), maxAgeMs: 60_000 });

  test('are taken as they are written', () => {
    const [line = ''] = php(
      `echo Signal::of('login.failed', '203.0.113.9')->site('www.example.org')->user((new KeyedHash('k'))->of(' Älice '))
        ->with('account_exists', TRUE)->with('roles', ['editor', 'a,b'])->with('fill_ms', 12.5)->with('path', '/user/login')->json();`,
    );
    expect(read(line)).toMatchObject({
      ok: true,
      signal: {
        ...{ type: 'login.failed', ip: '203.0.113.9', site: 'www.example.org' },
        user: createHmac('sha256', 'k').update('älice').digest('hex').slice(0, 32),
        attributes: [
          ['account_exists', true],
          ['roles', ['editor', 'a b']],
          ['fill_ms', 12.5],
          ['path', '/user/login'],
        ],
      },
    });
  });

  test('are taken too when visitors have filled them with all that they can', () => {
    const lines = php(
      `$texts = [str_repeat("\\u{1F600}ä", 9000), str_repeat('"\\\\' . "\\n\\0", 9000), "\\xff\\xfe" . str_repeat("\\xc3", 9000), ''];
       foreach ($texts as $text) {
         $signal = Signal::of('text.submitted', '2001:db8::1')->site($text);
         for ($i = 0; $i < 60; $i++) { $signal->with("a$i", $text)->with("l$i", array_fill(0, 50, $text)); }
         echo $signal->with('message', 'x')->with('Bad', 'x')->with('nan', NAN)->json(), "\\n";
       }`,
    );
    expect(lines).toHaveLength(4);
    for (const line of lines) expect(read(line)).toMatchObject({ ok: true });
  });
});

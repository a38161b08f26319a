// The kinds of attack as values, in words for people.

import type { AttackClass } from '@parapet/kinds';

/** What the model says of a text of each class: a sentence without its full stop. */
export const CLASS_WORDS: Readonly<Record<AttackClass, string>> = {
  sqli: 'looks like commands for a database',
  xss: 'looks like script for another visitor’s browser',
  lfi: 'looks like a way to a file outside of the site',
  rce: 'looks like commands for the server’s shell',
  php: 'looks like PHP code',
  ssti: 'looks like code for a template engine',
  xxe: 'looks like XML that fetches files or addresses',
  nosql: 'looks like operators for a document database',
  ldap: 'looks like a filter for a directory',
  ssrf: 'looks like an address that only the server itself can reach',
  java: 'looks like code or look-ups for Java',
  crlf: 'looks like header lines smuggled into a value',
  drupal: 'looks like an attack on Drupal itself',
  leak: 'looks like a search for secrets and backups',
  scanner: 'looks like a scanner',
  protocol: 'looks like a request that servers read in different ways',
  other: 'looks like an attack',
};

export function isAttackClass(name: string): name is AttackClass {
  return Object.hasOwn(CLASS_WORDS, name);
}

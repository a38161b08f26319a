// Expressions that a template engine on the server would evaluate: arithmetic as probes have it, and the ways from a
// value to the machine that each engine is known for. `{{ title }}` alone is what site builders write.

import { MAX_LEXED_CHARS, type LexicalFinding } from './finding.ts';
import { flagsOf, hasAny, SignSet } from './signs.ts';

/** The strongest sign of an expression for a template engine; undefined when there is none. */
export function findTemplate(text: string): LexicalFinding | undefined {
  if (!hasAny(text, OPENERS, MAX_LEXED_CHARS)) return undefined;
  return SIGNS.strongestIn(text.length > MAX_LEXED_CHARS ? text.slice(0, MAX_LEXED_CHARS) : text);
}

const OPENERS: Uint8Array = flagsOf('{<@#_');
const PROBE = 'has a template engine calculate';
const REACH = 'reaches through a template engine for the machine below';

const SIGNS: SignSet = new SignSet([
  {
    needs: '{',
    pattern:
      /(?:\{|[$#*@]\{|\{\{=?|\[\[\$?\{?)\s{0,4}['"]?\d{1,8}['"]?\s{0,4}[*+/-]\s{0,4}['"]?\d{1,8}['"]?\s{0,4}(?:\}|\]\])/,
    what: PROBE,
    strength: 'sure',
    class: 'ssti',
  },
  {
    needs: '<%',
    pattern:
      /<%=?\s{0,4}(?:['"]?\d{1,8}['"]?\s{0,3}[*+/-]\s{0,3}\d|[^%\0-\x08\ufffd]{0,200}(?:system|exec|eval|`|io\.|file\.|runtime|request\b|response\.write|open\(|dir\.))/i,
    what: 'is code between the marks of a template',
    strength: 'sure',
    class: 'ssti',
  },
  {
    needs: '{{',
    pattern:
      /\{\{[^{}]{0,200}(?:__\w{3,20}__|_self\b|\bself\._|\bconfig\b\s{0,3}[.[|}]|\brequest\s{0,2}[.|[]|\blipsum\b|\bcycler\b|\bjoiner\b|\bnamespace\b\.|\burl_for\b|get_flashed_messages|\bapp\.request|\bdump\(|\|\s{0,3}(?:attr|map|filter|reduce|sort|join)\s{0,3}\(\s{0,3}['"](?:system|exec|passthru|__)|registerundefined|getfilter|\bpopen\b|\bsystem\b\s{0,3}[('"]|\bexec\b\s{0,3}\(|#with|\brange\.constructor|require\s{0,3}\(|process\.|\.mainmodule|phpinfo|file_excerpt|include\s{0,3}\(|source\s{0,3}\()/i,
    what: REACH,
    strength: 'sure',
    class: 'ssti',
  },
  {
    needs: '{{',
    pattern:
      /\{\{\s{0,3}(?:['"][^'"{}]{0,40}['"]\s{0,3}[.[|~]|\[\s{0,3}['"][^\]]{0,40}\]\s{0,3}[|.]|\(\)\s{0,3}\.|\d{1,6}\s{0,3}[*|~]|['"]['"]\s{0,3}[.[])/,
    what: REACH,
    strength: 'likely',
    class: 'ssti',
  },
  {
    needs: '{%',
    pattern:
      /\{%[^%]{0,200}(?:__\w{3,20}__|\bimport\s{1,4}(?:os|subprocess|module)|\bos\.|popen|subclasses|\bdebug\s{0,3}%|\binclude\s{1,4}['"]?\/|\bfilter\s{1,4}system)/i,
    what: REACH,
    strength: 'sure',
    class: 'ssti',
  },
  {
    needs: '__',
    pattern: /__(?:class|mro|subclasses|globals|builtins|import|base|bases|init|code|getattribute)__/i,
    what: REACH,
    strength: 'likely',
    class: 'ssti',
  },
  {
    needs: '<#',
    pattern: /<#(?:assign|include|import|function|macro)\b|\[#assign\b/i,
    what: 'has directives of FreeMarker',
    strength: 'likely',
    class: 'ssti',
  },
  {
    needs: '?new',
    pattern: /\?new\(\)|freemarker\.template\.utility/i,
    what: REACH,
    strength: 'sure',
    class: 'ssti',
  },
  {
    needs: '#set',
    pattern: /#set\s{0,3}\(\s{0,3}\$\w{1,30}\s{0,3}=/i,
    what: 'has directives of Velocity',
    strength: 'likely',
    class: 'ssti',
  },
  {
    needs: '$class',
    pattern: /\$class\.(?:inspect|type|forname)/i,
    what: REACH,
    strength: 'sure',
    class: 'ssti',
  },
  {
    needs: '{',
    pattern:
      /[$#*]\{[^{}]{0,120}(?:T\s{0,2}\(\s{0,2}java|getclass\b|getruntime|forname\(|\.exec\(|processbuilder|\bnew\s{1,3}java|scriptengine|applicationscope|pagecontext|(?:\bsystem|\bexec|`)\s{0,3}[('"`]|process\.binding|require\b|child_process|mainmodule|root\.process)/i,
    what: REACH,
    strength: 'sure',
    class: 'ssti',
  },
  {
    needs: 't(java',
    pattern: /\bT\s{0,2}\(\s{0,2}java\.lang/i,
    what: REACH,
    strength: 'sure',
    class: 'ssti',
  },
  {
    needs: '__${',
    pattern: /__\$\{[^}]{1,200}\}__::/,
    what: 'is evaluated twice by Thymeleaf',
    strength: 'sure',
    class: 'ssti',
  },
  {
    needs: '{php',
    pattern: /\{\/?php\}/i,
    what: 'is PHP in a template of Smarty',
    strength: 'sure',
    class: 'ssti',
  },
  {
    needs: '{',
    pattern:
      /\{(?:system|passthru|exec|shell_exec|eval|phpinfo|self::|smarty\.|fetch\s{1,3}file|include\s{1,3}file|if\s{1,3}(?:system|phpinfo|passthru))\b\s{0,3}[('"\w$=]/i,
    what: REACH,
    strength: 'likely',
    class: 'ssti',
  },
  {
    needs: '@(',
    pattern: /@\(\s{0,3}(?:\d{1,8}\s{0,3}[*+/-]\s{0,3}\d|system\.|new\s)/i,
    what: PROBE,
    strength: 'likely',
    class: 'ssti',
  },
  {
    needs: '@{',
    pattern:
      /@\{\s{0,4}\[\s{0,4}(?:[!&`]|(?:core::|do\b|eval\b|system\b|exec\b|open\b|uc\b|sort\b|getpw|qx|print)\s{0,4})/i,
    what: 'has Perl evaluate an expression inside a string',
    strength: 'sure',
    class: 'ssti',
  },
  {
    needs: '#{',
    pattern: /#\{\s{0,3}(?:`|%x|system\b|exec\b|io\.|file\.|kernel|open\(|dir\[)/i,
    what: 'has Ruby evaluate an expression inside a string',
    strength: 'sure',
    class: 'ssti',
  },
  {
    needs: '%x',
    pattern: /(?:^|[\s=({,])%x[({[|/'"!]\s{0,3}\w/,
    what: 'has Ruby run a command',
    strength: 'likely',
    class: 'rce',
  },
  {
    needs: 'kernel.',
    pattern: /\bKernel\.(?:exec|system|spawn|fork|open|exit|eval)\s{0,3}\(/i,
    what: 'has Ruby run a command',
    strength: 'sure',
    class: 'rce',
  },
  {
    needs: 'process.',
    pattern: /\bProcess\.(?:spawn|exec|daemon|binding|mainmodule)\b\s{0,3}[(.[]/i,
    what: 'has Ruby or Node run a program',
    strength: 'sure',
    class: 'rce',
  },
  {
    needs: 'child_process',
    pattern:
      /child_process['"\s)]{0,6}[.)]\s{0,3}\w|require\s{0,3}\(\s{0,3}['"`](?:node:)?(?:child_process|fs|vm|net)['"`]/i,
    what: 'has Node run a program',
    strength: 'sure',
    class: 'rce',
  },
  {
    needs: '_$$nd_func$$_',
    pattern: /_\$\$ND_FUNC\$\$_/i,
    what: 'is an object of Node that runs when it is read',
    strength: 'sure',
    class: 'rce',
  },
  {
    needs: 'constructor',
    pattern:
      /constructor\s{0,2}[.:[]\s{0,2}['"]?(?:constructor|prototype)|\[constructor\]\s{0,2}\[prototype\]/i,
    what: 'reaches for the maker of objects',
    strength: 'likely',
    class: 'rce',
  },
  {
    needs: '__proto__',
    pattern: /__proto__/i,
    what: 'changes what all objects inherit',
    strength: 'likely',
    class: 'rce',
  },
  {
    needs: '__import__',
    pattern:
      /__import__\s{0,3}\(|\bos\.(?:system|popen)\s{0,3}\(\s{0,3}['"]|subprocess\.(?:popen|call|run|check_output)\s{0,3}\(/i,
    what: 'has Python run a command',
    strength: 'sure',
    class: 'rce',
  },
]);

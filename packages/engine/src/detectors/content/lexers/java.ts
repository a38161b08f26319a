// What Java servers run: lookups of Log4j however they are nested, expressions of OGNL and its kin, class loaders bound
// from parameters, and serialised objects or the names of the classes that make them dangerous.

import { LiteralSet } from '../../../patterns/literalSet.ts';
import { MAX_LEXED_CHARS, type LexicalFinding } from './finding.ts';
import { flagsOf, hasAny, SignSet } from './signs.ts';

/** The strongest sign of something that a Java server would run; undefined when there is none. */
export function findJava(text: string): LexicalFinding | undefined {
  if (!hasAny(text, OPENERS, MAX_LEXED_CHARS)) return findCoded(text);
  const limited = text.length > MAX_LEXED_CHARS ? text.slice(0, MAX_LEXED_CHARS) : text;
  const lookup = findLookup(limited);
  if (lookup?.strength === 'sure') return lookup;
  const sign = SIGNS.strongestIn(limited);
  if (sign === undefined || (lookup !== undefined && sign.strength === 'weak'))
    return lookup ?? findCoded(limited);
  return sign;
}

/** Words of dangerous classes and the magic number of serialised objects as base64 has them, at each of its offsets. */
function findCoded(text: string): LexicalFinding | undefined {
  if (text.length < 5) return undefined;
  const [index] = CODED.indexesIn(text);
  if (index === undefined) return undefined;
  const coded = CODED_WORDS[index] ?? '';
  const start = text.indexOf(coded);
  return {
    class: 'java',
    what: 'holds a serialised object of Java in base64',
    strength: index < MAGIC.length ? 'sure' : 'likely',
    start,
    end: start + coded.length,
  };
}

/** `\xac\xed\x00\x05` at the three offsets. */
const MAGIC: readonly string[] = ['rO0ABQ', 'rO0ABX', 'KztAAU', 'Cs7QAF'];
const CODED_WORDS: readonly string[] = [
  ...MAGIC,
  ...'runtime processbuilder clonetransformer forclosure instantiatefactory instantiatetransformer invokertransformer prototypeclonefactory prototypeserializationfactory whileclosure'
    .split(' ')
    .flatMap((word) => [0, 1, 2].map((offset) => codedAt(word, offset))),
];
const CODED: LiteralSet = new LiteralSet(CODED_WORDS);

/** The characters of base64 that stand for a word alone when so many bytes stand before it. */
function codedAt(word: string, offset: number): string {
  const coded = btoa('\0'.repeat(offset) + word);
  const end = Math.floor(((offset + word.length) * 8) / 6);
  return coded.slice(Math.ceil((offset * 8) / 6), end);
}

const OPENERS: Uint8Array = flagsOf('{.(@[:');
const OGNL = 'is an expression that Java evaluates';
const GADGET = 'names a class that runs something when its object is read';

const SIGNS: SignSet = new SignSet([
  {
    needs: 'jndi:',
    pattern: /jndi:(?:ldaps?|rmi|dns|iiop|corba|nis|nds|https?)\b/i,
    what: 'has a server look up an object elsewhere (JNDI)',
    strength: 'likely',
    class: 'java',
  },
  {
    needs: 'classloader',
    pattern: /(?:^|[.[&?\s])class(?:\.|\[)["']?(?:module["']?\]?(?:\.|\[)["']?)?classloader/i,
    what: 'reaches for the class loader through the name of a field',
    strength: 'sure',
    class: 'java',
  },
  {
    needs: 'memberaccess',
    pattern: /#_?memberaccess|_memberaccess\s{0,3}[[.=]|allowstaticmethodaccess/i,
    what: OGNL,
    strength: 'sure',
    class: 'java',
  },
  {
    needs: '%{',
    pattern: /%\{\s{0,3}\(?\s{0,3}(?:#|'[^']{0,20}'\.|@java|\d{1,8}\s{0,3}[*+-]\s{0,3}\d)/,
    what: OGNL,
    strength: 'sure',
    class: 'java',
  },
  {
    needs: '(#',
    pattern: /\(#\w{1,30}\s{0,3}=\s{0,3}(?:@|new\s|#|"|'|\()/,
    what: OGNL,
    strength: 'sure',
    class: 'java',
  },
  {
    needs: '@',
    pattern: /@(?:java|javax|org|com|ognl|sun)\.[\w.]{2,100}@\w/i,
    what: OGNL,
    strength: 'sure',
    class: 'java',
  },
  {
    needs: '#context',
    pattern: /#(?:context|application|session|request|parameters|attr)\s{0,3}\[|xwork\.methodaccessor/i,
    what: OGNL,
    strength: 'likely',
    class: 'java',
  },
  {
    needs: 'redirect',
    pattern: /(?:redirect|action|redirectaction):\s{0,3}[$%]\{/i,
    what: OGNL,
    strength: 'sure',
    class: 'java',
  },
  {
    needs: 'runtime',
    pattern:
      /\bruntime\s{0,3}\.\s{0,3}getruntime\s{0,3}\(|getruntime\s{0,3}\(\s{0,3}\)\s{0,3}\.\s{0,3}exec|java\.lang\.(?:runtime|processbuilder|system)\b/i,
    what: 'has Java run a program',
    strength: 'sure',
    class: 'java',
  },
  {
    needs: 'processbuilder',
    pattern: /\bprocessbuilder\s{0,3}\(|java\.lang\.processbuilder/i,
    what: 'has Java run a program',
    strength: 'sure',
    class: 'java',
  },
  {
    needs: '.forname',
    pattern: /\.forname\s{0,3}\(\s{0,3}["']/i,
    what: 'has Java load a class by its name',
    strength: 'likely',
    class: 'java',
  },
  {
    needs: 'scriptenginemanager',
    pattern: /scriptenginemanager/i,
    what: 'has Java run a script',
    strength: 'sure',
    class: 'java',
  },
  {
    needs: [
      'org.apache',
      'org.spring',
      'org.hibernate',
      'org.codehaus',
      'org.mozilla',
      'org.python',
      'org.jboss',
      'org.quartz',
      'org.javassist',
      'org.slf4j',
      'com.sun.',
      'com.mchange',
      'com.zaxxer',
      'com.alibaba',
      'com.caucho',
      'com.rometools',
      'com.nqzero',
      'com.ibatis',
      'com.newrelic',
      'com.p6spy',
      'java.',
      'javax.',
      'bsh.',
      'clojure.',
      'ysoserial',
      'sun.rmi',
      'weblogic.',
      'oracle.',
    ],
    pattern:
      /\b(?:org\.apache\.(?:commons\.(?:collections\d?|beanutils|fileupload|configuration|text)|xalan|xbean|myfaces|tomcat\.dbcp|wicket|ibatis|shiro|naming\.)|org\.(?:springframework\.(?:context|beans|core|aop|jndi|transaction)|hibernate\.|codehaus\.groovy\.|mozilla\.javascript|python\.core|jboss\.|quartz|javassist|slf4j\.ext)|com\.(?:sun\.(?:rowset|org\.apache|jndi|syndication)|mchange\.v2|zaxxer\.hikari|alibaba\.fastjson|caucho|rometools|nqzero|ibatis|newrelic|p6spy)|java(?:x)?\.(?:management|naming|script|rmi|net\.url|util\.(?:concurrent|hashmap|priorityqueue)|beans\.|lang\.(?:class|object|string|thread|reflect)|io\.file)|bsh\.|clojure\.|ysoserial|sun\.rmi|weblogic\.|oracle\.)[\w.$]{0,80}[A-Z]/,
    what: GADGET,
    strength: 'likely',
    class: 'java',
  },
  {
    needs: 'java.',
    pattern:
      /\bjava\.(?:io\.(?:buffered|bytearray|chararray|data|file|filter|input|linenumber|object|output|piped|print|pushback|random|reader|sequence|stream|string|writer)|lang\.(?:class|integer|number|object|process|reflect|string|system|thread|runtime|shutdown|invoke|module)|runtime|beans\.xmldecode|util\.scanner)/i,
    what: 'names a class of Java that reads, writes or runs',
    strength: 'likely',
    class: 'java',
  },
  {
    needs: 'transformer',
    pattern: /\b(?:invoker|chained|constant|instantiate|lazymap|clone)transformer\b/i,
    what: GADGET,
    strength: 'sure',
    class: 'java',
  },
  {
    needs: '@type',
    pattern: /["']@type["']\s{0,4}:\s{0,4}["'](?:java|com\.|org\.|javax|L|\[)/,
    what: 'names the class that JSON is to become',
    strength: 'sure',
    class: 'java',
  },
  {
    needs: '!!',
    pattern: /!!(?:javax?|com|org|sun)\.[\w.$]{3,120}\s{0,3}\[?/,
    what: 'names the class that YAML is to become',
    strength: 'sure',
    class: 'java',
  },
  {
    needs: 'ro0ab',
    pattern: /rO0AB[A-Za-z0-9+/]{1,3}/,
    what: 'is a serialised object of Java',
    strength: 'sure',
    class: 'java',
  },
  {
    needs: '\u00ac\u00ed',
    pattern: /\u00ac\u00ed\0\u0005/,
    what: 'is a serialised object of Java',
    strength: 'sure',
    class: 'java',
  },
]);

const MAX_DEPTH = 24;
const MAX_PLAIN = 400;

/**
 * `${jndi:ldap://…}` and its disguises: innermost lookups are resolved first, as Log4j does, so that
 * `${${lower:j}${::-n}di:…}` reads as what it is. One pass; what is open at the end counts too.
 */
function findLookup(text: string): LexicalFinding | undefined {
  const first = text.indexOf('${');
  if (first === -1) return undefined;
  const open: { start: number; plain: string }[] = [];
  let hasNested = false;
  let known: LexicalFinding | undefined;
  for (let at = first; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const top = open.at(-1);
    if (code === 36 && text.charCodeAt(at + 1) === 123) {
      if (open.length >= MAX_DEPTH) return lookupFound(text, first, at, 'sure');
      if (top !== undefined) hasNested = true;
      open.push({ start: at, plain: '' });
      at += 1;
    } else if (top !== undefined) {
      if (code === 125) {
        open.pop();
        if (isJndi(top.plain)) return lookupFound(text, top.start, at + 1, 'sure');
        if (known === undefined && isOtherLookup(top.plain))
          known = lookupFound(text, top.start, at + 1, 'likely');
        const parent = open.at(-1);
        if (parent !== undefined) parent.plain = (parent.plain + resolve(top.plain)).slice(0, MAX_PLAIN);
      } else if (top.plain.length < MAX_PLAIN) top.plain += text.charAt(at);
    }
  }
  for (const { start, plain } of open)
    if (isJndi(plain)) return lookupFound(text, start, text.length, 'sure');
  if (known !== undefined) return known;
  return hasNested
    ? { ...lookupFound(text, first, first + 2, 'weak'), what: 'has lookups of Log4j inside each other' }
    : undefined;
}

function lookupFound(
  text: string,
  start: number,
  end: number,
  strength: LexicalFinding['strength'],
): LexicalFinding {
  const what =
    strength === 'sure'
      ? 'has a server look up an object elsewhere (Log4j)'
      : 'has a server look something up while it logs (Log4j)';
  return { class: 'java', what, strength, start, end: Math.min(end, text.length) };
}

function isJndi(plain: string): boolean {
  return /^\s{0,4}j\s?n\s?d\s?[iı]\s{0,3}:/i.test(plain);
}

/** Other lookups: `env:`, `sys:`, `java:`, with which secrets are read into addresses. */
function isOtherLookup(plain: string): boolean {
  return (
    /^(?:env|sys|java|ctx|main|map|bundle|docker|k8s|spring|sd|log4j|event|marker|web|base64|script|dns|url|file|xml|const|resourcebundle|lower|upper|date|urldecoder|urlencoder|properties):./i.test(
      plain,
    ) || plain.startsWith('::-')
  );
}

/** What an inner lookup leaves behind: its default, or what `lower` and `upper` are given. */
function resolve(plain: string): string {
  const fallback = plain.lastIndexOf(':-');
  if (fallback !== -1) return plain.slice(fallback + 2);
  const given =
    /^(?:lower|upper|base64|urldecoder|urlencoder|const|date|main|ctx|web|map|sd|bundle|k8s|spring|docker|log4j|event|marker):/i.exec(
      plain,
    );
  if (given === null) return '';
  const rest = plain.slice(given[0].length);
  return given[0].toLowerCase().startsWith('date') ? rest.replaceAll("'", '') : rest;
}

// Reads the YAML that item files are made of: maps and lists by indentation, keys that are words, values on one
// line, folded over several, or in a block. Anything else (flow collections, anchors, tags, mistakes) is left to a reader of all of YAML: the answer is then undefined. What is read is read as YAML 1.2 says.

import type { YamlList, YamlMap, YamlNode, YamlPair, YamlScalar } from './yamlTree.ts';

// White space other than spaces and ends of lines: tabs, no-break spaces, byte order marks.
const NOT_SIMPLE = /[^\S \n]|\0/;
const KEY = /([A-Za-z_][\w./-]*):(?: +|$)/y;
const NO_TEXT_KEYS: ReadonlySet<string> = new Set([
  ...['true', 'True', 'TRUE', 'false', 'False', 'FALSE', 'null', 'Null', 'NULL', '__proto__'],
]);
const DOUBLE_QUOTED = /"(?:[^"\\\u0000-\u001f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"/y; // oxlint-disable-line no-control-regex -- JSON has none
const SINGLE_QUOTED = /'(?:[^']|'')*'/y;
const BLOCK = /([|>])(-?) *$/y;
const AFTER_QUOTE = / *$| +#.*$/y;
const INTEGER = /^[-+]?\d+$/;
const NUMBER = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
const OTHER_NUMBER = /^(?:0[ox][\da-fA-F]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

/** Returns the root of each document, undefined for an empty one; undefined when the text is not that simple. */
export function parseSimpleYaml(text: string): readonly (YamlMap | undefined)[] | undefined {
  if (NOT_SIMPLE.test(text)) return undefined;
  return new SimpleYaml(text).documents();
}

class SimpleYaml {
  readonly #lines: readonly string[];
  /** Offset of each line. */
  readonly #starts: number[] = [];
  /** The line that is read next. */
  #line = 0;
  /** Its indentation when it has content; -1 at the end of a document. */
  #indent = -1;

  constructor(text: string) {
    this.#lines = text.split('\n');
    let start = 0;
    for (const line of this.#lines) {
      this.#starts.push(start);
      start += line.length + 1;
    }
  }

  documents(): readonly (YamlMap | undefined)[] | undefined {
    const roots: (YamlMap | undefined)[] = [];
    for (;;) {
      this.#toContent();
      if (this.#indent > 0) return undefined;
      let root: YamlMap | undefined;
      if (this.#indent === 0) {
        root = this.#map(0);
        if (root === undefined || this.#indent >= 0) return undefined;
      }
      roots.push(root);
      if (this.#line >= this.#lines.length) return roots;
      if (!/^--- *$/.test(this.#lines[this.#line]!)) return undefined;
      this.#line++;
    }
  }

  /** Passes over what holds nothing. */
  #toContent(): void {
    for (; this.#line < this.#lines.length; this.#line++) {
      const line = this.#lines[this.#line]!;
      let indent = 0;
      while (line.charCodeAt(indent) === 0x20) indent++;
      if (indent === line.length || line.charCodeAt(indent) === 0x23) continue;
      // A marker ends the document; what is no `---` is seen there.
      this.#indent = indent === 0 && /^(?:---|\.\.\.|%)/.test(line) ? -1 : indent;
      return;
    }
    this.#indent = -1;
  }

  /** The map whose keys stand in a column; the first on this line, perhaps behind the dash of a list. */
  #map(column: number): YamlMap | undefined {
    const start = this.#starts[this.#line]! + column;
    const pairs: YamlPair[] = [];
    const known = new Set<string>();
    do {
      const line = this.#lines[this.#line]!;
      KEY.lastIndex = column;
      const key = KEY.exec(line)?.[1];
      if (key === undefined || known.has(key) || NO_TEXT_KEYS.has(key)) return undefined;
      known.add(key);
      const keyStart = this.#starts[this.#line]! + column;
      const at = KEY.lastIndex;
      let value: YamlNode | undefined;
      if (at === line.length || line[at] === '#') {
        this.#line++;
        this.#toContent();
        if (this.#indent > column)
          value = this.#isDash() ? this.#list(this.#indent) : this.#map(this.#indent);
        else if (this.#indent === column && this.#isDash()) value = this.#list(column);
        else {
          pairs.push({ key, isText: true, keyStart, value: undefined });
          continue;
        }
        if (value === undefined) return undefined;
      } else {
        const scalar = this.#scalar(at, column);
        if (scalar === undefined) return undefined;
        value = scalar.value === null ? undefined : scalar;
      }
      pairs.push({ key, isText: true, keyStart, value });
    } while (this.#indent === column);
    return this.#indent > column ? undefined : { kind: 'map', start, pairs };
  }

  #isDash(): boolean {
    const line = this.#lines[this.#line]!;
    return line[this.#indent] === '-' && (line[this.#indent + 1] ?? ' ') === ' ';
  }

  #list(column: number): YamlList | undefined {
    const start = this.#starts[this.#line]! + column;
    const items: YamlNode[] = [];
    do {
      const line = this.#lines[this.#line]!;
      let at = column + 1;
      while (line.charCodeAt(at) === 0x20) at++;
      let item: YamlNode | undefined;
      if (at === line.length || line[at] === '#') {
        this.#line++;
        this.#toContent();
        if (this.#indent > column) item = this.#isDash() ? this.#list(this.#indent) : this.#map(this.#indent);
      } else {
        KEY.lastIndex = at;
        item = KEY.test(line) ? this.#map(at) : this.#scalar(at, column);
      }
      if (item === undefined) return undefined;
      items.push(item);
    } while (this.#indent === column && this.#isDash());
    return this.#indent > column ? undefined : { kind: 'list', start, items };
  }

  /** The scalar that starts in this line, of a map or list in a column; goes on to the next content. */
  #scalar(at: number, column: number): YamlScalar | undefined {
    const line = this.#lines[this.#line]!;
    const start = this.#starts[this.#line]! + at;
    const first = line[at]!;
    if (first === '|' || first === '>') return this.#block(at, start, column);
    this.#line++;
    const isQuoted = first === '"' || first === "'";
    const scalar = isQuoted
      ? quoted(this.#quotedText(line.slice(at), column), start)
      : this.#plain(line.slice(at), start, column);
    this.#toContent();
    return scalar;
  }

  /** A quoted text with what follows it; line breaks inside it are spaces. */
  #quotedText(first: string, column: number): string {
    const quote = first[0]!;
    let text = first;
    while (isOpen(text, quote) && this.#line < this.#lines.length) {
      const next = this.#lines[this.#line]!.trim();
      if (next === '' || this.#indentHere() <= column) break;
      text = `${text.trimEnd()} ${next}`;
      this.#line++;
    }
    return text;
  }

  #plain(first: string, start: number, column: number): YamlScalar | undefined {
    const comment = first.indexOf(' #');
    let source = plainText(comment < 0 ? first : first.slice(0, comment));
    if (source === undefined) return undefined;
    let isFolded = false;
    while (comment < 0 && this.#line < this.#lines.length && this.#indentHere() > column) {
      const line = this.#lines[this.#line]!;
      const next = line.trim();
      if (next.startsWith('#')) break;
      const more = plainText(next);
      if (more === undefined || next.includes(' #')) return undefined;
      source += ` ${more}`;
      isFolded = true;
      this.#line++;
    }
    const value = isFolded ? source : resolve(source);
    return value === undefined ? undefined : { kind: 'scalar', start, value, source, style: 'plain' };
  }

  /** Of the line that is next; 0 for one of nothing but spaces. */
  #indentHere(): number {
    const indent = this.#lines[this.#line]!.search(/[^ ]/);
    return indent < 0 ? 0 : indent;
  }

  #block(at: number, start: number, column: number): YamlScalar | undefined {
    BLOCK.lastIndex = at;
    const header = BLOCK.exec(this.#lines[this.#line]!);
    if (header === null) return undefined;
    const lines: string[] = [];
    let indent = 0;
    let filled = 0;
    for (this.#line++; this.#line < this.#lines.length; this.#line++) {
      const line = this.#lines[this.#line]!;
      const text = line.trimStart();
      if (/^ *$/.test(line)) {
        // Spaces beyond the indentation belong to the text, and before the first line of it decide on that.
        if (line.length > indent) {
          if (this.#line < this.#lines.length - 1 || line !== '') return undefined;
        }
        lines.push('');
        continue;
      }
      const here = line.length - text.length;
      if (indent === 0) {
        if (here <= column) return undefined;
        indent = here;
      }
      if (here < indent) break;
      const isFolded = header[1] === '>';
      if (isFolded && here > indent) return undefined;
      lines.push(line.slice(indent));
      filled = lines.length;
    }
    // The end of the file without the end of a line is left to others.
    if (filled === 0 || (this.#line === this.#lines.length && this.#lines.at(-1) !== '')) return undefined;
    this.#toContent();
    const text = header[1] === '>' ? fold(lines.slice(0, filled)) : lines.slice(0, filled).join('\n');
    const value = `${text}${header[2] === '-' ? '' : '\n'}`;
    return { kind: 'scalar', start, value, source: value, style: 'block' };
  }
}

/** Lines are joined by spaces, and an empty line is the end of one. */
function fold(lines: readonly string[]): string {
  let text = '';
  let breaks = 0;
  for (const line of lines) {
    if (line === '') {
      breaks++;
      continue;
    }
    text += breaks > 0 ? '\n'.repeat(breaks) : text === '' ? '' : ' ';
    text += line;
    breaks = 0;
  }
  return text;
}

function isOpen(text: string, quote: string): boolean {
  const pattern = quote === '"' ? DOUBLE_QUOTED : SINGLE_QUOTED;
  pattern.lastIndex = 0;
  return !pattern.test(text);
}

function quoted(text: string, start: number): YamlScalar | undefined {
  const pattern = text.startsWith('"') ? DOUBLE_QUOTED : SINGLE_QUOTED;
  pattern.lastIndex = 0;
  const whole = pattern.exec(text)?.[0];
  if (whole === undefined) return undefined;
  AFTER_QUOTE.lastIndex = whole.length;
  if (!AFTER_QUOTE.test(text)) return undefined;
  const isDouble = pattern === DOUBLE_QUOTED;
  const value = isDouble ? String(JSON.parse(whole)) : whole.slice(1, -1).replaceAll("''", "'");
  return { kind: 'scalar', start, value, source: value, style: 'quoted' };
}

/** A line of a plain scalar; undefined when it may be more than that. */
function plainText(line: string): string | undefined {
  const text = line.trimEnd();
  if (!isPlainStart(text) || text.endsWith(':') || text.includes(': ')) return undefined;
  return text;
}

function isPlainStart(text: string): boolean {
  const first = text[0] ?? '#';
  if (first === '-' || first === '?' || first === ':') return (text[1] ?? ' ') !== ' ';
  return !'&*!|>%@`{}[],#"\''.includes(first);
}

/** What a plain scalar means in the core schema; undefined for numbers that nobody writes. */
function resolve(source: string): string | number | boolean | null | undefined {
  switch (source) {
    case 'true':
    case 'True':
    case 'TRUE':
      return true;
    case 'false':
    case 'False':
    case 'FALSE':
      return false;
    case '~':
    case 'null':
    case 'Null':
    case 'NULL':
      return null;
    default:
  }
  const first = source.charCodeAt(0);
  if (first > 0x39 || (!INTEGER.test(source) && !NUMBER.test(source))) {
    return first <= 0x39 && OTHER_NUMBER.test(source) ? undefined : source;
  }
  return Number(source);
}

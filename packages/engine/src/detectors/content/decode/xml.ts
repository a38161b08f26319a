// XML without a parser: nothing is fetched and nothing is expanded but references to characters. Text, attributes and
// CDATA are parts by the path of their elements; what declares a document type is one of its own.

import type { Collector } from './collector.ts';
import { decodeEntities } from './entities.ts';
import type { Fields } from './fields.ts';

const LONGEST_NAME = 512;
const MAX_DEPTH = 64;
const MAX_NODES = 8192;

/** Adds what the text holds; reads on whatever is wrong with it. */
export function readXml(fields: Fields, text: string): void {
  new XmlReader(fields, text).read();
}

class XmlReader {
  readonly #fields: Fields;
  readonly #collector: Collector;
  readonly #text: string;
  readonly #path: string[] = [];
  #name = '';
  #at = 0;
  #nodes = 0;

  constructor(fields: Fields, text: string) {
    this.#fields = fields;
    this.#collector = fields.collector;
    this.#text = text;
  }

  read(): void {
    const text = this.#text;
    while (this.#at < text.length) {
      if (this.#collector.isFull() || ++this.#nodes > MAX_NODES) {
        this.#collector.addRest('xml', text.slice(this.#at));
        return;
      }
      const open = text.indexOf('<', this.#at);
      if (open !== this.#at) this.#addText(text.slice(this.#at, open < 0 ? text.length : open));
      if (open < 0) return;
      this.#at = open;
      if (text.startsWith('<![CDATA[', open)) this.#addUntil(']]>', 9);
      else if (text.startsWith('<!--', open)) this.#addUntil('-->', 4);
      else if (text.startsWith('<!', open)) this.#readDeclaration();
      else if (text.startsWith('<?', open)) this.#readInstruction();
      else if (text.startsWith('</', open)) this.#readEnd();
      else this.#readElement();
    }
  }

  #addText(raw: string): void {
    if (raw.trim() !== '') this.#addValue(this.#name, raw);
  }

  #addValue(name: string, raw: string): void {
    // Line breaks that are written as references are meant.
    const text = raw.trim();
    this.#fields.add('xml', name, text.includes('&') ? (decodeEntities(text) ?? text) : text);
  }

  #addUntil(end: string, skip: number): void {
    const start = this.#at + skip;
    const close = this.#text.indexOf(end, start);
    const value = this.#text.slice(start, close < 0 ? this.#text.length : close);
    if (value.trim() !== '') this.#fields.add('xml', this.#name, value);
    this.#at = close < 0 ? this.#text.length : close + end.length;
  }

  // `<?xml …?>` says nothing; other instructions may be code of a server.
  #readInstruction(): void {
    const close = this.#text.indexOf('?>', this.#at);
    const end = close < 0 ? this.#text.length : close + 2;
    const instruction = this.#text.slice(this.#at, end);
    if (!/^<\?xml\s[\s\w.="'-]*\?>$/.test(instruction)) this.#fields.add('xml', '?', instruction);
    this.#at = end;
  }

  // A document type with its own declarations, or a stray declaration.
  #readDeclaration(): void {
    const start = this.#at;
    const end = declarationEnd(this.#text, start);
    const declaration = this.#text.slice(start, end);
    this.#at = end;
    this.#collector.note('xml-doctype', 'xml', '', 'note');
    this.#collector.add('xml', '!DOCTYPE', declaration);
    if (!/<!ENTITY/i.test(declaration)) return;
    this.#collector.note('xml-entity', 'xml', '', 'refuse');
    this.#addEntityValues(declaration);
  }

  // An entity that is never closed ends where the next begins, so that nothing is read twice.
  #addEntityValues(declaration: string): void {
    for (const [entity] of declaration.matchAll(/<!ENTITY(?:(?!<!ENTITY)[^>])*/g)) {
      if (this.#collector.isFull()) return;
      const value = /["'](.*)["']/s.exec(entity)?.[1];
      if (value !== undefined && value !== '') this.#addValue('!ENTITY', value);
    }
  }

  #readEnd(): void {
    const close = this.#text.indexOf('>', this.#at);
    const end = close < 0 ? this.#text.length : close;
    const name = this.#text.slice(this.#at + 2, end).trim();
    if (!isName(name)) this.#collector.add('name', this.#name, name);
    this.#path.pop();
    this.#name = this.#path.at(-1) ?? '';
    this.#at = end + 1;
  }

  #readElement(): void {
    const text = this.#text;
    let at = this.#at + 1;
    while (at < text.length && !isSpaceOr(text.charCodeAt(at), 0x3e, 0x2f)) at++;
    const name = text.slice(this.#at + 1, at);
    if (!isName(name)) this.#collector.add('name', this.#name, `<${name}`);
    const path = this.#path.length < MAX_DEPTH ? `${this.#name}/${name}`.slice(0, LONGEST_NAME) : this.#name;
    this.#at = at;
    if (this.#readAttributes(path)) return;
    this.#path.push(path);
    this.#name = path;
    if (this.#path.length === MAX_DEPTH + 1) this.#collector.note('xml-too-deep', 'xml', '', 'refuse');
  }

  // Up to the end of the tag; says whether the element has no content.
  #readAttributes(path: string): boolean {
    const text = this.#text;
    let isEmpty = false;
    while (this.#at < text.length && !this.#collector.isFull()) {
      let at = this.#at;
      while (isSpaceOr(text.charCodeAt(at), 0x2f, 0x2f)) {
        isEmpty = text.charCodeAt(at) === 0x2f;
        at++;
      }
      this.#at = at;
      if (at >= text.length) break;
      if (text.charCodeAt(at) === 0x3e) {
        this.#at = at + 1;
        return isEmpty;
      }
      isEmpty = false;
      this.#readAttribute(path);
    }
    return true;
  }

  #readAttribute(path: string): void {
    const text = this.#text;
    const start = this.#at;
    let at = start;
    while (at < text.length && !isSpaceOr(text.charCodeAt(at), 0x3e, 0x3d)) at++;
    const name = text.slice(start, at);
    if (!isName(name)) this.#collector.add('name', path, name);
    while (isSpaceOr(text.charCodeAt(at), 0x20, 0x20)) at++;
    if (text.charCodeAt(at) !== 0x3d) {
      this.#at = Math.max(at, start + 1);
      return;
    }
    at++;
    while (isSpaceOr(text.charCodeAt(at), 0x20, 0x20)) at++;
    const quote = text.charCodeAt(at);
    const isQuoted = quote === 0x22 || quote === 0x27;
    if (isQuoted) at++;
    let end = isQuoted ? text.indexOf(String.fromCharCode(quote), at) : at;
    if (!isQuoted) while (end < text.length && !isSpaceOr(text.charCodeAt(end), 0x3e, 0x3e)) end++;
    if (end < 0) end = text.length;
    const value = text.slice(at, end);
    if (value !== '') this.#addValue(`${path}/@${name}`.slice(0, LONGEST_NAME), value);
    this.#at = isQuoted ? end + 1 : end;
  }
}

// The end of `<!…>`, past the brackets and quotes of a document type.
function declarationEnd(text: string, start: number): number {
  let depth = 0;
  let quote = 0;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (quote !== 0) {
      if (code === quote) quote = 0;
    } else if (code === 0x22 || code === 0x27) quote = code;
    else if (code === 0x5b) depth++;
    else if (code === 0x5d) depth--;
    else if (code === 0x3e && depth <= 0) return at + 1;
  }
  return text.length;
}

function isName(name: string): boolean {
  return name.length < 128 && /^[\w.:-]*$/.test(name);
}

function isSpaceOr(code: number, one: number, other: number): boolean {
  return code === 0x20 || (code >= 9 && code <= 13) || code === one || code === other;
}

// Reads an XML document into a tree, as strictly as Go's encoding/xml with etree does: quotes around attributes,
// matching end tags, the five named entities only. Nothing is fetched and no entity is defined, so there is
// nothing to expand; depth is bounded. Prefixes stay as they are written.

import { toWellFormed } from './unicode.ts';

interface XmlAttribute {
  readonly space: string;
  readonly key: string;
  value: string;
}

export interface XmlElement {
  readonly space: string;
  readonly tag: string;
  readonly attributes: readonly XmlAttribute[];
  readonly parent: XmlElement | undefined;
  /** Elements and text in their order; null stands for a processing instruction or a declaration. */
  readonly children: (XmlElement | string | null)[];
}

const DEPTH_MAX = 256;

/** Returns the element that holds the whole document, or undefined when the text is not well-formed XML. */
export function parseXml(xml: string): XmlElement | undefined {
  try {
    return new XmlReader(xml).read();
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

/** Returns the text before the element's first child element, comments left out. */
export function textOf(element: XmlElement): string {
  let text = '';
  for (const child of element.children) {
    if (typeof child !== 'string') break;
    text += child;
  }
  return text;
}

class Malformed extends Error {}

class XmlReader {
  readonly #xml: string;
  #at = 0;
  #top: XmlElement = { space: '', tag: '', attributes: [], parent: undefined, children: [] };
  #depth = 0;

  constructor(xml: string) {
    this.#xml = xml;
  }

  read(): XmlElement {
    const xml = this.#xml;
    while (this.#at < xml.length) {
      const less = xml.indexOf('<', this.#at);
      const end = less < 0 ? xml.length : less;
      if (end > this.#at) this.#addText(this.#at, end);
      this.#at = end;
      if (less >= 0) this.#readMarkup();
    }
    if (this.#depth > 0) throw new Malformed('an element is not closed');
    return this.#top;
  }

  #addText(from: number, to: number): void {
    const raw = this.#xml.slice(from, to);
    if (raw.includes(']]>')) throw new Malformed(']]> outside CDATA');
    this.#top.children.push(decodeText(raw));
  }

  #readMarkup(): void {
    const xml = this.#xml;
    const after = xml[this.#at + 1];
    if (after === '/') this.#readEndTag();
    else if (after === '?') this.#readInstruction();
    else if (xml.startsWith('<!--', this.#at)) this.#skipComment();
    else if (xml.startsWith('<![CDATA[', this.#at)) this.#readCdata();
    else if (after === '!') this.#skipDeclaration();
    else this.#readStartTag();
  }

  #readStartTag(): void {
    this.#at++;
    const name = this.#name();
    const attributes: XmlAttribute[] = [];
    const byName = new Map<string, XmlAttribute>();
    for (;;) {
      this.#skipSpace();
      const letter = this.#xml[this.#at];
      if (letter === '>' || letter === '/') break;
      const { space, local } = this.#name();
      this.#skipSpace();
      this.#expect('=');
      this.#skipSpace();
      const value = this.#quoted();
      // Of two attributes of one name the place is the first's and the value the last's.
      const known = byName.get(`${space}:${local}`);
      if (known !== undefined) {
        known.value = value;
        continue;
      }
      const attribute = { space, key: local, value };
      byName.set(`${space}:${local}`, attribute);
      attributes.push(attribute);
    }
    const isEmpty = this.#xml[this.#at] === '/';
    if (isEmpty) this.#at++;
    this.#expect('>');
    const element: XmlElement = {
      space: name.space,
      tag: name.local,
      attributes,
      parent: this.#top,
      children: [],
    };
    this.#top.children.push(element);
    if (isEmpty) return;
    if (++this.#depth > DEPTH_MAX) throw new Malformed('nested too deeply');
    this.#top = element;
  }

  #readEndTag(): void {
    this.#at += 2;
    const { space, local } = this.#name();
    this.#skipSpace();
    this.#expect('>');
    const { parent } = this.#top;
    if (parent === undefined || this.#top.space !== space || this.#top.tag !== local) {
      throw new Malformed('an end tag does not match');
    }
    this.#top = parent;
    this.#depth--;
  }

  #readInstruction(): void {
    this.#at += 2;
    const { space, local } = this.#name();
    const end = this.#end('?>', this.#at);
    if (space === '' && local === 'xml') {
      const version = /(?:^|\s)version\s*=\s*(?:"([^"]*)"|'([^']*)')/.exec(this.#xml.slice(this.#at, end));
      const claimed = version?.[1] ?? version?.[2] ?? '';
      if (claimed !== '' && claimed !== '1.0') throw new Malformed('unknown version of XML');
    }
    this.#top.children.push(null);
    this.#at = end + 2;
  }

  #skipComment(): void {
    const dashes = this.#end('--', this.#at + 4);
    this.#at = dashes + 2;
    this.#expect('>');
  }

  #readCdata(): void {
    const from = this.#at + 9;
    const end = this.#end(']]>', from);
    this.#top.children.push(checkCharacters(normalizeLineEnds(this.#xml.slice(from, end))));
    this.#at = end + 3;
  }

  // <!DOCTYPE …>: to its own >, past quotes, comments and declarations inside.
  #skipDeclaration(): void {
    let depth = 0;
    let quote = '';
    for (let i = this.#at; i < this.#xml.length; i++) {
      const letter = this.#xml[i]!;
      if (quote !== '') {
        if (letter === quote) quote = '';
      } else if (letter === '"' || letter === "'") {
        quote = letter;
      } else if (letter === '<') {
        if (i > this.#at && this.#xml.startsWith('<!--', i)) i = this.#end('-->', i + 4) + 2;
        else depth++;
      } else if (letter === '>' && --depth === 0) {
        this.#top.children.push(null);
        this.#at = i + 1;
        return;
      }
    }
    throw new Malformed('a declaration is not closed');
  }

  #name(): { readonly space: string; readonly local: string } {
    NAME.lastIndex = this.#at;
    const name = NAME.exec(this.#xml)?.[0];
    if (name === undefined) throw new Malformed('a name is missing');
    this.#at += name.length;
    const colon = name.indexOf(':');
    // A colon at an end, or two of them, is a part of the name.
    if (colon <= 0 || colon === name.length - 1 || name.includes(':', colon + 1)) {
      return { space: '', local: name };
    }
    return { space: name.slice(0, colon), local: name.slice(colon + 1) };
  }

  #quoted(): string {
    const quote = this.#xml[this.#at];
    if (quote !== '"' && quote !== "'") throw new Malformed('an attribute without quotes');
    const end = this.#end(quote, this.#at + 1);
    const raw = this.#xml.slice(this.#at + 1, end);
    if (raw.includes('<')) throw new Malformed('< in an attribute');
    this.#at = end + 1;
    return decodeText(raw);
  }

  #expect(letter: string): void {
    if (this.#xml[this.#at] !== letter) throw new Malformed(`${letter} is missing`);
    this.#at++;
  }

  #end(mark: string, from: number): number {
    const at = this.#xml.indexOf(mark, from);
    if (at < 0) throw new Malformed(`${mark} is missing`);
    return at;
  }

  #skipSpace(): void {
    for (; this.#at < this.#xml.length; this.#at++) {
      const code = this.#xml.charCodeAt(this.#at);
      if (code !== 32 && code !== 9 && code !== 10 && code !== 13) return;
    }
  }
}

const NAME = /[A-Z_a-z:\p{L}][-.0-9A-Z_a-z:\p{L}\p{M}\p{N}\u00b7]*/uy;

function decodeText(raw: string): string {
  const plain = raw.includes('&') ? raw.replaceAll(/&([^;&]*);?/g, decodeEntity) : raw;
  return checkCharacters(normalizeLineEnds(plain));
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['apos', "'"],
  ['quot', '"'],
]);

function decodeEntity(entity: string, name: string): string {
  const number = /^#(?:(\d{1,7})|x([\da-fA-F]{1,6}))$/.exec(name);
  const code =
    number === null ? -1 : Number.parseInt(number[1] ?? number[2]!, number[1] === undefined ? 16 : 10);
  const text = code < 0 ? ENTITIES.get(name) : code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
  if (text === undefined || !entity.endsWith(';')) throw new Malformed('an entity that XML does not have');
  return toWellFormed(text);
}

function normalizeLineEnds(text: string): string {
  return text.includes('\r') ? text.replaceAll(/\r\n?/g, '\n') : text;
}

function checkCharacters(text: string): string {
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text))
    throw new Malformed('a forbidden character');
  return text;
}

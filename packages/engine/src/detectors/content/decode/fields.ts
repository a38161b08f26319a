// One field of a query, form, cookie or JSON text: withheld when secret, and looked into when it holds JSON or what
// PHP's serialize() makes.

import type { Placement } from '@parapet/kinds';
import type { Collector } from './collector.ts';
import type { FieldKinds } from './fieldKinds.ts';
import { looksLikeGraphql, readGraphql } from './graphql.ts';
import { readJsonText } from './json.ts';
import type { PercentDecoder } from './percent.ts';
import { readSerialized } from './phpSerialized.ts';
import { signOnDocument } from './signOn.ts';
import { readXml } from './xml.ts';

const SECRET_TOO_LONG = 1024;
/** JSON in a string of JSON in a field: nobody honest goes deeper. */
const MAX_NESTED_TEXTS = 3;
/** Fields of one request that are tried as JSON; the others are looked at as they are. */
const MAX_INNER_TEXTS = 256;

/** What all readers of a request share. */
export class Fields {
  readonly collector: Collector;
  readonly kinds: FieldKinds;
  readonly decoder: PercentDecoder;
  #inner = 0;

  constructor(collector: Collector, kinds: FieldKinds, decoder: PercentDecoder) {
    this.collector = collector;
    this.kinds = kinds;
    this.decoder = decoder;
  }

  /**
   * Adds the field and what is inside it. `nesting` is how many texts it is inside of; `traits` are those of the value,
   * where they are known.
   */
  add(
    placement: Placement,
    name: string,
    value: string,
    lenient?: string,
    nesting = 0,
    traits?: number,
  ): void {
    const kind = isOfBody(placement) ? this.kinds.of(name, value, placement === 'json') : 'text';
    if (kind === 'secret') {
      this.collector.addPlain(placement, name, '', 'secret');
      return;
    }
    if (value.length > SECRET_TOO_LONG && isOfBody(placement) && this.kinds.isPassword(name)) {
      this.collector.note('secret-too-long', placement, name, 'note');
    }
    if (kind === 'token') {
      this.collector.addPlain(placement, name, value, kind);
      return;
    }
    // What is in JSON has a pointer for a name.
    const document = placement !== 'json' && isOfBody(placement) ? signOnDocument(name, value) : undefined;
    if (document !== undefined) {
      readXml(this, document);
      return;
    }
    this.collector.add(placement, name, value, kind, lenient, traits);
    if (name === 'query' && value.length > 8 && looksLikeGraphql(value)) readGraphql(this, value, name);
    if (nesting >= MAX_NESTED_TEXTS || this.#inner >= MAX_INNER_TEXTS || this.collector.isFull()) return;
    if (looksLikeJson(value)) {
      this.#inner++;
      const mark = this.collector.mark();
      if (!readJsonText(this, value, name, nesting + 1)) this.collector.goBackTo(mark);
    } else if (value.charCodeAt(1) === 0x3a) this.#addSerialized(placement, name, value, nesting);
  }

  #addSerialized(placement: Placement, name: string, value: string, nesting: number): void {
    const serialized = readSerialized(value);
    if (serialized === undefined) return;
    if (serialized.hasObject) this.collector.note('php-object', placement, name, 'refuse');
    for (const string of serialized.strings) this.add(placement, `${name}{}`, string, undefined, nesting + 1);
  }

  /** Adds a string of JSON. */
  addText(name: string, value: string, nesting: number, traits?: number): void {
    if (!this.collector.isWordTooMany(value, traits))
      this.add('json', name, value, undefined, nesting, traits);
  }
}

function isOfBody(placement: Placement): boolean {
  return placement === 'form' || placement === 'multipart' || placement === 'json';
}

// An object or an array from the first to the last character, blanks aside.
function looksLikeJson(text: string): boolean {
  if (text.length < 7) return false;
  let start = 0;
  while (text.charCodeAt(start) <= 0x20) start++;
  const open = text.charCodeAt(start);
  if (open !== 0x7b && open !== 0x5b) return false;
  let end = text.length - 1;
  while (text.charCodeAt(end) <= 0x20) end--;
  return text.charCodeAt(end) === open + 2;
}

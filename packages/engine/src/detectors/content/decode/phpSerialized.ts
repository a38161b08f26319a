// What PHP's serialize() makes: `a:1:{s:4:"name";s:5:"value";}`. The strings in it are looked at; that an object would
// be made of it is an anomaly of its own, as no honest client sends one.

const MAX_STRINGS = 64;

export interface Serialized {
  readonly strings: readonly string[];
  readonly hasObject: boolean;
}

const START = /^(?:[aO]:\+?\d{1,9}:|C:\+?\d{1,9}:"|E:\d{1,9}:"|s:\d{1,9}:"|[ib]:-?\d{1,20};$|N;$)/;
const OBJECT = /(?:^|[;{}])[OC]:\+?\d{1,9}:"[^"]{0,128}":\d/;

/** The strings of a serialized value; undefined when the text does not begin as one. */
export function readSerialized(text: string): Serialized | undefined {
  if (text.charCodeAt(1) !== 0x3a || !START.test(text)) return undefined;
  const strings: string[] = [];
  let at = text.indexOf('s:');
  while (at >= 0 && strings.length < MAX_STRINGS) {
    const quote = at + 2 + digitsAt(text, at + 2);
    let next = at + 2;
    if (quote > at + 2 && text.charCodeAt(quote) === 0x3a && text.charCodeAt(quote + 1) === 0x22) {
      // Lengths are in bytes and may lie, so the end is what looks like one.
      const close = text.indexOf('";', quote + 2);
      const end = close < 0 ? text.length : close;
      if (end > quote + 2) strings.push(text.slice(quote + 2, end));
      next = end;
    }
    at = text.indexOf('s:', next);
  }
  return { strings, hasObject: OBJECT.test(text) };
}

function digitsAt(text: string, start: number): number {
  let at = start;
  if (text.charCodeAt(at) === 0x2b) at++;
  while (text.charCodeAt(at) >= 0x30 && text.charCodeAt(at) <= 0x39) at++;
  return at - start;
}

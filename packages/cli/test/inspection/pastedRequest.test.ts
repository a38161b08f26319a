import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markParts } from '../../src/inspection/markParts.ts';
import { readPasted } from '../../src/inspection/pastedRequest.ts';

const marked = (text: string, ...excerpts: readonly string[]): readonly string[] =>
  markParts(text, excerpts).flatMap((part) => (part.isMarked ? [part.text] : []));

describe('a request as people write one down', () => {
  it('is an address, with its host', () => {
    expect(readPasted('https://Shop.example/search?q=a b#top')).toMatchObject({
      method: 'GET',
      rawTarget: '/search?q=a%20b',
      headers: [['host', 'shop.example']],
      body: undefined,
    });
    expect(readPasted(' /é')?.rawTarget).toBe('/%c3%a9');
  });

  it('is a line of a log', () => {
    const line = '192.0.2.1 - - [01/Mar/2026:12:00:00 +0000] "POST /login HTTP/1.1" 200 5 "-" "x"';
    expect(readPasted(line)).toMatchObject({ method: 'POST', rawTarget: '/login', headers: [] });
  });

  it('is a whole request, with its body', () => {
    const read = readPasted('POST /a HTTP/1.1\r\nHost: x.example\r\nCookie: a=1\r\n\r\nname=1%27\r\n');
    expect(read?.headers).toEqual([
      ['host', 'x.example'],
      ['cookie', 'a=1'],
      ['content-type', 'application/x-www-form-urlencoded'],
    ]);
    expect(Buffer.from(read?.body ?? []).toString()).toBe('name=1%27');
    const json = readPasted('PUT /a\n\n{"a":1}');
    expect(json?.headers).toEqual([['content-type', 'application/json']]);
  });

  it('is none otherwise, and never a fault', () => {
    for (const text of ['', 'tea', 'http://', "1' or 1=1"]) expect(readPasted(text)).toBeUndefined();
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        for (const begun of ['', '/', 'GET /', 'POST / HTTP/1.1\n'])
          expect(readPasted(begun + text)?.rawTarget ?? '/').toMatch(/^\/[\x21-\x7E]*$/);
      }),
    );
  });
});

describe('what was found in it', () => {
  it('is marked where it stands, escaped or not', () => {
    expect(marked("/?q=1' UNION select", "1' union select")).toEqual(["1' UNION select"]);
    expect(marked('/?q=1%27%20union+select&b', "…1' union select")).toEqual(['1%27%20union+select']);
    expect(marked('/?q=%C3%A9clair', 'éclair')).toEqual(['%C3%A9clair']);
    expect(marked('/?q=%ff%fe', 'zz')).toEqual([]);
    // What is short stands in many places.
    expect(marked('/a?a=a', 'a')).toEqual([]);
  });

  it('leaves the text as it was written', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl({ withQueryParameters: true }));
    fc.assert(
      fc.property(text, fc.array(fc.string()), (written, excerpts) => {
        const parts = markParts(written, excerpts);
        expect(parts.map((part) => part.text).join('')).toBe(written);
      }),
    );
  });
});

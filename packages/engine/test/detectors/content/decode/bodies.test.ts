import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readParts } from '../../../../src/detectors/content/decode/index.ts';
import { form, listed, request, texts } from './request.ts';

function read(
  contentType: string,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
) {
  const { parts, anomalies } = readParts(request('/', { 'content-type': contentType, ...headers }, body));
  return {
    parts: listed(parts.slice(1)),
    texts: texts(parts),
    codes: anomalies.map((anomaly) => anomaly.code),
  };
}

describe('XML', () => {
  it('gives text, attributes and CDATA by the path of their elements', () => {
    const body = `<?xml version="1.0"?><s:Envelope a="x&lt;y"><b>one <c d='2'/> two</b><e><![CDATA[<f>]]></e></s:Envelope>`;
    expect(read('text/xml', body)).toMatchObject({
      parts: [
        'xml /s:Envelope/@a=x<y',
        'xml /s:Envelope/b=one',
        'xml /s:Envelope/b/c/@d=2',
        'xml /s:Envelope/b=two',
        'xml /s:Envelope/e=<f>',
      ],
      codes: [],
    });
  });

  it('gives the document type as a part, with the values of its entities', () => {
    const body = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY b "&#60;b&#62;">]><x>&a;</x>';
    const { parts, codes } = read('application/xml', body);
    expect(parts).toEqual([
      `xml !DOCTYPE=${body.slice(0, -'<x>&a;</x>'.length)}`,
      'xml !ENTITY=file:///etc/passwd',
      'xml !ENTITY=<b>',
      'xml /x=&a;',
    ]);
    expect(codes).toEqual(['xml-doctype', 'xml-entity']);
  });

  it('is known by its beginning when the media type says nothing', () => {
    expect(read('text/plain', '<?xml version="1.0"?><a>b</a>').parts).toEqual(['xml /a=b']);
  });

  it('that never ends is read as far as it goes', () => {
    for (const body of [
      '<a b',
      '<a b=',
      '<a b="c',
      '<a',
      '<!--',
      '<![CDATA[x',
      '<!DOCTYPE [',
      '</',
      '<a/',
      '<?x',
    ]) {
      expect(read('text/xml', body).parts.length).toBeLessThan(5);
    }
  });
});

describe('GraphQL', () => {
  it('shows its strings by argument, in JSON and alone', () => {
    const source = 'query Q { node(id: "1\\u0027 or 1=1") { title } } # "no"\n{ x(y: """<b>""") }';
    expect(read('application/graphql', source).parts.slice(0, 2)).toEqual([
      "graphql :id=1' or 1=1",
      'graphql :y=<b>',
    ]);
    const { parts } = read('application/json', JSON.stringify({ query: source, variables: { q: 'z' } }));
    expect(parts).toContain("graphql /query:id=1' or 1=1");
    expect(parts).toContain('json /variables/q=z');
  });
});

describe('compressed bodies', () => {
  const text = 'p=%3Cscript%3E';
  const type = 'application/x-www-form-urlencoded';

  it.each([
    ['gzip', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['br', brotliCompressSync(text)],
    ['gzip, br', brotliCompressSync(gzipSync(text))],
    ['identity', Buffer.from(text)],
    ['GZIP', gzipSync(text).subarray(0, -6)],
  ])('are undone: %s', (coding, body) => {
    expect(read(type, body, { 'content-encoding': coding })).toMatchObject({
      parts: ['form p=<script>'],
      codes: [],
    });
  });

  it('that are not compressed are read as they are', () => {
    expect(read(type, text, { 'content-encoding': 'gzip' })).toMatchObject({
      parts: ['form p=<script>'],
      codes: ['content-encoding-broken'],
    });
  });

  it('that grow beyond all measure are refused, and what they begin with is read', () => {
    const bomb = gzipSync(Buffer.concat([Buffer.from(text), Buffer.alloc(8 * 1024 * 1024)]), { level: 1 });
    const { codes, texts: seen } = read(type, bomb, { 'content-encoding': 'gzip' });
    expect(codes).toContain('gzip-bomb');
    expect(seen.join()).toContain('<script>');
  });
});

describe('character sets', () => {
  it('of two bytes are undone', () => {
    const body = Buffer.from('p=%3Cscript%3E', 'utf16le');
    const type = 'application/x-www-form-urlencoded; charset=utf-16';
    expect(read(type, body)).toMatchObject({ parts: ['form p=<script>'], codes: ['charset'] });
    expect(
      read(
        'text/xml',
        Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from('<a>b</a>', 'utf16le').swap16()]),
      ),
    ).toMatchObject({
      parts: ['xml /a=b'],
    });
  });

  it('that hide ASCII are refused', () => {
    expect(read('text/plain; charset=ibm037', 'x').codes).toEqual(['charset']);
    expect(read('text/plain; charset="utf-7"', '+ADw-script+AD4-').codes).toEqual(['charset']);
    expect(read('text/xml', '<?xml version="1.0" encoding="utf-7"?><a/>').codes).toEqual(['charset']);
    expect(read('text/plain; charset=UTF-8', 'x').codes).toEqual([]);
  });
});

describe('other bodies', () => {
  it('are JSON when they look like it, whatever they say', () => {
    for (const type of [
      'text/plain',
      'application/csp-report',
      'application/vnd.api+json',
      '',
      'application/x-www-form-urlencoded',
    ]) {
      expect(read(type, '{"a":{"b":"<x>"}}').parts).toContain('json /a/b=<x>');
    }
  });

  it('are read line by line when each line is JSON', () => {
    expect(read('application/x-ndjson', '{"a":"1"}\n\n{"a":"2"}\n')).toMatchObject({
      parts: ['json /0/a=1', 'json /2/a=2'],
      codes: [],
    });
  });

  it('are text when they are nothing else', () => {
    expect(read('text/plain', 'plain <b> text').parts).toEqual(['body =plain <b> text']);
    expect(read('', 'a[b]=%3Cx%3E').parts).toEqual(['form a[b]=<x>', 'body =a[b]=%3Cx%3E']);
  });

  it('of bytes are looked into for code only', () => {
    const bytes = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7) % 32));
    expect(read('application/octet-stream', bytes).parts).toEqual([]);
    bytes.write('<?php system($_GET[0]); ?>', 2000);
    const found = read('application/octet-stream', bytes);
    expect(found.codes).toEqual(['file-polyglot']);
    expect(found.parts.join()).toContain('<?php system($_GET[0]); ?>');
  });
});

describe('serialized PHP', () => {
  it('gives its strings, and is an anomaly when it makes objects', () => {
    const value = 'a:1:{s:1:"k";O:3:"Foo":1:{s:1:"c";s:11:"cat /etc/p;";}}';
    const { parts, anomalies } = readParts(form('/', `data=${encodeURIComponent(value)}`));
    expect(listed(parts)).toContain('form data{}=cat /etc/p;');
    expect(anomalies.map((anomaly) => anomaly.code)).toEqual(['php-object']);
  });
});

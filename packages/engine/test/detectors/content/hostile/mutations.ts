// Bodies that were honest once: bytes changed, cut, doubled and mixed.

import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { InspectedRequest } from '@parapet/kinds';
import { request } from '../decode/request.ts';

/** A number below the one that is given. */
export type Random = (below: number) => number;

/** The same numbers in every run (mulberry32). */
export function seeded(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const part = (name: string, value: string, more = ''): string =>
  `--Bxyz\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
const multipart =
  part('title[0][value]', 'Grüße & more') +
  part('body[0][value]', '<p>text</p>'.repeat(40)) +
  part('files[a]', '\x89PNG\r\n\x1a\n\0\0<?php x', '; filename="a.png"\r\nContent-Type: image/png') +
  part('form_id', 'node_form') +
  '--Bxyz--\r\n';
const json = JSON.stringify({
  data: {
    type: 'node',
    attributes: { title: 'é"\\/\n', n: [1, -2.5e3, null, true], deep: [[[[{ a: 'b' }]]]] },
  },
  query: 'query { a(b: "c") { d } }',
  inner: JSON.stringify({ x: 'PHNjcmlwdD4=', y: '%253Cb%253E' }),
});
const xml = `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c&#60;">]><s:E x="1" y='&lt;'><a><![CDATA[<b>]]></a><!-- c --></s:E>`;
const form = 'a=1&b%5Bc%5D[]=%C3%A9+%c0%ae%u2215&data={"a":"b"}&s=a:1:{s:1:"k";s:1:"v";}&e=&#x3c;';

const SEEDS: readonly (readonly [type: string, body: string])[] = [
  ['multipart/form-data; boundary=Bxyz', multipart],
  ['application/json', json],
  ['text/xml', xml],
  ['application/x-www-form-urlencoded', form],
  ['application/graphql', 'query Q($a: Int) { b(c: "d\\u0041", e: """f""") # g\n { h } }'],
  ['text/plain; charset=utf-16', json],
  ['application/x-ndjson', `${json}\n${json}\n`],
];

const TOKENS = [
  '--Bxyz',
  '\r\n',
  '"',
  "'",
  '\\',
  '\\u',
  '{',
  '[',
  ']',
  '}',
  '<',
  '<![CDATA[',
  '<!DOCTYPE [',
  '&#',
  '%',
  '%u',
  '=',
  '&',
  '\0',
  ':',
  ';',
  ',',
  'é',
  '\uff0e',
  '/*',
  'name=',
  'boundary',
];

export function mutated(body: Buffer, random: Random): Buffer {
  let bytes = Buffer.from(body);
  const times = 1 + random(8);
  for (let i = 0; i < times; i++) {
    const at = random(bytes.length + 1);
    const to = Math.min(bytes.length, at + random(64));
    const token = Buffer.from(TOKENS[random(TOKENS.length)] ?? '');
    switch (random(7)) {
      case 0:
        if (at < bytes.length) bytes[at] = random(256);
        break;
      case 1:
        bytes = bytes.subarray(0, at);
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(to)]);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, to), bytes.subarray(at)]);
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at), token, bytes.subarray(at)]);
        break;
      case 5:
        bytes = Buffer.concat([
          bytes.subarray(0, at),
          Buffer.alloc(1 + random(2000), token),
          bytes.subarray(at),
        ]);
        break;
      case 6: {
        const other = Buffer.from(SEEDS[random(SEEDS.length)]?.[1] ?? '');
        bytes = Buffer.concat([bytes.subarray(0, at), other.subarray(random(other.length))]);
        break;
      }
    }
  }
  // Now and then much of it: up to a quarter of a megabyte.
  if (random(50) === 0 && bytes.length > 0) bytes = Buffer.alloc(random(262_144), bytes);
  return bytes;
}

function packed(bytes: Buffer, random: Random): { readonly coding: string; readonly bytes: Buffer } {
  switch (random(12)) {
    case 0:
      return { coding: 'gzip', bytes: mutatedNowAndThen(gzipSync(bytes, { level: 1 }), random) };
    case 1:
      return { coding: 'deflate', bytes: mutatedNowAndThen(deflateSync(bytes, { level: 1 }), random) };
    case 2:
      return {
        coding: 'gzip',
        bytes: gzipSync(Buffer.alloc(random(1_000_000), bytes.length === 0 ? 'x' : bytes.subarray(0, 64)), {
          level: 1,
        }),
      };
    case 3:
      return random(8) === 0
        ? { coding: 'br', bytes: brotliCompressSync(bytes.subarray(0, 4096)) }
        : { coding: 'br', bytes };
    default:
      return { coding: '', bytes };
  }
}

function mutatedNowAndThen(bytes: Buffer, random: Random): Buffer {
  return random(2) === 0 ? bytes : mutated(bytes, random);
}

/** Says which kind it was before it was changed; a gzip bomb now and then. */
export function mutatedRequest(random: Random): readonly [kind: string, sent: InspectedRequest] {
  const run = random(1 << 20);
  const [type, body] = SEEDS[run % SEEDS.length] ?? ['', ''];
  const { coding, bytes } = packed(mutated(Buffer.from(body), random), random);
  const headers = { 'content-type': type, 'content-encoding': coding, cookie: body.slice(0, 300) };
  const sent = request(`/${run % 7 === 0 ? body.slice(0, 200) : 'x'}`, headers, bytes);
  return [`mutated ${type.split(';', 1)[0] ?? ''}${coding === '' ? '' : `, ${coding}`}`, sent];
}

// Bodies that were honest once: bytes changed, cut, doubled and mixed. PARAPET_FUZZ_RUNS asks for the long run, which
// also says what the slowest took.

import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { InspectedRequest } from '@parapet/kinds';
import { describe, expect, it } from 'vitest';
import { DECODE_LIMITS, readParts } from '../../../../src/detectors/content/decode/index.ts';
import { isShipped, shippedInspector } from '../evasions/shippedInspector.ts';
import { request } from './request.ts';

const RUNS = Number(process.env['PARAPET_FUZZ_RUNS'] ?? 5000);

/** The same numbers in every run (mulberry32). */
function seeded(seed: number): (below: number) => number {
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

function mutated(body: Buffer, random: (below: number) => number): Buffer {
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

function packed(bytes: Buffer, random: (below: number) => number): { coding: string; bytes: Buffer } {
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

function mutatedNowAndThen(bytes: Buffer, random: (below: number) => number): Buffer {
  return random(2) === 0 ? bytes : mutated(bytes, random);
}

function mutatedRequest(run: number, random: (below: number) => number): InspectedRequest {
  const [type, body] = SEEDS[run % SEEDS.length] ?? ['', ''];
  const { coding, bytes } = packed(mutated(Buffer.from(body), random), random);
  return request(
    `/${run % 7 === 0 ? body.slice(0, 200) : 'x'}`,
    { 'content-type': type, 'content-encoding': coding, cookie: body.slice(0, 300) },
    bytes,
  );
}

/** Milliseconds of this process, not of the clock: other work on the machine is none of it. */
function processorMs(work: () => void): number {
  const started = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1000;
}

function tell(slowest: number, run: number, slow: number): void {
  if (RUNS <= 5000) return;
  const megabytes = Math.round(process.memoryUsage().rss / 1e6);
  process.stdout.write(
    `slowest ${slowest.toFixed(1)} ms (run ${run}), ${slow} above 20 ms, ${megabytes} MB\n`,
  );
}

describe('bodies that were honest once', () => {
  it.skipIf(!isShipped())(`are inspected without a fault (${RUNS} of them)`, { timeout: 3_600_000 }, () => {
    const inspector = shippedInspector();
    const random = seeded(20_26);
    let slowest = 0;
    let slowestRun = -1;
    let slow = 0;
    for (let run = 0; run < RUNS; run++) {
      const sent = mutatedRequest(run, random);
      const took = processorMs(() => inspector.inspect(sent));
      // What the first ones need is made then.
      if (run < 1000) continue;
      if (took > 20) slow++;
      if (took > slowest) [slowest, slowestRun] = [took, run];
    }
    tell(slowest, slowestRun, slow);
    expect(inspector.counts()).toEqual({ requests: RUNS, faults: 0 });
  });

  it(`never make it throw or give more than its limits (${RUNS} of them)`, { timeout: 3_600_000 }, () => {
    const random = seeded(20_26);
    let slowest = 0;
    let slowestRun = -1;
    let slow = 0;
    let mostViews = 0;
    let mostParts = 0;
    let mostAnomalies = 0;
    let longest = 0;
    for (let run = 0; run < RUNS; run++) {
      const sent = mutatedRequest(run, random);
      let read: ReturnType<typeof readParts> | undefined;
      const took = processorMs(() => {
        read = readParts(sent);
      });
      const { parts = [], anomalies = [] } = read ?? {};
      if (took > 20) slow++;
      if (took > slowest) [slowest, slowestRun] = [took, run];
      let length = 0;
      for (const { value, views } of parts) {
        length += value.length;
        for (const view of views) length += view.text.length;
        mostViews = Math.max(mostViews, views.length);
      }
      mostParts = Math.max(mostParts, parts.length);
      mostAnomalies = Math.max(mostAnomalies, anomalies.length);
      longest = Math.max(longest, length);
    }
    tell(slowest, slowestRun, slow);
    expect(mostViews).toBeLessThanOrEqual(6);
    expect(mostParts).toBeLessThanOrEqual(512);
    expect(mostAnomalies).toBeLessThanOrEqual(64);
    expect(longest).toBeLessThanOrEqual(2 * DECODE_LIMITS.text);
    // Both limits were met, or these bodies were too tame to say anything.
    expect(mostViews * mostParts).toBeGreaterThan(3 * 400);
  });
});

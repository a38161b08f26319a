import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RequestView } from '@parapet/kinds';
import { RequestHead } from '../../src/http/request-head.ts';
import { BatchWriter, readBatch } from '../../src/link/batch.ts';
import { FrameDecoder } from '../../src/link/frames.ts';
import { lineOfExchange, lineOfRefusal } from '../../src/link/nginxLine.ts';
import { exchangeOf, refusalOf, requestOf } from './requests.ts';

describe('a batch', () => {
  test('says of each request its line, and beside it what the gateway knows', () => {
    const writer = new BatchWriter();
    const exchange = exchangeOf('192.0.2.7', requestOf('/x', { host: 'shop.example.org' }), {
      upstreamMs: -1,
      totalMs: 12.4,
      cacheStatus: 'HIT',
      requestBodyBytes: 7,
    });
    const refusal = refusalOf('192.0.2.8', 'te-and-cl', 'POST / HTTP/1.1\r\n');
    writer.addExchange(exchange);
    writer.addRefusal(refusal);
    expect(read(writer.take(3, 9))).toEqual({
      number: 3,
      ask: 9,
      lines: [
        {
          raw: lineOfExchange(exchange),
          meta: [
            ['site', 'main'],
            ['target_fqdn', 'shop.example.org'],
            ['request_id', 'ab12'],
            ['response_ms', '12'],
            ['cache_status', 'HIT'],
            ['request_bytes', '7'],
          ],
        },
        { raw: lineOfRefusal(refusal), meta: [['gateway_refusal', 'te-and-cl']] },
      ],
    });
    expect(writer.isEmpty).toBe(true);
  });

  test('says what the guard did about a request that passed', () => {
    const writer = new BatchWriter();
    const exchange = exchangeOf('192.0.2.7', requestOf('/x', {}), {});
    writer.addExchange(exchange, { cause: 'observed', recordId: '1a2b3c4d', remediation: 'ban' });
    const meta = new Map(read(writer.take(1, 0))!.lines[0]!.meta);
    expect(meta.get('gateway_action')).toBe('observed');
    expect(meta.get('gateway_record')).toBe('1a2b3c4d');
    expect(meta.has('gateway_refusal')).toBe(false);
  });

  test('keeps events apart, whatever visitors send', () => {
    const text = fc.string({ unit: 'binary', maxLength: 100 });
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text, text), { minLength: 1, maxLength: 30 }), (requests) => {
        const writer = new BatchWriter();
        const exchanges = requests.map(([target, host, cacheStatus]) =>
          exchangeOf('192.0.2.7', requestOf(target, { host }), { cacheStatus }),
        );
        for (const exchange of exchanges) writer.addExchange(exchange);
        const { lines } = read(writer.take(1, 0))!;
        expect(lines.map(({ raw }) => raw)).toEqual(exchanges.map(lineOfExchange));
        for (const { meta } of lines) expect(new Map(meta).get('request_id')).toBe('ab12');
      }),
    );
  });

  test('has the same of a head that was read from bytes as of one made of strings', () => {
    fc.assert(
      fc.property(
        heads,
        fc.constantFrom('', 'HIT', 'a"b'),
        fc.nat(3_000_000_000),
        (lines, cacheStatus, size) => {
          const bytes = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
          const head = new RequestHead({ headBytes: 262_144, headers: 100 });
          fc.pre(head.parse(bytes, 0, bytes.length) > 0);
          const told =
            size % 3 === 0
              ? undefined
              : ({ cause: 'observed', recordId: '1a2b', remediation: 'ban' } as const);
          const changes = { cacheStatus, responseBodyBytes: size, status: size % 600, upstreamMs: -1 };
          const [fromBytes, fromText] = [new BatchWriter(), new BatchWriter()];
          fromBytes.addExchange(exchangeOf('2001:db8::7', head, changes), told);
          fromText.addExchange(exchangeOf('2001:db8::7', asText(head), changes), told);
          expect(fromBytes.take(1, 0).toString('latin1')).toBe(fromText.take(1, 0).toString('latin1'));
        },
      ),
      { numRuns: 400 },
    );
  });

  test('cuts what is too long at the same place', () => {
    for (const [target, agent] of [
      [`/${'"'.repeat(12_000)}`, 'a'.repeat(9000)],
      [`/${'\u00e4'.repeat(16_000)}`, `${'b'.repeat(8190)}"`],
      [`/${'c'.repeat(16_000)}`, `${'d'.repeat(8191)}\\`],
    ]) {
      const bytes = Buffer.from(
        `GET ${target} HTTP/1.1\r\nHost: a\r\nUser-Agent: ${agent}\r\n\r\n`,
        'latin1',
      );
      const head = new RequestHead({ headBytes: 262_144, headers: 100 });
      expect(head.parse(bytes, 0, bytes.length)).toBe(bytes.length);
      const [fromBytes, fromText] = [new BatchWriter(), new BatchWriter()];
      fromBytes.addExchange(exchangeOf('192.0.2.7', head));
      fromText.addExchange(exchangeOf('192.0.2.7', asText(head)));
      expect(fromBytes.take(1, 0).toString('latin1')).toBe(fromText.take(1, 0).toString('latin1'));
    }
  });

  test('of many events is written where one that was given back stood, and over no other', () => {
    const writer = new BatchWriter();
    const long = 'x'.repeat(8000);
    const take = (name: string): Buffer => {
      for (let i = 0; i < 6; i++) writer.addExchange(exchangeOf('192.0.2.7', requestOf(`/${name}${long}`)));
      return writer.take(1, 0);
    };
    const [first, second] = [take('a'), take('b')];
    writer.giveBack(first);
    const third = take('c');
    expect(third.buffer).toBe(first.buffer);
    expect(take('d').buffer).not.toBe(second.buffer);
    for (const [frame, name] of [
      [second, 'b'],
      [third, 'c'],
    ] as const)
      expect(read(frame)!.lines.map(({ raw }) => raw.includes(`/${name}x`))).toEqual(Array(6).fill(true));
    // Small ones are not worth keeping, and tell that memory can go.
    writer.giveBack(second);
    writer.addExchange(exchangeOf('192.0.2.7', requestOf('/')));
    const small = writer.take(2, 0);
    writer.giveBack(small);
    expect([small.buffer, second.buffer]).not.toContain(take('e').buffer);
  });

  test('is read from whatever bytes, or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const batch = readBatch(Buffer.from(bytes));
        for (const { raw } of batch?.lines ?? []) expect(raw).not.toContain('\n');
      }),
    );
  });

  test('has room for the longest request when it is nearly full', () => {
    const writer = new BatchWriter();
    const long = '\u00ff'.repeat(70_000);
    while (!writer.isFull) writer.addExchange(exchangeOf('192.0.2.7', requestOf('/')));
    const fresh = new BatchWriter();
    for (let i = 0; !fresh.isFull; i++)
      fresh.addExchange(
        exchangeOf('192.0.2.7', requestOf(i === 0 ? '/' : long, { referer: long, 'user-agent': long }), {
          requestId: long,
        }),
      );
    expect(read(fresh.take(1, 0))!.lines.length).toBeGreaterThan(1);
  });
});

const value = fc
  .array(
    fc.oneof(
      { weight: 20, arbitrary: fc.integer({ min: 32, max: 126 }) },
      fc.integer({ min: 128, max: 255 }),
    ),
    {
      maxLength: 60,
    },
  )
  .map((codes) => String.fromCharCode(...codes));
const target = value.map((text) => `/${text.replaceAll(/[ #]/g, '')}`);
const field = fc
  .tuple(
    fc.constantFrom('Referer', 'User-Agent', 'user-agent', 'Cookie', 'X-Other', 'Authorization'),
    fc.oneof(value, fc.constantFrom('Basic YW5uYTpzZWNyZXQ=', 'Bearer x')),
  )
  .map(([name, text]) => `${name}: ${text}`);
const host = fc.constantFrom('Example.org', 'WWW.a_b-C.d:8080', '[2001:DB8::1]:80', `${'X'.repeat(300)}.y`);
const heads = fc
  .tuple(
    fc.constantFrom('GET', 'POST', 'PROPFIND'),
    target,
    fc.boolean(),
    host,
    fc.constantFrom('1.0', '1.1'),
    fc.array(field, { maxLength: 6 }),
  )
  .map(([method, path, isAbsolute, name, version, fields]) => [
    `${method} ${isAbsolute ? `http://${name}` : ''}${path} HTTP/${version}`,
    ...(version === '1.0' && !isAbsolute ? [] : [`Host: ${name}`]),
    ...fields,
  ]);

/** The same head for a reader that knows no bytes. */
function asText(head: RequestHead): RequestView {
  const { method, rawTarget, host, version } = head;
  return {
    method,
    rawTarget,
    host,
    version,
    header: (name) => head.header(name),
    headers: () => head.headers(),
  };
}

function read(frame: Buffer): ReturnType<typeof readBatch> {
  const [first] = [...new FrameDecoder().push(frame)];
  expect(first?.type).toBe('events');
  return readBatch(first!.payload);
}

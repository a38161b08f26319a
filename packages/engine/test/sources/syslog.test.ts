import type { Problem } from '@parapet/kinds';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Connection, Network } from '../../src/sources/surroundings.ts';
import { SyslogFramer } from '../../src/sources/syslog-framing.ts';
import { parseSyslogMessage } from '../../src/sources/syslog-message.ts';
import { listenSyslog, type SyslogOptions } from '../../src/sources/syslog-server.ts';
import { MemoryClock } from './memory-files.ts';

const CONTEXT = { nowMs: Date.UTC(2026, 10, 22, 1, 2, 3), client: '192.0.2.7' };
const parse = (text: string): string | undefined => parseSyslogMessage(Buffer.from(text), CONTEXT)?.line;

it.each([
  ['<34>Nov 22 01:20:50 web1 sshd[812]: Failed password', 'Nov 22 01:20:50 web1 sshd[812]: Failed password'],
  ['<34>Nov  2 01:20:50 web1 postfix/smtpd[1]: x\n', 'Nov  2 01:20:50 web1 postfix/smtpd[1]: x'],
  ['<34>Nov 22 01:20:50 2026 web1 app: x', 'Nov 22 01:20:50 web1 app: x'],
  ['<34>Nov 22 01:20:50 sshd[812]: no host', 'Nov 22 01:20:50 192.0.2.7 sshd[812]: no host'],
  ['<34>Nov 22 01:20:50 2001:db8::1 sshd: x', 'Nov 22 01:20:50 2001:db8::1 sshd: x'],
  ['<34>2026-11-22T01:20:50+01:00 web1 app text', '2026-11-22T01:20:50+01:00 web1 app: text'],
  [
    '<132>Nov 22 01:20:55 web1 drupal: http://h|1795310455|page not found|203.0.113.66|http://h/.env||0||/.env',
    'Nov 22 01:20:55 web1 drupal: http://h|1795310455|page not found|203.0.113.66|http://h/.env||0||/.env',
  ],
  ['Nov 22 01:20:50 web1 app: no priority', 'Nov 22 01:20:50 web1 app: no priority'],
  [
    '<165>1 2026-11-22T01:20:50.123456Z web1 app 812 ID47 - hello',
    '2026-11-22T01:20:50.123456Z web1 app[812]: hello',
  ],
  ['<165>1 - - - - - - hello', '2026-11-22T01:02:03.000Z 192.0.2.7 -: hello'],
  ['<165>1 2026-11-22T01:20:50Z web1 app x-1 - - \ufeffhello', '2026-11-22T01:20:50Z web1 app: hello'],
  ['<165>1 2026-11-22T01:20:50Z web1 app - - [a@1 b="c\\]d"][e] msg', '2026-11-22T01:20:50Z web1 app: msg'],
  ['<165>1 2026-11-22T01:20:50Z web1 app - - [a@1 b="c"]', '2026-11-22T01:20:50Z web1 app: [a@1 b="c"]'],
])('reads %j', (message, line) => {
  expect(parse(message)).toBe(line);
});

it('keeps structured data', () => {
  const message = Buffer.from('<165>1 2026-11-22T01:20:50Z web1 app - - [a@1 b="c\\"]d"][e f="g"] msg');
  expect(parseSyslogMessage(message, CONTEXT)?.structuredData).toBe('[a@1 b="c\\"]d"][e f="g"]');
});

it.each([
  '',
  '<34>',
  'GET / HTTP/1.1',
  '<34>hello',
  '<34>1 yesterday web1 app - - - x',
  '<34>1 - h a - - [open x',
])('refuses %j', (message) => {
  expect(parse(message)).toBeUndefined();
});

it('keeps a forged line within the message it came in', () => {
  expect(parse('<34>Nov 22 01:20:50 web1 app: x\nNov 22 01:20:50 web1 sshd[1]: Accepted')).toBe(
    'Nov 22 01:20:50 web1 app: x#012Nov 22 01:20:50 web1 sshd[1]: Accepted',
  );
});

function frame(chunks: readonly (string | Uint8Array)[], maxBytes = 100): string[] {
  const framer = new SyslogFramer(maxBytes);
  const messages = chunks.flatMap((chunk) => framer.push(Buffer.from(chunk as string)));
  return [...messages, ...framer.end()].map(String);
}

it('cuts a stream by counted octets and by newlines, also mixed', () => {
  expect(frame(['5 <1>ab<2>c\n6 <3>d\nf<4>e\0<5>g'])).toEqual(['<1>ab', '<2>c', '<3>d\nf', '<4>e', '<5>g']);
});

it('cuts messages that are too long and finds the next one', () => {
  expect(frame(['12 <1>456789012<2>x\n<3>4567890123\n<4>y\n'], 8)).toEqual([
    '<1>45678',
    '<2>x',
    '<3>45678',
    '<4>y',
  ]);
});

it('takes a number that is no length for text', () => {
  expect(frame(['2026-11-22 hello\n99999999999 x\n0 y\n'])).toEqual([
    '2026-11-22 hello',
    '99999999999 x',
    '0 y',
  ]);
});

it('gives the same messages however the stream is cut into chunks, and holds no more than one of them', () => {
  const piece = fc.oneof(
    fc.constantFrom('<1>a b', '\n', '5 ', '12 ', '\0', '9999 ', 'x'.repeat(30)),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(piece), fc.array(fc.nat(9)), (pieces, cuts) => {
      const bytes = Buffer.from(pieces.join(''));
      const chunks: Buffer[] = [];
      let at = 0;
      for (const cut of cuts) chunks.push(bytes.subarray(at, (at += cut)));
      chunks.push(bytes.subarray(at));
      expect(frame(chunks, 20)).toEqual(frame([bytes], 20));
    }),
  );
});

it('never throws on any message, and takes no long time', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '<34>',
      '1 ',
      'Nov 22 01:20:50 ',
      '2026-11-22T01:20:50Z ',
      '- ',
      '[',
      '"',
      ']',
      '\\',
      ': ',
      'a',
      '\n',
    ),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const line = parse(pieces.join(''));
      expect(line === undefined || !/[\n\r\0]/.test(line)).toBe(true);
    }),
  );
  const startedAt = performance.now();
  for (const end of ['[', '\\', '"', '["', ' ', ':', 'a']) {
    parse(`<34>1 - h a - - ${end.repeat(60_000)}`);
    parse(`<34>Nov 22 01:20:50 ${end.repeat(60_000)}`);
  }
  expect(performance.now() - startedAt).toBeLessThan(1000);
});

/** A network on which the test is every sender. */
class MemoryNetwork implements Network {
  onDatagram: (bytes: Buffer, client: string) => void = () => {};
  onConnection: (connection: Connection) => void = () => {};
  failures = 0;

  async openUdp(
    _: string,
    port: number,
    onDatagram: MemoryNetwork['onDatagram'],
  ): ReturnType<Network['openUdp']> {
    if (this.failures-- > 0) throw new Error('address already in use');
    this.onDatagram = onDatagram;
    return await Promise.resolve({ port, close: async () => await Promise.resolve() });
  }

  async openTcp(
    _: string,
    port: number,
    onConnection: MemoryNetwork['onConnection'],
  ): ReturnType<Network['openTcp']> {
    this.onConnection = onConnection;
    return await Promise.resolve({ port, close: async () => await Promise.resolve() });
  }
}

async function serve(
  options: Partial<SyslogOptions>,
  act: (network: MemoryNetwork, sleep: number, abort: () => void) => void,
  network = new MemoryNetwork(),
): Promise<{ lines: string[]; labels: unknown[]; problems: Problem[] }> {
  const clock = new MemoryClock();
  const abort = new AbortController();
  const result = { lines: [] as string[], labels: [] as unknown[], problems: [] as Problem[] };
  let sleeps = 0;
  clock.onSleep = () => act(network, sleeps++, () => abort.abort());
  // A turn of the event loop, so that connections get theirs.
  clock.hold = async () => await new Promise<void>((resolve) => setImmediate(resolve));
  const source = listenSyslog({
    transport: 'udp',
    address: '127.0.0.1',
    port: 514,
    maxMessageBytes: 1000,
    isRaw: false,
    labels: { type: 'syslog' },
    network,
    clock,
    signal: abort.signal,
    onProblem: (problem) => result.problems.push(problem),
    ...options,
  });
  for await (const batch of source) {
    for (const line of batch.lines) {
      result.lines.push(line.raw.split(': ').at(-1)!);
      result.labels.push(line.origin.labels);
    }
  }
  return result;
}

it('receives datagrams, drops what it has no room for, and says so', async () => {
  const result = await serve({ maxQueuedLines: 3 }, (network, sleep, abort) => {
    if (sleep === 0) {
      for (let i = 0; i < 5; i++)
        network.onDatagram(Buffer.from(`<34>Nov 22 01:20:50 h app: ${i}`), '192.0.2.7');
      network.onDatagram(Buffer.from('garbage'), '192.0.2.7');
    }
    if (sleep === 1) network.onDatagram(Buffer.from('<34>1 - h app - - [a b="c"] with data'), '192.0.2.7');
    if (sleep === 3) abort();
  });
  expect(result.lines).toEqual(['0', '1', '2', 'with data']);
  expect(result.labels.at(-1)).toEqual({ type: 'syslog', structured_data: '[a b="c"]' });
  expect(result.problems.map((problem) => problem.code)).toContain('E_SYSLOG_DROPPED');
});

it('tries again when the port is taken', async () => {
  const taken = new MemoryNetwork();
  taken.failures = 2;
  const send = (network: MemoryNetwork, sleep: number, abort: () => void): void => {
    network.onDatagram(Buffer.from('<34>Nov 22 01:20:50 h app: here'), '192.0.2.7');
    if (sleep > 2) abort();
  };
  const result = await serve({}, send, taken);
  expect(result.problems.map((problem) => problem.code)).toEqual(['E_SYSLOG_LISTEN']);
  expect(result.lines).toContain('here');
});

it('lets TCP senders wait while its queue is full, refuses more connections than allowed, and ends slow ones', async () => {
  const closed: string[] = [];
  let closedAtOnce: string[] = [];
  let readWhileFull = -1;
  const read: number[] = [];
  function connection(client: string, chunks: AsyncIterable<Buffer>): Connection {
    return { client, chunks, close: () => closed.push(client) };
  }
  async function* eager(): AsyncGenerator<Buffer> {
    for (let i = 0; i < 6; i++) {
      read.push(i);
      yield await Promise.resolve(Buffer.from(`<34>Nov 22 01:20:50 h app: ${i}\n`));
    }
  }
  async function* slow(): AsyncGenerator<Buffer> {
    yield Buffer.from('<34>Nov 22 01:');
    await new Promise(() => {});
  }
  const result = await serve(
    { transport: 'tcp', maxQueuedLines: 2, maxConnections: 2 },
    (network, sleep, abort) => {
      if (sleep === 0) {
        network.onConnection(connection('eager', eager()));
        network.onConnection(connection('slow', slow()));
        network.onConnection(connection('refused', slow()));
        closedAtOnce = [...closed];
      }
      if (sleep === 1) readWhileFull = read.length;
      if (sleep === 20) abort();
    },
  );
  expect(result.lines).toEqual(['0', '1', '2', '3', '4', '5']);
  expect(closedAtOnce).toEqual(['refused']);
  expect(readWhileFull).toBeLessThanOrEqual(4);
  expect(closed).toContain('slow');
  expect(result.problems.map((problem) => problem.code).sort()).toEqual([
    'E_SYSLOG_CONNECTIONS',
    'E_SYSLOG_SLOW',
  ]);
});

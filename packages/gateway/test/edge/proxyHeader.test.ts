import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { ProxyHeaderReader, readProxyHeader, type ProxyHeader } from '../../src/edge/proxyHeader.ts';

const SIGNATURE = '\r\n\r\n\0\r\nQUIT\n';

function read(bytes: string | Buffer): {
  behind: number;
  ip: string | undefined;
  refusal: string | undefined;
} {
  const buffer = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
  const reader = new ProxyHeaderReader();
  const behind = reader.read(buffer, 0, buffer.length);
  return { behind, ip: reader.source?.ip, refusal: reader.refusal };
}

function v2(command: number, kind: number, body: Buffer | string = ''): Buffer {
  const data = Buffer.from(body as string, 'latin1');
  const head = Buffer.from([command, kind, data.length >> 8, data.length & 255]);
  return Buffer.concat([Buffer.from(SIGNATURE, 'latin1'), head, data]);
}

const V4_BODY = Buffer.from([198, 51, 100, 1, 10, 0, 0, 1, 0x12, 0x34, 0, 80]);

describe('version 1', () => {
  it('names who connected', () => {
    const line = 'PROXY TCP4 198.51.100.1 10.0.0.1 56324 443\r\n';
    expect(read(`${line}GET / HTTP/1.1\r\n`)).toEqual({
      behind: line.length,
      ip: '198.51.100.1',
      refusal: undefined,
    });
    expect(read('PROXY TCP6 2001:DB8::1 2001:db8::2 1 65535\r\n').ip).toBe('2001:db8::1');
    expect(read('PROXY TCP6 ::ffff:198.51.100.1 ::1 1 2\r\n').ip).toBe('198.51.100.1');
  });

  it('lets the connection speak for itself when the proxy does not know', () => {
    for (const line of ['PROXY UNKNOWN\r\n', 'PROXY UNKNOWN ffff::1 whatever 0\r\n'])
      expect(read(line)).toEqual({ behind: line.length, ip: undefined, refusal: undefined });
  });

  it('asks for more until the line has ended', () => {
    const line = 'PROXY TCP4 198.51.100.1 10.0.0.1 56324 443\r\n';
    for (let length = 0; length < line.length; length++)
      expect(read(line.slice(0, length))).toEqual({ behind: 0, ip: undefined, refusal: undefined });
  });

  it('refuses what is not exactly so', () => {
    for (const line of [
      'PROXY TCP4 198.51.100.1 10.0.0.1 56324\r\n',
      'PROXY TCP4 198.51.100.1 10.0.0.1 56324 443 1\r\n',
      'PROXY TCP4  198.51.100.1 10.0.0.1 56324 443\r\n',
      'PROXY TCP4 198.51.100.1 10.0.0.1 056 443\r\n',
      'PROXY TCP4 198.51.100.1 10.0.0.1 65536 443\r\n',
      'PROXY TCP4 198.51.100.01 10.0.0.1 5 443\r\n',
      'PROXY TCP4 2001:db8::1 2001:db8::2 5 443\r\n',
      'PROXY TCP6 198.51.100.1 10.0.0.1 5 443\r\n',
      'PROXY TCP5 198.51.100.1 10.0.0.1 5 443\r\n',
      'PROXY tcp4 198.51.100.1 10.0.0.1 5 443\r\n',
      'PROXY \r\n',
    ])
      expect(read(line).refusal, line).toBe('proxy-malformed');
    expect(read(`PROXY UNKNOWN ${'x'.repeat(100)}\r\n`).refusal).toBe('proxy-too-long');
    expect(read('GET / HTTP/1.1\r\n').refusal).toBe('proxy-missing');
    expect(read('PROXIES').refusal).toBe('proxy-missing');
    expect(read('\r\n\r\nGET').refusal).toBe('proxy-missing');
  });
});

describe('version 2', () => {
  it('names who connected', () => {
    const header = v2(0x21, 0x11, V4_BODY);
    expect(read(Buffer.concat([header, Buffer.from('GET')]))).toEqual({
      behind: header.length,
      ip: '198.51.100.1',
      refusal: undefined,
    });
    const v6 = Buffer.alloc(36);
    v6.write('20010db8000000000000000000000007', 'hex');
    expect(read(v2(0x21, 0x21, v6)).ip).toBe('2001:db8::7');
  });

  it('ignores what it does not need: LOCAL, UNSPEC, Unix sockets, datagrams, further values', () => {
    for (const header of [
      v2(0x20, 0x00),
      v2(0x20, 0x11, V4_BODY),
      v2(0x20, 0xff, 'anything'),
      v2(0x21, 0x00),
      v2(0x21, 0x00, '\x04\0\x01x'),
      v2(0x21, 0x31, Buffer.alloc(216)),
      v2(0x21, 0x12, V4_BODY),
    ])
      expect(read(header)).toEqual({ behind: header.length, ip: undefined, refusal: undefined });
    const withValues = Buffer.concat([V4_BODY, Buffer.from('\x02\0\x0bexample.org\x04\0\0', 'latin1')]);
    expect(read(v2(0x21, 0x11, withValues)).ip).toBe('198.51.100.1');
  });

  it('checks a checksum where one was sent', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283); // the check value of the catalogues
    const body = Buffer.concat([V4_BODY, Buffer.from([3, 0, 4, 0, 0, 0, 0])]);
    const header = v2(0x21, 0x11, body);
    header.writeUInt32BE(crc32c(header), header.length - 4);
    expect(read(header).ip).toBe('198.51.100.1');
    header[17]! ^= 1;
    expect(read(header)).toMatchObject({ ip: undefined, refusal: 'proxy-checksum' });
  });

  it('refuses other versions, families, lengths and broken values', () => {
    for (const header of [
      v2(0x11, 0x11, V4_BODY),
      v2(0x22, 0x11, V4_BODY),
      v2(0x21, 0x41, V4_BODY),
      v2(0x21, 0x13, V4_BODY),
      v2(0x21, 0x11, V4_BODY.subarray(1)),
      v2(0x21, 0x21, V4_BODY),
      v2(0x21, 0x11, Buffer.concat([V4_BODY, Buffer.from([2, 0])])),
      v2(0x21, 0x11, Buffer.concat([V4_BODY, Buffer.from([2, 0, 9, 1])])),
      v2(0x21, 0x11, Buffer.concat([V4_BODY, Buffer.from([3, 0, 1, 1])])),
    ])
      expect(read(header).refusal, header.toString('hex')).toBe('proxy-malformed');
    expect(read(v2(0x21, 0x11, Buffer.alloc(5000))).refusal).toBe('proxy-too-long');
  });
});

it('never throws, and reads the same however the bytes arrive', () => {
  const start = fc.constantFrom('', 'PROXY ', 'PROXY TCP4 1.2.3.4 ', SIGNATURE, `${SIGNATURE}\x21\x11\0\x0c`);
  fc.assert(
    fc.property(start, fc.uint8Array({ maxLength: 300 }), (head, tail) => {
      const bytes = Buffer.concat([Buffer.from(head, 'latin1'), tail]);
      const whole = read(bytes);
      const reader = new ProxyHeaderReader();
      let behind = 0;
      for (let end = 0; end <= bytes.length && behind === 0; end++) behind = reader.read(bytes, 0, end);
      expect({ behind, ip: reader.source?.ip, refusal: reader.refusal }).toEqual(whole);
    }),
  );
});

describe('on a connection', () => {
  const open: { destroy(): unknown }[] = [];
  afterEach(() => open.splice(0).forEach((socket) => void socket.destroy()));

  async function accept(
    timeoutMs: number,
  ): Promise<{ near: Socket; far: Socket; header: Promise<ProxyHeader> }> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const near = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [far] = (await once(server, 'connection')) as [Socket];
    server.close();
    open.push(near, far);
    const header = new Promise<ProxyHeader>((resolve) => readProxyHeader(far, timeoutMs, resolve));
    return { near, far, header };
  }

  it('puts back what came behind the header', async () => {
    const { near, far, header } = await accept(10_000);
    near.setNoDelay(true);
    near.write('PROXY TCP4 198.51.');
    near.write('100.1 10.0.0.1 56324 443\r\nGET / HT');
    expect(await header).toMatchObject({ ok: true, source: { ip: '198.51.100.1' } });
    near.end('TP/1.1\r\n');
    let rest = '';
    for await (const chunk of far) rest += String(chunk);
    expect(rest).toBe('GET / HTTP/1.1\r\n');
  });

  it('is given up when no header comes, another thing comes, or the other side leaves', async () => {
    expect(await (await accept(1)).header).toEqual({ ok: false, reason: 'proxy-timeout' });
    const wrong = await accept(10_000);
    wrong.near.write('GET / HTTP/1.1\r\n');
    expect(await wrong.header).toEqual({ ok: false, reason: 'proxy-missing' });
    const left = await accept(10_000);
    left.near.end('PROX');
    expect(await left.header).toEqual({ ok: false, reason: 'proxy-closed' });
  });
});

/** Bit by bit, as the definition has it, unlike the reader's table. */
function crc32c(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1 ? 0x82f63b78 ^ (crc >>> 1) : crc >>> 1) >>> 0;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

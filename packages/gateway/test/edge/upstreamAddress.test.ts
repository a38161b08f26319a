import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseUpstream, type UpstreamAddress } from '../../src/edge/upstreamAddress.ts';

function address(text: string): UpstreamAddress | undefined {
  const parsed = parseUpstream(text);
  return parsed.ok ? parsed.address : undefined;
}

function fault(text: string): string | undefined {
  const parsed = parseUpstream(text);
  return parsed.ok ? undefined : parsed.says;
}

it('reads hosts, ports, addresses and sockets', () => {
  expect(address('http://127.0.0.1:8080')).toMatchObject({
    host: '127.0.0.1',
    port: 8080,
    authority: '127.0.0.1:8080',
  });
  expect(address('http://Backend/')).toMatchObject({
    url: 'http://backend:80',
    port: 80,
    authority: 'backend',
  });
  expect(address('https://origin.example.org')).toMatchObject({
    port: 443,
    isTls: true,
    serverName: 'origin.example.org',
    checksCertificate: true,
  });
  expect(address('https://[::1]:8443')).toMatchObject({
    host: '::1',
    serverName: '',
    checksCertificate: false,
  });
  expect(address('https://localhost')).toMatchObject({ checksCertificate: false });
  expect(address('unix:/run/site.sock')).toMatchObject({ socketPath: '/run/site.sock', isTls: false });
  expect(address('unix:///run/site.sock')?.url).toBe('unix:/run/site.sock');
});

it('says what is wrong, and what would be right', () => {
  for (const [text, says] of [
    ['127.0.0.1:8080', 'write `http://127.0.0.1:8080`'],
    ['/run/site.sock', 'write `unix:/run/site.sock`'],
    ['', 'write `http://host:port`'],
    ['ftp://host', 'begin it with `http://`'],
    ['http://host/app', 'it has no path'],
    ['http://host?x', 'it has no path'],
    ['http://me:secret@host', 'a name and password'],
    ['http://:80', 'a host is missing'],
    ['http://ho st', '`ho st` is no host'],
    ['http://[::zz]', '`[::zz]` is no host'],
    ['http://host:0', 'the port is a number'],
    ['http://host:65536', 'the port is a number'],
    ['http://host:', 'the port is a number'],
    ['unix:run/site.sock', 'the absolute path'],
    [`unix:/${'x'.repeat(107)}`, 'at most 107 bytes'],
  ] as const)
    expect(fault(text), text).toContain(says);
});

it('never throws, and reads its own writing', () => {
  fc.assert(fc.property(fc.string(), (text) => void parseUpstream(text)));
  fc.assert(
    fc.property(
      fc.constantFrom('http', 'https'),
      fc.oneof(fc.ipV4(), fc.domain()),
      fc.nat(65_534),
      (scheme, host, port) => {
        const first = address(`${scheme}://${host}:${port + 1}`)!;
        expect(address(first.url)).toEqual(first);
      },
    ),
  );
});

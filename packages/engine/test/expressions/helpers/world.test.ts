import { expect, it } from 'vitest';
import { AnyMap, GoDuration, HostObject, type Value } from '../../../src/expressions/value.ts';
import { absentHelpers } from '../../../src/expressions/helpers/absent.ts';
import { createHelpers, DataFiles, Stash } from '../../../src/expressions/helpers/index.ts';
import { ja4h } from '../../../src/expressions/helpers/ja4h.ts';
import { bench, call, NOW_MS, plain } from './call.ts';

it('keeps a stashed value until its time is over', () => {
  let nowMs = 0;
  const stash = new Stash(() => nowMs);
  stash.declare('pids', { size: 2, ttlMs: 1000, strategy: 'LRU' });
  const { call: call_, log } = bench({ stash });
  stash.set('pids', '12', 'sshd');
  expect(call_('SetInStash', 'pids', '13', 'cron', new GoDuration(5000))).toBeNull();
  expect(call_('SetInStash', 'none', '13', 'cron', null)).toBeNull();
  nowMs = 1000;
  expect(call_('GetFromStash', 'pids', '12')).toBe('sshd');
  nowMs = 1001;
  expect(call_('GetFromStash', 'pids', '12')).toBe('');
  expect(call_('GetFromStash', 'pids', '13')).toBe('cron');
  expect(log).toEqual([]);
  expect(call_('GetFromStash', 'none', '13')).toBe('');
  expect(log).toHaveLength(1);
  expect(() => call_('SetInStash', 'pids', 'a', 'b', 5)).toThrow('duration');
});

it('forgets the least recently used, or the least frequently used', () => {
  const stash = new Stash(() => 0);
  for (const strategy of ['LRU', 'LFU']) {
    stash.declare(strategy, { size: 2, ttlMs: 1000, strategy });
    stash.set(strategy, 'a', '1');
    stash.get(strategy, 'a');
    stash.get(strategy, 'a');
    stash.set(strategy, 'b', '2');
    stash.get(strategy, 'b');
    stash.set(strategy, 'c', '3');
  }
  expect(['a', 'b', 'c'].map((key) => stash.get('LRU', key))).toEqual(['', '2', '3']);
  expect(['a', 'b', 'c'].map((key) => stash.get('LFU', key))).toEqual(['1', '', '3']);
});

it('never holds more than its size, and keeps the first declaration of a name', () => {
  const stash = new Stash(() => 0);
  for (const strategy of ['LRU', 'LFU', 'ARC']) {
    stash.declare(strategy, { size: 50, ttlMs: 1000, strategy });
    stash.declare(strategy, { size: 5000, ttlMs: 1000, strategy });
    for (let i = 0; i < 10_000; i++) stash.set(strategy, `k${i % 700}`, 'v');
    const held = Array.from({ length: 700 }, (_, i) => stash.get(strategy, `k${i}`)).filter(
      (value) => value !== '',
    );
    expect(held).toHaveLength(50);
  }
});

it('counts decisions, those of the last days if asked', () => {
  const asked: (number | undefined)[] = [];
  const { call: call_, log } = bench({
    decisions: {
      count: (value, sinceMs) => {
        asked.push(sinceMs);
        return value === '192.0.2.1' ? 2 : 0;
      },
      activeCount: () => 1,
      activeTimeLeftMs: () => 90_000,
    },
  });
  expect(call_('GetDecisionsCount', '192.0.2.1')).toBe(2);
  expect(call_('GetDecisionsCount', '192.0.2.2')).toBe(0);
  expect(call_('GetDecisionsSinceCount', '192.0.2.1', '1h')).toBe(2);
  expect(call_('GetDecisionsSinceCount', '192.0.2.1', '1d12h')).toBe(2);
  expect(call_('GetActiveDecisionsCount', '192.0.2.1')).toBe(1);
  expect(plain(call_('GetActiveDecisionsTimeLeft', '192.0.2.1'))).toEqual({ duration: 90_000 });
  expect(asked).toEqual([undefined, undefined, NOW_MS - 3_600_000, NOW_MS - 36 * 3_600_000]);
  expect(log).toEqual([]);
  expect(call_('GetDecisionsSinceCount', '192.0.2.1', 'soon')).toBe(0);
  expect(log).toHaveLength(1);
});

it('answers 0 on decisions without a store of them', () => {
  for (const name of ['GetDecisionsCount', 'GetActiveDecisionsCount', 'GetActiveDecisionsTimeLeft']) {
    expect(call(name, '192.0.2.1')).toBe(0);
  }
  expect(call('GetDecisionsSinceCount', '192.0.2.1', '1h')).toBe(0);
});

it('stays off the network unless it is given one', () => {
  const { call: call_, log } = bench();
  expect(call_('LookupHost', 'example.org')).toEqual([]);
  expect(log).toHaveLength(1);
  expect(() => call_('HTTPGet', 'http://example.org')).toThrow('may not use the network');
  expect(() => call_('HTTPRequest', 'GET', 'http://example.org', new AnyMap(), '')).toThrow(
    'may not use the network',
  );
});

it('fetches with the network it is given', () => {
  const asked: unknown[] = [];
  const { call: call_, log } = bench({
    network: {
      lookupHost: (host) => {
        if (host === 'none') throw new Error('no such host');
        return ['192.0.2.1'];
      },
      confirmedNames: () => [],
      request: ({ method, url, headers, body }) => {
        asked.push([method, url, Object.fromEntries(headers), body]);
        return {
          statusCode: 204,
          body: 'ok',
          headers: [
            ['content-type', 'text/plain'],
            ['Content-Type', 'b'],
          ],
        };
      },
    },
  });
  expect(call_('LookupHost', 'example.org')).toEqual(['192.0.2.1']);
  expect(call_('LookupHost', 'none')).toEqual([]);
  expect(log).toHaveLength(1);
  const response = call_('HTTPPost', 'http://a/', 'text/plain', 'x') as HostObject; // it answers with a response
  expect(response.field('StatusCode')).toBe(204);
  expect(response.field('Body')).toBe('ok');
  expect(plain(response.field('Headers')!)).toEqual({ 'Content-Type': ['text/plain', 'b'] });
  expect(response.field('Cookies')).toBeUndefined();
  call_('HTTPHead', 'http://b/');
  call_('HTTPRequest', 'PUT', 'http://c/', new AnyMap(new Map<string, Value>([['X-Count', 5]])), 'y');
  expect(asked).toEqual([
    ['POST', 'http://a/', { 'Content-Type': 'text/plain' }, 'x'],
    ['HEAD', 'http://b/', {}, ''],
    ['PUT', 'http://c/', { 'X-Count': '5' }, 'y'],
  ]);
});

it('fingerprints a request as JA4H does', () => {
  const request = (method: string, headers: Record<string, string>): string =>
    ja4h({
      method,
      httpMajor: 1,
      httpMinor: 1,
      headers: new Map(Object.entries(headers).map(([name, value]) => [name, [value]])),
    });
  const cases: [method: string, headers: Record<string, string>, fingerprint: string][] = [
    ['GET', {}, 'ge11nn000000_e3b0c44298fc_000000000000_000000000000'],
    ['GET', { Cookie: 'session=12345' }, 'ge11cn000000_e3b0c44298fc_3f3af1ecebbd_86a3f0069fcd'],
    ['GET', { Cookie: 'foo=bar; baz=qux' }, 'ge11cn000000_e3b0c44298fc_bd87575d11f6_d401f362552e'],
    ['GET', { 'Accept-Language': 'en-US' }, 'ge11nn01enus_'],
    ['GET', { 'Accept-Language': ',' }, 'ge11nn010000_'],
    ['POST', { Referer: 'http://a/', Cookie: 'a=b' }, 'po11cr000000_'],
    ['GET', { 'X-Custom-Header': 'a', Authorization: 'b' }, 'ge11nn020000_bbfc6cf16ecb_'],
    ['GET', { Host: 'localhost', 'User-Agent': 'curl', Accept: '*/*' }, 'ge11nn030000_4722709a6f34_'],
    [
      'GET',
      { Cookie: 'foo=bar; foo=bar2; bad name=x; "=y' },
      'ge11cn000000_e3b0c44298fc_8990ce24137b_975821a3a881',
    ],
  ];
  for (const [method, headers, fingerprint] of cases) {
    expect(request(method, headers).slice(0, fingerprint.length), JSON.stringify(headers)).toBe(fingerprint);
  }
});

it('takes the request of JA4H from an object with the fields of Go', () => {
  class Request extends HostObject {
    field(name: string): Value | undefined {
      const header = new AnyMap(
        new Map<string, Value>([
          ['accept-language', ['fr']],
          ['Cookie', 'session=12345'],
        ]),
      );
      return ({ Method: 'PUT', ProtoMajor: 2, ProtoMinor: 0, Header: header } as Record<string, Value>)[name]; // a test double of http.Request
    }
    method(): undefined {
      return undefined;
    }
  }
  expect(call('JA4H', new Request())).toMatch(/^pu20cn01fr00_[0-9a-f]{12}_3f3af1ecebbd_86a3f0069fcd$/);
  expect(() => call('JA4H', 'x')).toThrow('HTTP request');
});

it('logs what an expression has to say, and knows the name of its host', () => {
  const { call: call_, log } = bench();
  expect(call_('LogInfo', '%s did %d', 'a', 3)).toBe(true);
  expect(log).toEqual(['a did 3']);
  expect(call_('Hostname')).toBe('parapet.example');
});

it('has every helper of the reference, or says why not', () => {
  const helpers = createHelpers({
    dataFiles: new DataFiles(),
    stash: new Stash(() => 0),
    hostname: '',
    nowMs: () => 0,
    log: () => undefined,
  });
  const names = [...Object.keys(helpers), ...Object.keys(absentHelpers)];
  expect(new Set(names).size).toBe(names.length);
  expect(names).toHaveLength(83);
});

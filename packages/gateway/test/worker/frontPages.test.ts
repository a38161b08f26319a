import { describe, expect, test } from 'vitest';
import { ipBits, parseIp, PASS, type Client, type Guard } from '@parapet/kinds';
import { FrontPages } from '../../src/worker/frontPages.ts';
import type { WorkerHealth } from '../../src/worker/workerConfig.ts';
import { requestOf } from '../link/requests.ts';

const INNER: Guard = {
  onRequest: () => PASS,
  onResponse: () => undefined,
  onEnd: () => {},
  onRefusal: () => {},
};
const TOKEN = 'a token of some length';

describe('the health page', () => {
  test('is there for this machine and private networks', () => {
    expect(['127.0.0.1', '::1', '10.1.2.3', 'fd00::1'].map((ip) => statusFor(ip))).toEqual([
      200, 200, 200, 200,
    ]);
  });

  test('is not there for others, also when they came through a private proxy', () => {
    expect(statusFor('203.0.113.7')).toBe(404);
    expect(statusFor('203.0.113.7', { peer: '10.0.0.1' })).toBe(404);
    expect(statusFor('10.0.0.1', { peer: '203.0.113.7' })).toBe(404);
  });

  test('is there for whoever has the token', () => {
    expect(statusFor('203.0.113.7', { token: TOKEN })).toBe(200);
    expect(statusFor('203.0.113.7', { token: `${TOKEN}!` })).toBe(404);
    expect(statusFor('203.0.113.7', { token: '' })).toBe(404);
  });

  test('says 200 while the site is served, unless it is asked strictly', () => {
    expect(statusFor('127.0.0.1', { isFine: false })).toBe(200);
    expect(statusFor('127.0.0.1', { isFine: false, target: '/.parapet/health?strict' })).toBe(503);
    expect(statusFor('127.0.0.1', { isFine: true, target: '/.parapet/health?strict' })).toBe(200);
  });

  test('takes no other path', () => {
    for (const target of ['/', '/.parapet/healthy', '/.parapet/health/x', '/a/.parapet/health', '/.parapet/'])
      expect(statusFor('127.0.0.1', { target })).toBe(0);
  });
});

/** The status of the answer; 0 when the inner guard was asked. */
test('robots.txt is there for everybody, where there is one', () => {
  const health = {} as WorkerHealth; // nobody asks for it
  const answerTo = (robots: string | undefined, method: string): unknown => {
    const guard = new FrontPages({ inner: INNER, health: () => health, token: undefined, robots });
    const request = { ...requestOf('/robots.txt', {}), method };
    const action = guard.onRequest(request, clientOf('203.0.113.7', '203.0.113.7'), 'main');
    return action.kind === 'reply' ? action.answer.body : action.kind;
  };
  expect(answerTo('User-agent: *\n', 'GET')).toBe('User-agent: *\n');
  expect(answerTo('User-agent: *\n', 'POST')).toBe('pass');
  expect(answerTo(undefined, 'GET')).toBe('pass');
});

function statusFor(
  ip: string,
  {
    peer = ip,
    token,
    isFine = true,
    target = '/.parapet/health',
  }: {
    peer?: string;
    token?: string;
    isFine?: boolean;
    target?: string;
  } = {},
): number {
  const health = { isFine } as WorkerHealth; // only that decides on the status
  const guard = new FrontPages({ inner: INNER, health: () => health, token: TOKEN, robots: undefined });
  const request = requestOf(target, token === undefined ? {} : { 'x-parapet-token': token });
  const action = guard.onRequest(request, clientOf(ip, peer), 'main');
  return action.kind === 'reply' ? action.answer.status : 0;
}

function clientOf(text: string, peer: string): Client {
  const ip = parseIp(text)!;
  return { ip, words: ipBits(ip), peerIp: parseIp(peer)!, scheme: 'http' };
}

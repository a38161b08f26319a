import { describe, expect, test } from 'vitest';
import { Event, EventSchema } from '../../src/events/index.ts';
import { TrafficShare } from '../../src/verdicts/index.ts';

const START = Date.UTC(2020, 0, 1, 10);

/** A site's log, as far as shares of traffic go. */
class Log {
  readonly schema = new EventSchema();
  readonly share = new TrafficShare(this.schema);
  #ms = START;

  request(
    ip: string,
    agent: string | undefined,
    status = '200',
    more: Readonly<Record<string, string>> = {},
  ): void {
    const event = new Event(this.schema);
    const fields = {
      source_ip: ip,
      http_status: status,
      ...(agent === undefined ? {} : { http_user_agent: agent }),
    };
    for (const [name, value] of Object.entries(fields)) event.set(this.schema.slot('Meta', name), value);
    for (const [name, value] of Object.entries(more)) event.set(this.schema.slot('Parsed', name), value);
    this.share.observe(event, (this.#ms += 500));
  }

  wait(minutes: number): void {
    this.#ms += minutes * 60_000;
  }
}

const PROXY = '203.0.113.80';
const browser = (i: number): string => `Mozilla/5.0 (number ${i}) like every other browser`;

describe('an address that carries most of the traffic', () => {
  test('with many browsers behind it is a proxy, found without an alert, and told once', () => {
    const log = new Log();
    for (let i = 0; i < 1200; i++)
      log.request(i % 3 === 0 ? `198.51.100.${i % 200}` : PROXY, browser(i % 40));
    const findings = log.share.takeFindings();
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ kind: 'misconfigured-proxy', ip: PROXY });
    expect(findings[0]!.advice).toContain('real_ip_header');
    expect(log.share.proxyReason(PROXY)).toMatch(/\d+ % of the last hour's \d+ requests/);
    expect(log.share.takeFindings()).toEqual([]);
  });

  test('with a forwarded-for header is a proxy, whatever its browsers', () => {
    const log = new Log();
    for (let i = 0; i < 1200; i++) log.request(PROXY, 'one', '200', { x_forwarded_for: '198.51.100.9' });
    expect(log.share.proxyReason(PROXY)).toContain('forwarded-for');
  });

  test('is a flood when all of it is one program', () => {
    const log = new Log();
    for (let i = 0; i < 5000; i++) log.request(PROXY, 'curl/8');
    expect(log.share.proxyReason(PROXY)).toBeUndefined();
  });

  test('is a scanner when it names a new browser for each request and finds nothing', () => {
    const log = new Log();
    for (let i = 0; i < 5000; i++) log.request(PROXY, browser(i), i % 5 === 0 ? '200' : '404');
    expect(log.share.proxyReason(PROXY)).toBeUndefined();
  });

  test('says nothing while there is little to go by', () => {
    const log = new Log();
    for (let i = 0; i < 150; i++) log.request(PROXY, browser(i % 40));
    expect(log.share.proxyReason(PROXY)).toBeUndefined();
  });

  test('on a small site is found early when nothing else comes', () => {
    const log = new Log();
    for (let i = 0; i < 300; i++) log.request(PROXY, browser(i % 12));
    expect(log.share.proxyReason(PROXY)).toBeDefined();
  });
});

test('half of the traffic is not most of it', () => {
  const log = new Log();
  for (let i = 0; i < 4000; i++)
    log.request(i % 2 === 0 ? PROXY : `198.51.${i % 7}.${i % 251}`, browser(i % 40));
  expect(log.share.proxyReason(PROXY)).toBeUndefined();
});

test('an address of the crowd is never found, however much traffic there is', () => {
  const log = new Log();
  for (let i = 0; i < 20_000; i++) log.request(`198.51.${(i * 7) % 100}.${i % 251}`, browser(i % 40));
  expect(log.share.takeFindings()).toEqual([]);
});

test('only the last hour counts', () => {
  const log = new Log();
  for (let i = 0; i < 900; i++) log.request(PROXY, 'one');
  log.wait(70);
  for (let i = 0; i < 300; i++) log.request(`198.51.100.${i % 200}`, browser(i % 40));
  for (let i = 0; i < 300; i++) log.request(PROXY, browser(i % 40));
  expect(log.share.proxyReason(PROXY)).toBeUndefined();
});

test('guessing passwords over SSH is no web traffic', () => {
  const log = new Log();
  for (let i = 0; i < 5000; i++) {
    const event = new Event(log.schema);
    event.set(log.schema.slot('Meta', 'source_ip'), PROXY);
    log.share.observe(event, START + i * 100);
  }
  expect(log.share.proxyReason(PROXY)).toBeUndefined();
});

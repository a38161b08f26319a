// What an empty configuration comes to, spelt out: most runs have no parapet.yaml, and making the schema that
// checks one costs more time than all their options. A test compares this with what the schema says.

import type { Config } from './schema.ts';

export const DEFAULT_CONFIG: Config = {
  data_dir: '.parapet',
  logs: [],
  acquisition: [],
  hub: { folders: [], items: [], own_items: true, grok_files: [] },
  perimeter: {
    enabled: true,
    allowlist: [],
    flood_threshold: 0,
    flood_window: 3600,
  },
  allowlist: [],
  geo: {},
  inspection: {
    mode: 'enforce',
    sites: [],
    false_positives_per_million: 100,
    rules: [],
    body_bytes: 262_144,
  },
  traffic: { mode: 'enforce', sites: [], days: 14 },
  gateway: {
    listen: [],
    sites: [],
    certificates: [],
    trusted_proxies: [],
    askers: [],
    workers: 0,
    throttle: {
      throttle: { per_second: 2, burst: 20, queue: 10, max_wait: '10s' },
      tarpit: { per_second: 0.2, burst: 1, queue: 2, max_wait: '10s' },
      captcha: { per_second: 2, burst: 20, queue: 10, max_wait: '10s' },
      crawler: { per_second: 0.5, burst: 5, queue: 5, max_wait: '10s' },
    },
    challenge: { work_bits: 17, without_scripts: true },
    ai_crawlers: {
      training: 'allow',
      search: 'allow',
      user: 'allow',
      undocumented: 'allow',
      names: {},
      ranges: {},
      serve_robots: false,
    },
    limits: {
      head_bytes: 65_536,
      headers: 128,
      request_body_bytes: 0,
      connections_per_client: 256,
      connections: 16_384,
    },
    timeouts: { head: '15s', body: '30s', idle: '75s', connect: '5s', upstream: '120s', drain: '30s' },
  },
  api: { listen: [], hosts: [] },
  signals: { listen: [], socket_mode: '660', records_per_second: 500, max_age: '24h' },
  lapi: { listen: [], trusted_ips: ['127.0.0.0/8', '::1'] },
  appsec: { listen: [], doubtful: 'allow', body_timeout: '1s' },
  dashboard: { listen: '127.0.0.1:8421', hosts: [], behind_tls: false },
  notifications: {
    language: 'en',
    channels: [],
    rules: [],
    gather: '10s',
    calm: '15m',
    allow_targets: [],
  },
  metrics: { listen: '127.0.0.1:0', enabled: false },
  retention: { alerts: '2160h' },
};

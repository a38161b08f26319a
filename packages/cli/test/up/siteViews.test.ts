import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SupervisorStatus } from '@parapet/gateway';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DEFAULT_CONFIG } from '../../src/config/defaults.ts';
import type { Config } from '../../src/config/schema.ts';
import { writeStatus } from '../../src/traffic/status.ts';
import { sitesView } from '../../src/up/siteViews.ts';

const NOW_MS = Date.UTC(2026, 2, 1, 12);
const SHOP = 'http://127.0.0.1:8081';
const config: Config = {
  ...DEFAULT_CONFIG,
  gateway: { ...DEFAULT_CONFIG.gateway, upstream: SHOP },
};

type Worker = SupervisorStatus['workers'][number];

function workerOf(number: number, isUp: boolean, outstanding: number): Worker {
  return {
    ...{ number, pid: 100 + number, state: 'serving' },
    health: {
      ...{ isFine: true, pid: 100 + number, upForSeconds: 60, hasSupervisor: true, findings: [], faults: 0 },
      engine: { isConnected: true, heardSecondsAgo: 0, queuedBytes: 0, droppedEvents: 0 },
      decisions: { size: 7, version: 1, refused: 0, snapshot: 'read' },
      sites: [{ site: 'main', upstreams: [{ url: SHOP, isUp, outstanding, failures: 0 }] }],
    },
  };
}

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'parapet-sites-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  writeStatus(made, {
    ...{ version: 1, at: new Date(NOW_MS).toISOString(), wantedDays: 14 },
    sites: ['', 'log.example'].map((site) => ({
      ...{ site, mode: 'enforce', modeNow: 'observe', days: 9, progress: '', state: 'usual', seasons: [] },
      ...{ clients: 1, paths: 1, requests: 12, usual: 10 },
    })),
  });
  return made;
}

function viewOf(workers: readonly Worker[] | undefined, given: Config = config) {
  const status: SupervisorStatus | undefined =
    workers === undefined
      ? undefined
      : {
          ...{ pid: 1, startedAtMs: 0, listening: ['127.0.0.1:8080'], workers },
          ...{ restarts: 1, reloads: 0 },
        };
  const dataDir = folder();
  const live = { current: given, written: given, chosen: () => undefined };
  const surroundings = { live, folder: dataDir, dataDir, version: '1.2.3', startedMs: 0 };
  return sitesView({ ...surroundings, nowMs: NOW_MS, ask: async () => status });
}

describe('the sites', () => {
  it('are those of the gateway with what all workers say of their servers, and what is learned', async () => {
    const { sites, workers } = await viewOf([workerOf(1, false, 2), workerOf(2, true, 3)]);
    expect(sites[0]).toMatchObject({
      ...{ name: 'main', isServed: true, mode: 'enforce', inspection: 'enforce' },
      inspectionPlace: 'inspection.mode',
      upstreams: [{ url: SHOP, isUp: true, underWay: 5 }],
      learned: { days: 9, wantedDays: 14, mode: 'enforce', modeNow: 'observe', requests: 12, usual: 10 },
    });
    expect(workers).toMatchObject([{ number: 1, health: { underWay: 2, decisions: 7 } }, { number: 2 }]);
  });

  it('that no worker reaches are down', async () => {
    const { sites } = await viewOf([workerOf(1, false, 0), workerOf(2, false, 0)]);
    expect(sites[0]?.upstreams).toMatchObject([{ isUp: false }]);
  });

  it('are also those of logs, where nothing is kept off', async () => {
    const { sites, hasGateway, workers } = await viewOf(undefined);
    expect(sites.map(({ name, isServed }) => [name, isServed])).toEqual([
      ['main', false],
      ['log.example', false],
    ]);
    expect([hasGateway, workers]).toEqual([false, []]);
  });

  it('name the line of the configuration that has their mode', async () => {
    const site = { ...DEFAULT_CONFIG.gateway.sites[0], name: 'shop', mode: 'observe' as const };
    const written = { hosts: ['shop.example'], upstreams: [SHOP], host_header: 'client' as const };
    const more = { health_every: '10s', closed_paths: [], never_challenge: [] };
    const gateway = { ...DEFAULT_CONFIG.gateway, sites: [{ ...site, ...written, ...more }] };
    const inspection = {
      ...DEFAULT_CONFIG.inspection,
      sites: [{ name: 'shop', mode: 'learn' as const }],
    };
    const worker = workerOf(1, true, 0);
    const health = { ...worker.health!, sites: [{ site: 'shop', upstreams: [] }] };
    const { sites } = await viewOf([{ ...worker, health }], { ...DEFAULT_CONFIG, gateway, inspection });
    expect(sites[0]).toMatchObject({
      ...{ name: 'shop', hosts: ['shop.example'], mode: 'observe', modePlace: 'gateway.sites: shop: mode' },
      ...{ inspection: 'learn', inspectionPlace: 'inspection.sites: shop: mode' },
    });
  });

  it('have certificates, of which one may not be readable', async () => {
    const certificates = [{ cert_file: 'none.pem', key_file: 'none.key' }];
    const { certificates: shown } = await viewOf(undefined, {
      ...config,
      gateway: { ...config.gateway, certificates },
    });
    expect(shown).toEqual([{ file: 'none.pem', names: '' }]);
    const dataDir = folder();
    writeFileSync(path.join(dataDir, 'odd.pem'), 'no certificate');
    const odd = {
      ...config,
      gateway: { ...config.gateway, certificates: [{ cert_file: 'odd.pem', key_file: '' }] },
    };
    const live = { current: odd, written: odd, chosen: () => undefined };
    const surroundings = { live, folder: dataDir, dataDir, version: '', startedMs: 0, nowMs: NOW_MS };
    const view = await sitesView({ ...surroundings, ask: async () => undefined });
    expect(view.certificates[0]?.endMs).toBeUndefined();
  });
});

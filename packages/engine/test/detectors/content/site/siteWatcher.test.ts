import {
  parseIp,
  type AttackClass,
  type Inspection,
  type InspectionReason,
  type InspectionRecord,
} from '@parapet/kinds';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Part, RequestParts } from '../../../../src/detectors/content/parts.ts';
import {
  readRecord,
  readSample,
  SiteMemory,
  SiteWatcher,
  type SiteSample,
} from '../../../../src/detectors/content/site/index.ts';
import { address, HOUR_MS, KEY, part, request, START_MS } from './requests.ts';

const SITE = 'main';

/** A worker and an engine that hear each other through JSON, and a clock. */
class World {
  nowMs = START_MS;
  readonly notes: string[] = [];
  readonly records: InspectionRecord[] = [];
  samples = 0;
  memory: SiteMemory = SiteMemory.restore(KEY, {}, (text) => this.notes.push(text));
  readonly watcher: SiteWatcher = new SiteWatcher({
    keyOf: () => KEY,
    nowMs: () => this.nowMs,
    newRecordId: () => '00000000',
    onSample: (_, sample) => {
      this.samples++;
      const read = readSample(JSON.parse(JSON.stringify(sample)));
      if (read !== undefined) this.memory.observe(read);
    },
    onRecord: (record) => {
      const read = readRecord(JSON.parse(JSON.stringify(record)));
      if (read === undefined) return;
      this.records.push(read);
      this.memory.found(read);
    },
  });

  push(): void {
    const problem = this.watcher.setNormal(SITE, this.memory.compileNormal(this.nowMs));
    if (problem !== undefined) throw new Error(problem);
    this.watcher.setRules(SITE, JSON.parse(JSON.stringify(this.memory.compileRules(this.nowMs))));
  }

  /** One request from its first byte to its last; returns what spoke for an attack, all in all. */
  visit(
    path: string,
    parts: readonly Part[],
    { ip = address(1), found = [], status = 200, isVouched = false, recordId }: Partial<Visit> = {},
  ): number {
    const taken = withClient(request(path, parts, isVouched), ip);
    const reasons = [...found, ...this.watcher.reasons(taken, found)];
    const logOdds = reasons.reduce((sum, { weight }) => sum + weight, 0);
    const score = 1 / (1 + Math.exp(-logOdds));
    const isBlocked = logOdds >= 5;
    const inspection: Inspection = {
      action: isBlocked ? 'block' : 'pass',
      score: reasons.length === 0 ? 0 : score,
      class: reasons[0]?.class,
      reasons,
    };
    if (this.watcher.learnsFrom(taken.request) || reasons.length > 0)
      this.watcher.judged(taken, found, inspection);
    const told = isBlocked ? { recordId: recordId ?? '1a2b3c4d', isEnforced: true } : undefined;
    this.watcher.ended(taken.request.exchange!, {
      status: isBlocked ? 403 : status,
      isOurs: isBlocked,
      ...(told === undefined ? {} : { told }),
    });
    return logOdds;
  }
}

interface Visit {
  readonly ip: string;
  readonly found: readonly InspectionReason[];
  readonly status: number;
  readonly isVouched: boolean;
  readonly recordId: string;
}

function withClient(taken: RequestParts, ip: string): RequestParts {
  const hasCookiesOnly = taken.parts.every(({ placement }) => placement === 'cookie');
  const rawTarget = hasCookiesOnly ? taken.path : `${taken.path}?`;
  return { ...taken, request: { ...taken.request, rawTarget, site: SITE, ip: parseIp(ip)!, exchange: {} } };
}

function model(one: Part, attackClass: AttackClass, weight: number): InspectionReason {
  const { placement, name } = one;
  return {
    detector: 'model',
    class: attackClass,
    text: 'x',
    weight,
    foundIn: { placement, name, excerpt: '' },
  };
}

describe('a worker and its engine', () => {
  it('learn what is normal from what the site answers well, and judge by it', () => {
    const world = new World();
    const odd = part('page', "1' x");
    for (let hour = 0; hour < 6; hour++) {
      for (let n = 0; n < 6; n++) {
        world.nowMs = START_MS + hour * HOUR_MS + n * 60_000;
        world.visit('/shop', [part('page', `${n}`)], { ip: address(n) });
        world.visit('/shop', [part('sort', "it's <b>")], { ip: address(n), status: 404 });
      }
    }
    expect(world.visit('/shop', [odd], { found: [model(odd, 'sqli', 3)] })).toBe(3);
    world.push();
    expect(world.visit('/shop', [odd], { found: [model(odd, 'sqli', 3)] })).toBeGreaterThan(4.5);
    expect(world.memory.list().map(({ name }) => name)).toEqual(['page', 'page']);
  });

  it('learn nothing from what was found suspicious, except from those whom the site vouches for', () => {
    const world = new World();
    const html = part('body', '<p onclick="x">Bread</p>', 'form', 'html');
    for (let hour = 0; hour < 8; hour++) {
      world.nowMs = START_MS + hour * HOUR_MS;
      world.visit('/a', [html], { found: [model(html, 'xss', 1)], ip: address(hour) });
    }
    expect(world.memory.counts().parameters).toBe(0);
    for (let hour = 8; hour < 16; hour++) {
      world.nowMs = START_MS + hour * HOUR_MS;
      world.visit('/a', [html], { found: [model(html, 'xss', 3)], isVouched: true });
    }
    world.push();
    expect(world.memory.counts().known).toBe(2);
    expect(world.visit('/a', [html], { found: [model(html, 'xss', 3)], isVouched: true })).toBeLessThan(2);
  });

  it('know a stopped attack again in another form and parameter', () => {
    const world = new World();
    const attack = part('q', "1' or 1=1-- -");
    const altered = part('keys', `x" OR/**/'a'='a' #`);
    expect(world.visit('/other', [altered])).toBe(0);
    world.visit('/shop', [attack], { found: [model(attack, 'sqli', 9)] });
    expect(world.records).toMatchObject([{ id: '1a2b3c4d', action: 'block', isEnforced: true, site: SITE }]);
    expect(world.memory.rulesVersion).toBe(1);
    world.push();
    // Not confirmed, and it is not known yet what good requests look like: it only adds to other reasons.
    expect(world.visit('/other', [altered])).toBe(1);
    expect(world.visit('/other', [altered], { found: [model(altered, 'sqli', 4)] })).toBe(5);
    expect(world.memory.templates()).toMatchObject([{ by: 'score', uses: 1 }]);
  });

  it('take the word of people, and take it back', () => {
    const world = new World();
    const one = part('body', 'select login from people where age = 1', 'form');
    const altered = part('x', "SELECT secret FROM staff WHERE height='2'");
    world.visit('/a', [one], { found: [model(one, 'sqli', 9)] });
    const [record] = world.records;
    const said = {
      number: 1,
      recordId: record!.id,
      site: SITE,
      route: record!.route,
      findings: record!.findings,
      network: record!.network,
      at: new Date(START_MS),
      by: 'ada',
      comment: '',
    };
    const say = (kind: 'attack' | 'no-attack'): void => {
      world.memory.setFeedback([{ ...said, kind }], START_MS);
      world.push();
    };
    say('attack');
    expect(world.visit('/b', [altered])).toBe(6);
    say('no-attack');
    expect(world.visit('/b', [altered])).toBe(0);
    expect(world.visit('/a', [one], { found: [model(one, 'sqli', 9)] })).toBe(0);
    expect(world.records.at(-1)).toMatchObject({ id: '00000000', action: 'pass', isEnforced: false });
    expect(world.records.at(-1)?.reasons.map(({ detector }) => detector)).toContain('exception');
    world.memory.setFeedback([], START_MS);
    world.push();
    expect(world.visit('/b', [altered])).toBe(1);
    expect(world.visit('/a', [one], { found: [model(one, 'sqli', 9)] })).toBe(10);
  });

  it('send a bounded number of samples, and nothing of secrets or of lone cookies', () => {
    const world = new World();
    for (let n = 0; n < 1000; n++) world.visit('/a', [part('q', 'x')], { ip: address(n) });
    expect(world.samples).toBeLessThanOrEqual(60);
    const quiet = new World();
    for (let n = 0; n < 32; n++) quiet.visit('/a', [part('c', 'x', 'cookie')]);
    quiet.visit('/a', [part('pass', 'x', 'form', 'secret')]);
    expect(quiet.samples).toBe(2);
  });
});

describe('what is known of a site', () => {
  it('comes back after a restart', () => {
    const world = new World();
    const attack = part('q', "1' or 1=1-- -");
    world.visit('/shop', [attack], { found: [model(attack, 'sqli', 9)] });
    world.visit('/shop', [part('q', '<a href="/bread">bread</a>')]);
    const saved = world.memory.save();
    const restored = SiteMemory.restore(KEY, saved, (text) => world.notes.push(text));
    expect(restored.save()).toEqual(saved);
    expect(restored.templates()).toEqual(world.memory.templates());
    expect(world.notes).toEqual([]);
  });

  it('begins anew with another key, or when it cannot be read', () => {
    const notes: string[] = [];
    const { normal } = SiteMemory.restore(KEY, {}, () => {}).save();
    SiteMemory.restore({ k0: 1, k1: 2 }, { normal }, (text) => notes.push(text));
    SiteMemory.restore(
      KEY,
      { normal: new Uint8Array(9), templates: new Uint8Array(9), good: new Uint8Array(9) },
      (text) => notes.push(text),
    );
    expect(notes).toEqual([
      'What was learned of the site was learned under another key: it is learned anew.',
      'What was learned of the site cannot be read (it is cut short): it is learned anew.',
    ]);
  });
});

describe('what is told', () => {
  it('is read from any JSON without failing, and bounded', () => {
    const world = new World();
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const sample = readSample(value);
        const record = readRecord(value);
        world.watcher.setRules(SITE, value);
        expect(sample?.parts.length ?? 1).toBeGreaterThan(0);
        expect(record?.id.length ?? 8).toBe(8);
      }),
    );
    const sample: SiteSample = {
      atMs: START_MS,
      route: '/a\nb',
      source: -1,
      network: 2 ** 40,
      isVouched: false,
      parts: Array.from({ length: 500 }, () => ({
        place: 'query' as const,
        name: 'x'.repeat(1000),
        type: 3,
        alphabet: 0xffff_ffff,
        length: 5,
        valueHash: 1,
        logOdds: Number.NaN,
      })),
    };
    const read = readSample(JSON.parse(JSON.stringify(sample)))!;
    expect(read.route).toBe('/ab');
    expect(read.source).toBe(0xffff_ffff);
    expect(read.parts).toHaveLength(128);
    expect(read.parts[0]).toMatchObject({ alphabet: 0xffff, logOdds: Number.POSITIVE_INFINITY });
    expect(read.parts[0]?.name).toHaveLength(64);
    expect(world.memory.counts().parameters).toBe(0);
  });
});

describe('pages that most sites do not have', () => {
  const probe = (path: string): readonly InspectionReason[] => [
    {
      detector: 'parapet/wordpress-probe',
      class: 'scanner',
      text: 'looks for a WordPress',
      weight: 6,
      isHonestWhereServed: true,
      foundIn: { placement: 'path', name: '', excerpt: path },
    },
  ];
  const ask = (world: World, path: string, ip: string, status: number): number =>
    world.visit(path, [part('', path, 'path')], {
      ip,
      status,
      found: probe(path),
    });

  it('are let through to a site that has them, whatever was asked for first', () => {
    const world = new World();
    expect(ask(world, '/wp-content/plugins/none/readme.txt', address(1), 404)).toBe(0);
    expect(ask(world, '/wp-content/themes/own/style.css', address(2), 200)).toBe(0);
    for (let i = 0; i < 100; i++) expect(ask(world, '/wp-login.php', address(3), 200)).toBe(0);
    expect(ask(world, '/wp-content/plugins/none/readme.txt', address(1), 404)).toBe(0);
  });

  it('are probes where they are not found', () => {
    const world = new World();
    const asked = ['/wp-login.php', '/wp-admin/', '/xmlrpc.php?rsd', '/wp-config'].map((path) =>
      ask(world, path, address(1), 404),
    );
    expect(asked).toEqual([0, 0, 6, 6]);
  });

  it('hide nothing else that is in the request', () => {
    const world = new World();
    const [door] = probe('/wp-login.php');
    const { isHonestWhereServed: _, ...attack } = { ...door!, detector: 'model', weight: 7 };
    const found = [door!, attack];
    expect(world.visit('/wp-login.php', [], { found })).toBe(7);
  });
});

import { describe, expect, it } from 'vitest';
import { ClientTable } from '../../../src/detectors/traffic/clients.ts';
import {
  hasLifeSigns,
  MACHINE_ODDS,
  machineOdds,
  UNKNOWN_NORMS,
  VisitSample,
  visitOf,
  type VisitNorms,
} from '../../../src/detectors/traffic/visits.ts';

type Visit = ReturnType<typeof visitOf>;

/** A visit of so many pages and files, at a person's pace. */
function visit(pages: number, assets: number): Visit {
  const clients = new ClientTable(4096);
  const client = clients.at(clients.rowOf('192.0.2.1', 1000));
  for (let k = 0; k < pages; k++) client.count('pages');
  for (let k = 0; k < assets; k++) client.count('assets');
  client.gaps = Math.log(20) * Math.max(0, pages - 1);
  return visitOf(client, Number.POSITIVE_INFINITY);
}

function norms(...visits: readonly (readonly [count: number, visit: Visit])[]): VisitNorms {
  const sample = new VisitSample();
  for (const [count, each] of visits) for (let k = 0; k < count; k++) sample.add(each);
  return sample.norms();
}

describe('files without a page', () => {
  it('are of a machine where people come with pages', () => {
    const learnt = norms([2000, visit(3, 9)]);
    expect(machineOdds(visit(0, 30), learnt)).toBeGreaterThanOrEqual(MACHINE_ODDS);
    expect(machineOdds(visit(0, 2), learnt)).toBeLessThan(0);
    expect(machineOdds(visit(4, 30), learnt)).toBeLessThan(0);
    expect(hasLifeSigns(visit(0, 30))).toBe(false);
  });

  it('are nothing to speak of where others show pictures of this site', () => {
    const learnt = norms([2000, visit(3, 9)], [1000, visit(0, 12)]);
    expect(machineOdds(visit(0, 30), learnt)).toBeLessThan(MACHINE_ODDS);
  });

  it('are not taken for a machine of a site that is not known yet', () => {
    expect(machineOdds(visit(0, 30), UNKNOWN_NORMS)).toBeLessThan(MACHINE_ODDS);
  });
});

describe('somebody who turns pages quickly', () => {
  /** Pages with a file each, after so many seconds each. */
  const reader = (pausesS: readonly number[], follows: boolean): Visit => {
    const clients = new ClientTable(4096);
    const client = clients.at(clients.rowOf('192.0.2.1', 1000));
    let nowS = 1000;
    for (const pauseS of [0, ...pausesS]) {
      nowS += pauseS;
      client.arrive(Math.round(nowS), () => {});
      if (client.pages > 0) client.gaps += Math.log(pauseS);
      client.count('pages');
      client.count('assets');
      if (!follows) client.count('direct');
    }
    return visitOf(client, nowS);
  };
  const twoSeconds = Array.from({ length: 40 }, () => 2);
  const long = Array.from({ length: 24 }, (_, k) => 12 + (k % 9));
  const learnt = norms([2000, reader([15, 18, 21, 17, 16], true)], [40, reader(long, true)]);

  it('is no machine when links are followed, as in a gallery', () => {
    expect(machineOdds(reader(twoSeconds, true), learnt)).toBeLessThan(MACHINE_ODDS);
  });

  it('is one when no link leads there', () => {
    expect(machineOdds(reader(twoSeconds, false), learnt)).toBeGreaterThan(MACHINE_ODDS);
  });

  it('is no machine when pages are opened at once and read then', () => {
    const tabs = [...Array.from({ length: 9 }, () => 0.3), 240, ...Array.from({ length: 9 }, () => 0.3), 240];
    expect(machineOdds(reader(tabs, true), learnt)).toBeLessThan(MACHINE_ODDS);
  });
});

describe('what people come with', () => {
  it('is not hidden by feed readers, of which there are more', () => {
    const learnt = norms([1000, visit(3, 9)], [6000, visit(1, 0)]);
    expect(machineOdds(visit(6, 0), learnt)).toBeGreaterThan(1);
    expect(machineOdds(visit(1, 0), learnt)).toBeLessThan(0);
  });
});

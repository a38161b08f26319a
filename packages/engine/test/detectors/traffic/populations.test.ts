import { describe, expect, it } from 'vitest';
import { ClientTable } from '../../../src/detectors/traffic/clients.ts';
import { Populations, type PopulationVerdict } from '../../../src/detectors/traffic/populations.ts';
import { UNKNOWN_NORMS } from '../../../src/detectors/traffic/visits.ts';

const FIRST = 29_000_000;
const CALM = { isSurge: false, areMore: false, isGusty: false };

/** Minutes of a site in which so many machines ask for a page each, and so many requests are usual. */
function watch(minutes: number, at: (minute: number) => { machines: number; usual: number }): string[] {
  const clients = new ClientTable(4096);
  const populations = new Populations(clients, UNKNOWN_NORMS);
  const told: PopulationVerdict[] = [];
  for (let minute = 0; minute < minutes; minute++) {
    const { machines, usual } = at(minute);
    const nowS = (FIRST + minute) * 60;
    for (let k = 0; k < machines; k++) {
      const ip = `192.0.2.${k}`;
      const row = clients.rowOf(ip, nowS);
      const client = clients.at(row);
      client.arrive(nowS, () => {});
      client.countInMinute(FIRST + minute);
      client.count('pages');
      client.count('direct');
      populations.arrive(row, ip, FIRST + minute);
    }
    const verdict = populations.endMinute(FIRST + minute, usual, CALM);
    if (verdict?.begins === true) told.push(verdict);
  }
  return told.map(({ kind }) => kind);
}

describe('machines that always come', () => {
  it('are no wave when a night or a weekend gets quiet', () => {
    expect(watch(200, (minute) => ({ machines: 6, usual: minute < 120 ? 120 : 12 }))).toEqual([]);
  });

  it('are no wave when a day gets busy and they with it', () => {
    expect(
      watch(200, (minute) => ({ machines: minute < 120 ? 6 : 30, usual: minute < 120 ? 40 : 200 })),
    ).toEqual([]);
  });

  it('are one when there are far more of them', () => {
    const wave = watch(200, (minute) => ({ machines: minute < 120 ? 6 : 60, usual: 120 }));
    expect(wave).toEqual(['attack-wave']);
  });
});

// The figures of docs/traffic.md: what the traffic detectors make of made-up sites.

import { crawlLimit, rateLimit } from './anchors.ts';
import { ATTACKS, ODD_ATTACKS, usualAt } from './attacks.ts';
import { crowds, floods, greedy, learn, mixed, ordinaryWeek, TIMES, waveAt } from './experiments.ts';
import { ODD_SITES } from './oddSites.table.ts';
import { SHAPES, Site } from './site.ts';
import { size, steadyClients } from './steady.ts';
import { Tally, type TrafficRow } from './tally.ts';

const BUSIEST = Math.max(...SHAPES.map(({ requestsADay }) => requestsADay));

/** Returns the rows of the table; `say` is told how far it is. */
export function evaluateTraffic(seeds: readonly number[], say: (text: string) => void): TrafficRow[] {
  const whole = new Tally();
  const bySize = new Map(SHAPES.map(({ requestsADay }) => [requestsADay, new Tally(whole)] as const));
  for (const seed of seeds) {
    for (const shape of SHAPES) {
      say(`seed ${seed}: a site of ${shape.requestsADay} requests a day`);
      const learnt = learn(new Site(shape, seed));
      const tally = bySize.get(shape.requestsADay)!;
      floods(learnt, tally, ATTACKS);
      crowds(learnt, tally);
      mixed(learnt, tally, ATTACKS);
      greedy(learnt, tally);
      ordinaryWeek(learnt, tally);
    }
  }
  say('steady clients');
  return [...rowsOf(whole, bySize), ...steadyClients(seeds[0] ?? 1), ...size()];
}

/** The same for sites and attacks of other kinds: a row for each site, one for each attack. */
export function evaluateOdd(
  seeds: readonly number[],
  say: (text: string) => void,
  isWanted: (name: string) => boolean = () => true,
): OddRow[] {
  const whole = new Tally();
  const kinds = [...ATTACKS, ...ODD_ATTACKS];
  const rows = ODD_SITES.filter(({ name }) => isWanted(name)).map((shape) => {
    const tally = new Tally(whole);
    for (const seed of seeds) {
      const learnt = learn(new Site(shape, seed));
      const hours = busyHours(learnt.site);
      if (hours.length > 0) {
        for (const [i, kind] of kinds.entries()) {
          const hour = hours[(i + seed) % hours.length]!;
          const other = i % 2 === 0 ? 'rising' : 'pulsing';
          floods(learnt, tally, [kind], [hour], ['x3', 'x1.5', other]);
        }
        crowds(learnt, tally, [hours[seed % hours.length]!]);
        mixed(
          learnt,
          tally,
          kinds.filter((_, i) => i % 3 === seed % 3),
        );
        greedy(learnt, tally);
      }
      ordinaryWeek(learnt, tally);
    }
    const row = oddRow(shape.name, tally);
    say(JSON.stringify(row));
    return row;
  });
  return [...rows, ...kinds.map((kind) => oddRow(kind, whole, kind))];
}

/** When enough comes for three times as much to be more than some requests a minute. */
function busyHours(site: Site): readonly number[] {
  const isBusy = (hour: number): boolean => usualAt(site, waveAt(hour, 0, 0).startMs) > LEAST_A_MINUTE;
  return [...TIMES, 1.7].filter((hour) => isBusy(hour));
}

const LEAST_A_MINUTE = 10;

/** Of a made-up site, or of an attack on all of them. */
export interface OddRow {
  readonly name: string;
  readonly shares: Readonly<Record<string, string>>;
  readonly falseAlerts?: string;
}

const SHARES = [
  ['x3', true],
  ['x1.5', true],
  ['rising', true],
  ['pulsing', true],
  ['attack windows', true],
  ['attack requests stopped', true],
  ['crowd windows', false],
  ['crowd windows not taken for attack', false],
  ['shoppers blocked', false],
  ['shoppers slowed', false],
  ['greedy', false],
  ['scraper', false],
] as const;

function oddRow(name: string, tally: Tally, kind?: string): OddRow {
  const wanted = SHARES.filter(([, isOfKind]) => kind === undefined || isOfKind);
  const shares = wanted.flatMap(([share]) => {
    const full = kind === undefined ? share : `${share} ${kind}`;
    return tally.of(full).all === 0 ? [] : [[share, tally.share(full)] as const];
  });
  const row = { name, shares: Object.fromEntries(shares) };
  return kind === undefined ? { ...row, falseAlerts: falseAlerts(tally) } : row;
}

function falseAlerts(tally: Tally): string {
  const { hits, all, most } = tally.of('false alerts');
  const told = tally.names
    .filter((name) => name.startsWith('false ') && name !== 'false alerts')
    .map((name) => `${name.slice(6)} ${tally.of(name).hits}`);
  const decided = tally.of('decided on in an ordinary week').hits;
  if (decided > 0) told.push(`decided on ${decided}`);
  return `${hits} in ${all}, at most ${most} in one${told.length === 0 ? '' : ` (${told.join(', ')})`}`;
}

function rowsOf(whole: Tally, bySize: ReadonlyMap<number, Tally>): TrafficRow[] {
  const { hits, all } = bySize.get(BUSIEST)!.of('cost');
  const learning = bySize.get(BUSIEST)!.of('learning');
  const sizes = [...bySize].flatMap(([size, tally]) => {
    const name = `${size.toLocaleString('en')} requests a day`;
    return [
      tally.row(`floods of three times the usual, ${name}`, 'x3', ''),
      tally.row(`floods of half as much again, ${name}`, 'x1.5', ''),
    ];
  });
  return [
    whole.row('floods of three times the usual, seen within 2 minutes', 'x3', '95 %'),
    whole.row('floods of half as much again, seen within 30 minutes', 'x1.5', '80 %'),
    ...sizes,
    {
      name: 'false alerts in an ordinary week of a site',
      value: falseAlerts(whole),
      wanted: 'at most 1 in each',
    },
    whole.row('minutes of floods told as attack, from the third on', 'attack windows', '97 %'),
    whole.row('minutes of crowds told as crowd, from the third on', 'crowd windows', '97 %'),
    whole.row('minutes of crowds not taken for an attack', 'crowd windows not taken for attack', '97 %'),
    whole.row('crowd and attack at once: shoppers blocked', 'shoppers blocked', '0.1 %'),
    whole.row('crowd and attack at once: shoppers slowed', 'shoppers slowed', '1 %'),
    whole.row(
      'crowd and attack at once: attack requests stopped after 60 s',
      'attack requests stopped',
      '90 %',
    ),
    ...[rateLimit(), crawlLimit()].flatMap(({ name }) => [
      whole.row(`${name}: shoppers stopped`, `${name}: shoppers stopped`, ''),
      whole.row(`${name}: attack requests stopped after 60 s`, `${name}: attack requests stopped`, ''),
    ]),
    whole.row('log-in floods told as credential stuffing', 'named login', ''),
    whole.row('payment floods told as card testing', 'named payment', ''),
    whole.row('scrapers of a page a second, told', 'scraper', ''),
    whole.row('clients that went from 5 to 500 a day, flagged by their 40th request', 'greedy', '100 %'),
    {
      name: `CPU time of a request in an ordinary week, ${BUSIEST.toLocaleString('en')} requests a day`,
      value: `${(hits / Math.max(1, all)).toFixed(2)} µs`,
      wanted: 'about 1 µs',
    },
    {
      name: 'of that, CPU time of making anew what is normal, once a day',
      value: `${Math.round(learning.hits / Math.max(1, learning.all) / 1000)} ms`,
      wanted: '',
    },
  ];
}

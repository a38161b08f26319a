// Who is behind the requests: people, machines, and those of whom it is not known yet. A crowd is more people than
// usual, a wave of attack is more machines than usual; each is held against its own share of ordinary minutes, so
// that both can be seen at once and only the clients of the wave are acted on.

import type { Client, ClientTable } from './clients.ts';
import { upperTail } from './tails.ts';
import { hasLifeSigns, MACHINE_ODDS, machineOdds, PERSON_ODDS, visitOf, type VisitNorms } from './visits.ts';

/** The requests of some minutes by whom they are from. */
export interface PopulationMinute {
  readonly minutes: number;
  readonly machines: number;
  readonly people: number;
  readonly unclear: number;
  readonly usual: number;
  readonly usualMachines: number;
  readonly usualUnclear: number;
  /** The most that were there in one minute. */
  readonly clients: number;
  /** Of machines and unclear, the requests of the busiest one of each minute. */
  readonly busiest: number;
}

interface Minute {
  readonly machines: number;
  readonly people: number;
  readonly unclear: number;
  readonly usual: number;
  readonly busiest: number;
  readonly clients: number;
}

export interface PopulationVerdict {
  readonly kind: 'attack-wave' | 'flash-crowd';
  /** Whether this is where it begins. */
  readonly begins: boolean;
  readonly minute: PopulationMinute;
}

/** What counts say of a minute. */
export interface HowMuch {
  readonly isSurge: boolean;
  /** More clients are there than usual, or may be from now on. */
  readonly areMore: boolean;
  /** Counts of single minutes say nothing here. */
  readonly isGusty: boolean;
}

const IMPROBABLE = 6;
const IMPROBABLE_OF_UNCLEAR = 5;
const SPREAD = 0.1;
/** Windows in minutes. */
const WINDOWS = [2, 6, 20] as const;
const LONGEST = 20;
/** Machines beyond the usual, as a share of the site's usual requests, that make a wave. */
const WAVE_SHARE = 0.15;
const WAVE_LEAST = 20;
/** Without its busiest client, so much of it has to be left. */
const BESIDE_BUSIEST = 0.25;
/** Beside a crowd, some machines are to be expected, and more of whom nothing is known yet. */
const WAVE_OF_CROWD = 0.15;
const UNCLEAR_OF_CROWD = 0.6;
/** People beyond the usual, as a share of the site's usual requests, that make a crowd. */
const CROWD_LEAST = 20;
const CROWD_SHARE = 0.3;
const CROWD_CLIENTS = 5;
const CROWD_IMPROBABLE = 4;
const QUIET_MINUTES = 15;
/** Before, nothing is known of how many are unclear. */
const FIRST_MINUTES = 30;
/** Odds on which a client of a wave is acted on. */
const ACT_ODDS = 3.4;
/** Pages of a visit, as a multiple of those that one visit in two hundred has, that only a scraper asks for. */
const SCRAPED_PAGES = 8;
const SCRAPED_LEAST = 150;
const MOST_ACTIVE = 200_000;

type SavedUsual = readonly [share: number, rate: number, minutes: number, seen?: number, squares?: number];

/** What goes on, to be written down. */
export interface SavedPopulations {
  readonly machines: SavedUsual;
  readonly unclear: SavedUsual;
  readonly learnt: number;
  readonly past: readonly Minute[];
  readonly waveUntil: number;
  readonly crowdUntil: number;
}

/**
 * What part of the usual requests are of one population. Some machines come at all hours and some come as people do,
 * so that both a share and a number a minute are learnt, and the higher says what is usual: the share when a day or a
 * season gets busier, the number when a night or a weekend gets quiet.
 */
class Usual {
  #share: number;
  #rate = Number.POSITIVE_INFINITY;
  #minutes = 0;
  #seen = 0;
  #squares = 0;

  constructor(share = 0) {
    this.#share = share;
  }

  /** Requests that come together, of one client in one minute: chance has so many at a time. */
  get clump(): number {
    return this.#seen > 0 ? Math.max(1, this.#squares / this.#seen) : 1;
  }

  save(): SavedUsual {
    return [this.#share, this.#rate, this.#minutes, this.#seen, this.#squares];
  }

  restore([share, rate, minutes, seen = 0, squares = 0]: SavedUsual): void {
    this.#share = share;
    this.#rate = rate;
    this.#minutes = minutes;
    this.#seen = seen;
    this.#squares = squares;
  }

  /** Takes an ordinary minute; what is far beyond the usual teaches little, so that an attack does not become it. */
  learn(requests: number, usual: number, squares = 0): void {
    const most = this.#minutes < FIRST_MINUTES ? requests : 2 * this.at(usual) + 1;
    const count = Math.min(requests, most);
    this.#minutes++;
    const step = Math.max(CLUMP_STEP, 1 / this.#minutes);
    this.#seen += (requests - this.#seen) * step;
    this.#squares += (squares - this.#squares) * step;
    this.#share +=
      (Math.min(1, count / Math.max(1, usual)) - this.#share) * Math.max(SHARE_STEP, this.#first());
    const rate = this.#minutes === 1 ? count : this.#rate;
    this.#rate = rate + (count - rate) * Math.max(RATE_STEP, this.#first());
  }

  at(usual: number): number {
    const share = this.#share * usual;
    return this.#minutes < FIRST_MINUTES ? share : Math.max(share, this.#rate);
  }

  /** At first all minutes count the same, after those of which the share was given. */
  #first(): number {
    return 1 / (this.#minutes + (this.#share > 0 ? FIRST_MINUTES : 0));
  }
}

/** More requests of one client in one minute are no chance. */
const MOST_AT_ONCE = 30;
const CLUMP_STEP = 1 / 720;
const SHARE_STEP = 1 / 240;
const RATE_STEP = 1 / 120;

export class Populations {
  readonly #clients: ClientTable;
  #norms: VisitNorms;
  /** The clients of this minute; the addresses are needed to say who it was. */
  #rows: number[] = [];
  #ips: string[] = [];
  readonly #machines: Usual;
  readonly #unclear = new Usual();
  /** Of the minute that is over, the sum of the squares of the requests of each. */
  #unclearSquares = 0;
  /** Ordinary minutes so far. */
  #learnt = 0;
  readonly #past: Minute[] = [];
  #waveUntil = 0;
  #crowdUntil = 0;
  #minute = 0;
  #rowsBefore: readonly number[] = [];
  #ipsBefore: readonly string[] = [];

  constructor(clients: ClientTable, norms: VisitNorms) {
    this.#clients = clients;
    this.#norms = norms;
    this.#machines = new Usual(norms.machineShare);
  }

  /** Takes over what visits are like from now on. */
  relearn(norms: VisitNorms): void {
    this.#norms = norms;
  }

  save(): SavedPopulations {
    return {
      machines: this.#machines.save(),
      unclear: this.#unclear.save(),
      learnt: this.#learnt,
      past: [...this.#past],
      waveUntil: this.#waveUntil,
      crowdUntil: this.#crowdUntil,
    };
  }

  restore(
    { machines, unclear, learnt, past, waveUntil, crowdUntil }: SavedPopulations,
    minute: number,
  ): void {
    this.#machines.restore(machines);
    this.#unclear.restore(unclear);
    this.#learnt = learnt;
    this.#past.push(...past);
    this.#waveUntil = waveUntil;
    this.#crowdUntil = crowdUntil;
    this.#minute = minute;
  }

  /** Whether a wave of attack is going on. */
  get isWave(): boolean {
    return this.#waveUntil > this.#minute;
  }

  get isCrowd(): boolean {
    return !this.isWave && this.#crowdUntil > this.#minute;
  }

  /** Takes the first request of a client in this minute. */
  arrive(row: number, ip: string, minute: number): void {
    this.#minute = minute;
    if (this.#rows.length >= MOST_ACTIVE) return;
    this.#rows.push(row);
    this.#ips.push(ip);
  }

  /** Lets go of the minute that is over without judging it. */
  forget(): void {
    this.#rows = [];
    this.#ips = [];
  }

  /** The log-odds that a client is a machine of the wave, when they are enough to act on. */
  hostility(client: Client, nowS: number): number | undefined {
    if (isAsEver(client)) return undefined;
    const odds = machineOdds(visitOf(client, nowS), this.#norms);
    return odds >= ACT_ODDS ? odds : undefined;
  }

  /** Whether a client goes through the site page by page, more than people do; asking for the same again is no such. */
  isScraping(client: Client, nowS: number): boolean {
    const { pages } = client;
    if (pages < SCRAPED_LEAST || pages < SCRAPED_PAGES * this.#norms.manyPages) return false;
    return client.repeats + client.posts < pages / 2 && this.hostility(client, nowS) !== undefined;
  }

  /** Calls with every client of the minute that is over that is to be acted on. */
  hostileNow(minute: number, act: (client: Client, ip: string, odds: number) => void): void {
    for (const [i, row] of this.#rowsBefore.entries()) {
      const client = this.#clients.at(row);
      const odds = this.hostility(client, (minute + 1) * 60);
      if (odds !== undefined) act(client, this.#ipsBefore[i]!, odds);
    }
  }

  /** Judges the minute that is over; where requests come in gusts, there is no wave without a surge. */
  endMinute(
    minute: number,
    usual: number,
    { isSurge, areMore, isGusty }: HowMuch,
  ): PopulationVerdict | undefined {
    const now = this.#countPopulations(minute, usual);
    this.#past.push(now);
    if (this.#past.length > LONGEST) this.#past.shift();
    const wave = isGusty && !isSurge ? undefined : this.#find((window) => this.#isWave(window));
    // Some busy people are no crowd.
    const mayBeCrowd = isSurge ? areMore || now.clients >= CROWD_CLIENTS : areMore && !isGusty;
    const crowd = mayBeCrowd ? this.#find((window) => this.#isCrowd(window)) : undefined;
    if (wave === undefined && crowd === undefined && !isSurge && usual > 1) {
      this.#learnt++;
      this.#machines.learn(now.machines, usual);
      this.#unclear.learn(now.unclear, usual, this.#unclearSquares);
    }
    if (wave !== undefined) {
      const begins = minute >= this.#waveUntil;
      this.#waveUntil = minute + QUIET_MINUTES;
      return { kind: 'attack-wave', begins, minute: wave };
    }
    if (crowd === undefined || this.isWave) return undefined;
    const begins = minute >= this.#crowdUntil;
    this.#crowdUntil = minute + 2 * QUIET_MINUTES;
    return { kind: 'flash-crowd', begins, minute: crowd };
  }

  #countPopulations(minute: number, usual: number): Minute {
    const now = { machines: 0, people: 0, unclear: 0, usual, busiest: 0, clients: this.#rows.length };
    let unclearSquares = 0;
    for (const row of this.#rows) {
      const client = this.#clients.at(row);
      const visit = visitOf(client, (minute + 1) * 60);
      const odds = machineOdds(visit, this.#norms);
      const count = client.inMinute;
      if (odds >= MACHINE_ODDS) {
        now.machines += count;
        now.busiest = Math.max(now.busiest, count);
      } else if (odds <= PERSON_ODDS && hasLifeSigns(visit)) now.people += count;
      else {
        now.unclear += count;
        unclearSquares += Math.min(count, MOST_AT_ONCE) ** 2;
        now.busiest = Math.max(now.busiest, count);
      }
    }
    this.#unclearSquares = unclearSquares;
    this.#rowsBefore = this.#rows;
    this.#ipsBefore = this.#ips;
    this.#rows = [];
    this.#ips = [];
    return now;
  }

  /** Returns the first window, from the shortest on, of which it is true. */
  #find(isTrue: (window: PopulationMinute) => boolean): PopulationMinute | undefined {
    const sum = {
      minutes: 0,
      machines: 0,
      people: 0,
      unclear: 0,
      usual: 0,
      usualMachines: 0,
      usualUnclear: 0,
      clients: 0,
      busiest: 0,
    };
    for (let back = 1; back <= this.#past.length; back++) {
      const { machines, people, unclear, usual, clients, busiest } = this.#past[this.#past.length - back]!;
      sum.minutes = back;
      sum.machines += machines;
      sum.people += people;
      sum.unclear += unclear;
      sum.usual += usual;
      sum.usualMachines += this.#machines.at(usual);
      sum.usualUnclear += this.#unclear.at(usual);
      sum.clients = Math.max(sum.clients, clients);
      sum.busiest += busiest;
      if (WINDOWS.some((window) => window === back) && isTrue(sum)) return sum;
    }
    return undefined;
  }

  /** More machines than usual; or more of whom nothing is known, which people in such numbers would soon show. */
  #isWave(window: PopulationMinute): boolean {
    const { machines, people, unclear, usual, usualMachines, usualUnclear, busiest } = window;
    const least = Math.max(WAVE_LEAST, usual * WAVE_SHARE);
    // What one client does alone is told of the client.
    if (machines + unclear - busiest - usualMachines - usualUnclear < least * BESIDE_BUSIEST) return false;
    const crowd = Math.max(0, people - (usual - usualMachines - usualUnclear));
    const sure = machines - usualMachines;
    if (
      sure > Math.max(least, crowd * WAVE_OF_CROWD) &&
      upperTail(machines, usualMachines + 1, SPREAD) > IMPROBABLE
    )
      return true;
    if (this.#learnt < FIRST_MINUTES || areShy(window)) return false;
    // Requests of somebody who has just come are together, those of an attack need not be: half-way between.
    const clump = Math.sqrt(this.#unclear.clump);
    return (
      sure + unclear - usualUnclear > Math.max(2 * least, crowd * UNCLEAR_OF_CROWD) &&
      upperTail(machines + unclear / clump, usualMachines + usualUnclear / clump + 1, SPREAD) >
        IMPROBABLE_OF_UNCLEAR
    );
  }

  #isCrowd(window: PopulationMinute): boolean {
    const { machines, usual, usualMachines } = window;
    const isShy = areShy(window);
    const people = window.people + (isShy ? window.unclear : 0);
    const usualPeople = usual - usualMachines - (isShy ? 0 : window.usualUnclear);
    const surplus = people - usualPeople;
    return (
      surplus > Math.max(CROWD_LEAST, usual * CROWD_SHARE, machines - usualMachines) &&
      upperTail(people, usualPeople + 1, SPREAD) > CROWD_IMPROBABLE
    );
  }
}

/** Whether people do not show here: a log without files and referrers tells of most clients how many they are. */
function areShy({ usual, usualMachines, usualUnclear }: PopulationMinute): boolean {
  return usualUnclear > (usual - usualMachines) * SHY;
}

const SHY = 0.5;

/** Who comes on most days and asks for no more than it does is not of the wave. */
function isAsEver({ days, requests, today }: Client): boolean {
  return days > 2 && today <= Math.max(20, (3 * requests) / days);
}

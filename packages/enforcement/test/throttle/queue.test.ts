import { describe, expect, it } from 'vitest';
import { Queue } from '../../src/throttle/queue.ts';

const NOON = Date.UTC(2026, 10, 22, 12);
/** The site can do so much at once; above that everything takes longer. */
const CAPACITY = 20;
const PAGE_MS = 2000;
/** Those who wait look again so often. */
const AGAIN_MS = 5000;

interface Person {
  readonly cameMs: number;
  sinceMs: number | undefined;
  inMs: number;
  nextMs: number;
}

/**
 * A site, and people who come at a rate a second and look at one page when they are let in; with several workers each
 * time at any of them.
 */
function run(
  seconds: number,
  comeASecond: (second: number) => number,
  workers = 1,
): { queue: Queue; people: Person[] } {
  const queues = Array.from({ length: workers }, () => new Queue(CAPACITY / workers));
  const [queue] = queues as [Queue, ...Queue[]]; // there is at least one
  let asked = 1;
  const people: Person[] = [];
  let waiting: Person[] = [];
  for (let tick = 0; tick < seconds * 10; tick++) {
    const nowMs = NOON + tick * 100;
    for (const each of queues) each.tick(nowMs);
    const come = comeASecond(tick / 10) / 10;
    const count = Math.floor((tick + 1) * come) - Math.floor(tick * come);
    const letIn = queues.map(() => 0);
    for (let i = 0; i < count; i++) {
      const person: Person = { cameMs: nowMs, sinceMs: undefined, inMs: -1, nextMs: nowMs };
      people.push(person);
      waiting.push(person);
    }
    for (const person of waiting) {
      if (person.nextMs > nowMs) continue;
      asked = (Math.imul(asked, 1_103_515_245) + 12_345) & 0x7fffffff;
      const worker = (asked >> 8) % workers;
      const at = queues[worker]!;
      const isIn = person.sinceMs === undefined ? at.arrive(nowMs) : at.isTurnOf(person.sinceMs, nowMs);
      person.sinceMs ??= nowMs;
      person.nextMs = nowMs + AGAIN_MS;
      if (!isIn) continue;
      person.inMs = nowMs;
      letIn[worker]!++;
    }
    waiting = waiting.filter(({ inMs }) => inMs < 0);
    // What is asked at more than it can do takes longer in proportion.
    const all = letIn.reduce((sum, count) => sum + count, 0);
    const atOnce = (all * 10 * PAGE_MS) / 1000;
    for (const [worker, count] of letIn.entries())
      queues[worker]!.worked(count * PAGE_MS * Math.max(1, atOnce / CAPACITY), nowMs);
  }
  return { queue, people };
}

describe('the queues of four workers', () => {
  const { people } = run(300, (second) => (second > 20 && second < 80 ? 30 : 4), 4);
  const waited = people.filter(({ inMs, cameMs }) => inMs > cameMs);

  it('let nobody wait for ever, whichever of them is asked', () => {
    expect(waited.length).toBeGreaterThan(300);
    expect(people.filter(({ inMs, cameMs }) => inMs < 0 && cameMs < NOON + 200_000)).toEqual([]);
  });

  it('let in those who came first before others, about', () => {
    const overtaken = waited.filter((one) =>
      waited.some((other) => other.cameMs > one.cameMs + 30_000 && other.inMs < one.inMs - AGAIN_MS),
    );
    expect(overtaken.length / waited.length).toBeLessThan(0.05);
  });
});

describe('the queue', () => {
  it('is not there while the site can do all that is asked for', () => {
    const { queue, people } = run(120, () => 8);
    expect(queue.isOpen).toBe(true);
    expect(people.filter(({ inMs, cameMs }) => inMs !== cameMs)).toEqual([]);
  });

  it('lets in about as many as the site can do, those who came first before others', () => {
    const { people } = run(180, (second) => (second > 20 && second < 80 ? 30 : 5));
    const inside = people.filter(({ inMs }) => inMs >= 0);
    // From the tenth second of the rush on, at most half as much again as the site can do: ten pages a second.
    const rush = inside.filter(({ inMs }) => inMs > NOON + 30_000 && inMs < NOON + 80_000);
    expect(rush.length / 50).toBeLessThan(15);
    expect(rush.length / 50).toBeGreaterThan(5);
    // Who came ten seconds earlier is never let in more than a look again later.
    const waited = inside.filter(({ inMs, cameMs }) => inMs > cameMs);
    const overtaken = waited.filter((one) =>
      waited.some((other) => other.cameMs > one.cameMs + 10_000 && other.inMs < one.inMs - AGAIN_MS),
    );
    expect(overtaken).toEqual([]);
  });

  it('ends when the rush is over, and nobody is left', () => {
    const { queue, people } = run(500, (second) => (second > 20 && second < 80 ? 30 : 2));
    expect(queue.isOpen).toBe(true);
    expect(people.filter(({ inMs, cameMs }) => inMs < 0 && cameMs < NOON + 480_000)).toEqual([]);
  });

  it('says how long it will be, and less the longer one has waited', () => {
    const { queue } = run(60, (second) => (second > 20 ? 40 : 5));
    const first = queue.waitSeconds(NOON + 40_000);
    expect(first).toBeGreaterThan(1);
    expect(queue.waitSeconds(NOON + 59_000)).toBeGreaterThan(first);
  });
});

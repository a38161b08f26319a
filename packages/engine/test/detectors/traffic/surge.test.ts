import { describe, expect, it } from 'vitest';
import { calmSteps } from '../../../src/detectors/traffic/calm.ts';
import { SurgeWatch } from '../../../src/detectors/traffic/surge.ts';
import { Week } from '../../../src/detectors/traffic/week.ts';

const DAY = 1440;
/** A Monday. */
const FIRST = 20_458 * DAY;

/** Requests of a minute: busy at noon, half as busy at the weekend, never twice the same. */
function usual(minute: number): number {
  const day = Math.floor((minute - FIRST) / DAY);
  const level = 40 * (1 - 0.8 * Math.cos((2 * Math.PI * (minute % DAY)) / DAY)) * (day % 7 >= 5 ? 0.5 : 1);
  return Math.max(
    0,
    Math.round(
      level + Math.sqrt(level) * ((((minute * 7919) % 1000) + ((minute * 104_729) % 1000)) / 333 - 3),
    ),
  );
}

const TWO_WEEKS = Array.from({ length: 14 * DAY }, (_, i) => usual(FIRST + i));

function learnt(counts: readonly number[], firstMinute: number): SurgeWatch {
  const week = Week.learn(counts, firstMinute);
  const steps = calmSteps(counts, firstMinute, week, true);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return new SurgeWatch({ rates: week.rates, jobs: week.jobs, ...value });
  }
}

function surgesOf(watch: SurgeWatch, countOf: (minute: number) => number, days = 1): number[] {
  const from = FIRST + 14 * DAY;
  const surges: number[] = [];
  for (let minute = from; minute < from + days * DAY; minute++)
    if (watch.add(minute, countOf(minute)) !== undefined) surges.push(minute - from);
  return surges;
}

describe('what is usual in a week', () => {
  it('follows the time of day and the day of the week', () => {
    const week = Week.learn(TWO_WEEKS, FIRST);
    const noon = FIRST + 14 * DAY + 720;
    expect(week.at(noon)).toBeGreaterThan(60);
    expect(week.at(noon)).toBeLessThan(80);
    expect(week.at(noon + 5 * DAY) / week.at(noon)).toBeCloseTo(0.5, 1);
    expect(week.at(noon + 720)).toBeLessThan(15);
  });

  it('is not what an attack was', () => {
    const attacked = TWO_WEEKS.map((count, i) =>
      i > 3 * DAY + 600 && i < 3 * DAY + 900 ? count * 10 : count,
    );
    const noon = FIRST + 14 * DAY + 3 * DAY + 720;
    expect(Week.learn(attacked, FIRST).at(noon)).toBeLessThan(1.1 * Week.learn(TWO_WEEKS, FIRST).at(noon));
  });
});

describe('a job of each hour', () => {
  const withJob = (count: number, minute: number): number => count + (minute % 60 === 7 ? 300 : 0);
  const counts = TWO_WEEKS.map((count, i) => withJob(count, FIRST + i));

  it('is usual at its minute, and at no other', () => {
    const noon = FIRST + 14 * DAY + 720;
    const [week, without] = [Week.learn(counts, FIRST), Week.learn(TWO_WEEKS, FIRST)];
    expect(week.at(noon + 7) - without.at(noon + 7)).toBeGreaterThan(270);
    expect(week.at(noon + 8)).toBeCloseTo(without.at(noon + 8), -1);
    expect(without.jobs).toBeUndefined();
  });

  it('hides no flood', () => {
    const flood = 600;
    const surges = surgesOf(
      learnt(counts, FIRST),
      (minute) => withJob(usual(minute), minute) * (minute - FIRST >= 14 * DAY + flood ? 3 : 1),
    );
    expect(surges[0]).toBeGreaterThanOrEqual(flood);
    expect(surges[0]).toBeLessThan(flood + 2);
  });
});

describe('a day after a holiday', () => {
  it('is no surge, and a flood on it is one', () => {
    const watch = learnt(TWO_WEEKS, FIRST);
    const holidays = (minute: number): number =>
      Math.round(usual(minute) * (minute < FIRST + 15 * DAY ? 0.3 : 1));
    expect(surgesOf(watch, holidays, 2)).toEqual([]);
    const flood = DAY + 720;
    const flooded = surgesOf(
      learnt(TWO_WEEKS, FIRST),
      (minute) => holidays(minute) * (minute - FIRST >= 14 * DAY + flood ? 3 : 1),
      2,
    );
    expect(flooded[0]! - flood).toBeLessThan(2);
  });
});

describe('forms of which two come in three days', () => {
  it('are usual although most days have none at that hour', () => {
    const counts = TWO_WEEKS.map((_, i) => (i % 2160 === 720 ? 1 : 0));
    const week = Week.learn(counts, FIRST);
    let day = 0;
    for (let minute = 0; minute < DAY; minute++) day += week.at(FIRST + 14 * DAY + minute);
    expect(day).toBeGreaterThan(0.4);
    expect(day).toBeLessThan(1);
  });
});

describe('a surge', () => {
  it('is not seen in a usual week', () => {
    expect(surgesOf(learnt(TWO_WEEKS, FIRST), usual, 7)).toEqual([]);
  });

  it('of three times the usual is seen within two minutes', () => {
    const found = surgesOf(
      learnt(TWO_WEEKS, FIRST),
      (m) => usual(m) * (m % DAY >= 600 && m % DAY < 620 ? 3 : 1),
    );
    expect(found[0]).toBeLessThan(602);
    expect(found).toHaveLength(1);
  });

  it('of half as much again is seen within thirty minutes', () => {
    const found = surgesOf(
      learnt(TWO_WEEKS, FIRST),
      (m) => usual(m) * (m % DAY >= 600 && m % DAY < 720 ? 1.5 : 1),
    );
    expect(found[0]).toBeLessThan(630);
  });

  it('that creeps up for hours is seen', () => {
    const found = surgesOf(
      learnt(TWO_WEEKS, FIRST),
      (m) => usual(m) * (1 + Math.min(1, Math.max(0, ((m % DAY) - 400) / 480))),
    );
    expect(found.length).toBeGreaterThan(0);
  });

  it('is seen although the time of learning had a flood', () => {
    const attacked = TWO_WEEKS.map((count, i) =>
      i > 3 * DAY + 600 && i < 3 * DAY + 660 ? count * 5 : count,
    );
    const found = surgesOf(
      learnt(attacked, FIRST),
      (m) => usual(m) * (m % DAY >= 600 && m % DAY < 620 ? 3 : 1),
    );
    expect(found[0]).toBeLessThan(603);
  });

  it('is told from silence', () => {
    const watch = learnt(TWO_WEEKS, FIRST);
    surgesOf(watch, (m) => (m % DAY >= 700 ? 0 : usual(m)), 0.49);
    expect(watch.silence()).toBeUndefined();
    for (let i = 0; i < 10; i++) watch.add(FIRST + 14 * DAY + 706 + i, 0);
    expect(watch.silence()).toMatchObject({ count: 0 });
  });
});

// How far the learning is, in words.

import type { TrafficModel } from './learner.ts';
import { Minutes } from './minutes.ts';

const DAY_MINUTES = 1440;
/** 1970-01-01 was a Thursday. */
const EPOCH_WEEKDAY = 4;
const SURE_WORKING_DAYS = 4;
const SURE_NIGHTS = 3;
const SURE_WEEKEND_DAYS = 2;

/** Returns a sentence for each site: `learned 9 of 14 days; already sure about nights and weekends`. */
export function trafficProgress(model: TrafficModel, wantedDays: number): readonly string[] {
  return model.sites.map(({ site, requests }) => {
    const minutes = new Minutes();
    minutes.restore(requests);
    const whole = wholeDays(minutes);
    const weekend = whole.filter((day) => isWeekend(day)).length;
    const sure = [
      ...(whole.length >= SURE_NIGHTS ? ['nights'] : []),
      ...(weekend >= SURE_WEEKEND_DAYS ? ['weekends'] : []),
      ...(whole.length - weekend >= SURE_WORKING_DAYS ? ['working days'] : []),
    ];
    const days = Math.round(minutes.length / DAY_MINUTES);
    const learned = days >= wantedDays ? `learned ${days} days` : `learned ${days} of ${wantedDays} days`;
    const name = site === '' ? '' : `${site}: `;
    return `${name}${learned}; ${sure.length === 0 ? 'not sure about anything yet' : `${days >= wantedDays ? '' : 'already '}sure about ${joined(sure)}`}`;
  });
}

function wholeDays({ first, length }: Minutes): number[] {
  const days: number[] = [];
  for (let day = Math.ceil(first / DAY_MINUTES); (day + 1) * DAY_MINUTES <= first + length + 60; day++)
    days.push(day);
  return days;
}

function isWeekend(day: number): boolean {
  const weekday = (day + EPOCH_WEEKDAY) % 7;
  return weekday === 0 || weekday === 6;
}

function joined(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)!}`;
}

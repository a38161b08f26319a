// How far the learning is, in words, and what may be done with what was learnt.

import { LEAST_DAYS } from './monitor.ts';
import type { Minutes } from './minutes.ts';

const DAY_MINUTES = 1440;
/** 1970-01-01 was a Thursday. */
const EPOCH_WEEKDAY = 4;
const SURE_WORKING_DAYS = 4;
const SURE_NIGHTS = 3;
const SURE_WEEKEND_DAYS = 2;

/** What is done about a site's findings: nothing is said, it is told only, it is acted on. */
export type TrafficMode = 'learn' | 'observe' | 'enforce';

/** Returns what is done on a site now: the mode that was chosen, as soon as enough is known for it. */
export function trafficModeAt(minutes: number, chosen: TrafficMode, wantedDays: number): TrafficMode {
  if (chosen === 'learn' || minutes < LEAST_DAYS * DAY_MINUTES) return 'learn';
  return chosen === 'enforce' && minutes < wantedDays * DAY_MINUTES ? 'observe' : chosen;
}

/** Returns a sentence: `learned 9 of 14 days; already sure about nights and weekends`. */
export function trafficProgress(requests: Minutes, wantedDays: number): string {
  const whole = wholeDays(requests);
  const weekend = whole.filter((day) => isWeekend(day)).length;
  const sure = [
    ...(whole.length >= SURE_NIGHTS ? ['nights'] : []),
    ...(weekend >= SURE_WEEKEND_DAYS ? ['weekends'] : []),
    ...(whole.length - weekend >= SURE_WORKING_DAYS ? ['working days'] : []),
  ];
  const days = Math.round(requests.length / DAY_MINUTES);
  const learned = days >= wantedDays ? `learned ${days} days` : `learned ${days} of ${wantedDays} days`;
  return `${learned}; ${sure.length === 0 ? 'not sure about anything yet' : `${days >= wantedDays ? '' : 'already '}sure about ${joined(sure)}`}`;
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

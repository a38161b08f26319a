import { describe, expect, it } from 'vitest';
import { renderMessage, textOf, WeekCounter, WEEK_MS, type WeekFacts } from '../../src/index.ts';
import type { LanguageCode } from '../../src/index.ts';
import { alertOf } from '../samples.ts';

const UNTIL_MS = Date.parse('2026-03-08T12:00:00Z');
const NOTHING = { requests: 0, stopped: 0, alertsBefore: 0, decisions: 0, people: 0, appealsOpen: 0 };

function weekOf(count: number): WeekCounter {
  const counter = new WeekCounter(UNTIL_MS);
  for (let i = 0; i < count; i++) {
    const atMs = UNTIL_MS - (i % 7) * 86_400_000 - 1000;
    counter.add({ ...alertOf(i % 5, atMs), simulated: i === 0 });
  }
  return counter;
}

function textIn(language: LanguageCode, week: WeekFacts): string {
  const message = { id: 'w', kind: 'week', severity: 'low', site: '', atMs: UNTIL_MS, week } as const;
  return textOf(renderMessage(message, { language, zone: 'Europe/Berlin' }));
}

describe('a week', () => {
  it('is counted by kind, source and day; what lies outside is not', () => {
    const counter = weekOf(20);
    counter.add(alertOf(1, UNTIL_MS + 1));
    counter.add(alertOf(1, UNTIL_MS - WEEK_MS - 1));
    const week = counter.facts({ ...NOTHING, requests: 1000 });
    expect(week).toMatchObject({ alerts: 20, sources: 5, watched: 1, requests: 1000 });
    expect(week.days).toEqual([2, 3, 3, 3, 3, 3, 3]);
    expect(week.kinds).toEqual([{ attack: 'request-attack', alerts: 20 }]);
    expect(week.top).toHaveLength(5);
  });

  it('is told in sentences, with what changed and what waits', () => {
    const totals = {
      requests: 12_345,
      stopped: 67,
      alertsBefore: 10,
      decisions: 8,
      people: 2,
      appealsOpen: 1,
    };
    const text = textIn('en', weekOf(20).facts(totals));
    expect(text).toContain("Your site's week, Mar 1 – Mar 8");
    expect(text).toContain('12,345 requests came in; 67 of them were stopped.');
    expect(text).toContain('Parapet recognised attacks 20 times, from 5 addresses.');
    expect(text).toContain('That is 100% more than in the week before.');
    expect(text).toContain('Stopped, and perhaps people: 2.');
    expect(text).toContain('Appeals that wait for your answer: 1.');
    expect(text).not.toContain('nothing waits for you');
  });

  it('that was quiet is told so', () => {
    const text = textIn('en', weekOf(0).facts(NOTHING));
    expect(text.split('\n').slice(1)).toEqual([
      'Nobody attacked your site.',
      'Nobody who was stopped looked like a person, and nothing waits for you.',
    ]);
  });

  it.each(['de', 'es', 'fr'] as const)('is told in %s with nothing left in English', (language) => {
    const totals = { requests: 5, stopped: 1, alertsBefore: 20, decisions: 1, people: 1, appealsOpen: 1 };
    const text = textIn(language, weekOf(20).facts(totals));
    expect(text).not.toMatch(/Parapet recognised|week|attack |Appeals|undefined/);
    expect(text.split('\n').length).toBeGreaterThan(8);
  });
});

import { describe, expect, it } from 'vitest';
import { renderMessage, textOf, weekFacts, WEEK_MS, type WeekFacts, type WeekSums } from '../../src/index.ts';
import type { Language } from '@parapet/kinds';

const UNTIL_MS = Date.parse('2026-03-08T12:00:00Z');
const NOTHING: WeekSums = {
  ...{ untilMs: UNTIL_MS, requests: 0, stopped: 0, alertsBefore: 0, decisions: 0, people: 0, appealsOpen: 0 },
  ...{ sources: 0, watched: 0, top: [], scenarios: [] },
};
const SOME: WeekSums = {
  ...NOTHING,
  ...{ sources: 5, watched: 1, top: [{ value: '203.0.113.7', alerts: 4 }] },
  scenarios: [0, 1, 2, 3, 4, 5, 6].map((step) => ({
    ...{ scenario: 'parapet/request-attacks', labels: {}, step, alerts: step === 0 ? 2 : 3 },
  })),
};

function textIn(language: Language, week: WeekFacts): string {
  const message = { id: 'w', kind: 'week', severity: 'low', site: '', atMs: UNTIL_MS, week } as const;
  return textOf(renderMessage(message, { language, zone: 'Europe/Berlin' }));
}

describe('a week', () => {
  it('is summed by kind and day', () => {
    const week = weekFacts({
      ...SOME,
      scenarios: [
        ...SOME.scenarios,
        { scenario: 'crowdsecurity/ssh-bf', labels: {}, step: 6, alerts: 30 },
        { scenario: 'crowdsecurity/ssh-slow-bf', labels: {}, step: 6, alerts: 1 },
      ],
    });
    expect(week).toMatchObject({ alerts: 51, sources: 5, watched: 1, sinceMs: UNTIL_MS - WEEK_MS });
    expect(week.days).toEqual([2, 3, 3, 3, 3, 3, 34]);
    expect(week.kinds.map(({ alerts }) => alerts)).toEqual([31, 20]);
    expect(week.kinds[1]?.attack).toBe('request-attack');
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
    const text = textIn('en', weekFacts({ ...SOME, ...totals }));
    expect(text).toContain("Your site's week, Mar 1 – Mar 8");
    expect(text).toContain('12,345 requests came in; 67 of them were stopped.');
    expect(text).toContain('Parapet recognised attacks 20 times, from 5 addresses.');
    expect(text).toContain('That is 100% more than in the week before.');
    expect(text).toContain('Stopped, and perhaps people: 2.');
    expect(text).toContain('Appeals that wait for your answer: 1.');
    expect(text).not.toContain('nothing waits for you');
  });

  it('that was quiet is told so', () => {
    const text = textIn('en', weekFacts(NOTHING));
    expect(text.split('\n').slice(1)).toEqual([
      'Nobody attacked your site.',
      'Nobody who was stopped looked like a person, and nothing waits for you.',
    ]);
  });

  it.each(['de', 'es', 'fr'] as const)('is told in %s with nothing left in English', (language) => {
    const totals = { requests: 5, stopped: 1, alertsBefore: 20, decisions: 1, people: 1, appealsOpen: 1 };
    const text = textIn(language, weekFacts({ ...SOME, ...totals }));
    expect(text).not.toMatch(/Parapet recognised|week|attack |Appeals|undefined/);
    expect(text.split('\n').length).toBeGreaterThan(8);
  });
});

import { describe, expect, it } from 'vitest';
import { weigh, type Weighed } from '../../src/server/incidents/triage.ts';

const USUAL: Weighed = {
  ...{ family: 'probing', isStopped: true, isSpared: false, before: 20, anyBefore: 40 },
  ...{ sources: 3, events: 40, isHuman: false },
};
const of = (given: Partial<Weighed>): number => weigh({ ...USUAL, ...given }).score;

describe('what deserves a look', () => {
  it('is an attack that was not stopped, more the worse it would be', () => {
    const open = { isStopped: false };
    expect(of({ family: 'intrusion', ...open })).toBeGreaterThan(of({ family: 'sql-injection', ...open }));
    expect(of({ family: 'sql-injection', ...open })).toBeGreaterThan(0.55);
    expect(of({ family: 'probing', ...open })).toBeLessThan(0.55);
    expect(weigh({ ...USUAL, ...open }).reasons).toContain('not-stopped');
  });

  it('is what is new here, unless everything is', () => {
    const grave = { family: 'sql-injection', before: 0 };
    expect(of(grave)).toBeGreaterThan(0.55);
    expect(of({ ...grave, anyBefore: 0 })).toBeLessThan(0.55);
    expect(weigh({ ...USUAL, ...grave, anyBefore: 0 }).reasons).toEqual([]);
  });

  it('is more so where somebody may have been stopped by mistake', () => {
    expect(of({ isHuman: true })).toBeGreaterThan(of({ isSpared: true }));
    expect(of({ isSpared: true })).toBeGreaterThan(of({ events: 4, sources: 1 }));
    expect(of({ events: 4, sources: 1 })).toBeGreaterThan(of({}));
    expect(weigh({ ...USUAL, events: 4, sources: 1 }).reasons).toEqual(['few']);
  });

  it('is no noise of every day, of however many requests', () => {
    expect(of({ events: 100_000 })).toBeLessThan(0.2);
    expect(weigh(USUAL)).toMatchObject({ reasons: [] });
  });
});

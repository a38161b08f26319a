import { describe, expect, it } from 'vitest';
import { ProgressBar, renderProgress } from '../../src/terminal/progress.ts';
import { displayWidth } from '../../src/terminal/text.ts';
import { Screen } from './screen.ts';

const HALF = {
  label: 'access.log',
  done: 50,
  total: 100,
  elapsedMs: 2000,
  count: 500_000,
  countWord: 'lines',
};

describe('renderProgress', () => {
  it('says how much is done, how fast, and how long it will take', () => {
    expect(renderProgress(HALF, { columns: 100, color: false })).toBe(
      'access.log ████████████░░░░░░░░░░░░  50%  500,000 lines  250,000/s  2s left',
    );
  });

  it('does without a percentage where the end is not known', () => {
    expect(renderProgress({ ...HALF, total: undefined }, { columns: 80, color: false })).toBe(
      'access.log 500,000 lines  250,000/s',
    );
  });

  it('promises no end at the very start', () => {
    const text = renderProgress({ ...HALF, done: 0, count: 0, elapsedMs: 0 }, { columns: 80, color: false });
    expect(text).toBe('access.log ░░░░░░░░░░░░░░░░░░░░░░░░   0%  0 lines');
  });

  it('fits into narrow windows and lets no file name steer the terminal', () => {
    for (const columns of [10, 30, 50, 80]) {
      const text = renderProgress({ ...HALF, label: '\u001B[2J日本語'.repeat(9) }, { columns, color: false });
      expect(displayWidth(text)).toBeLessThanOrEqual(columns);
      expect(text).not.toContain('\u001B');
    }
  });
});

describe('ProgressBar', () => {
  it('draws over itself ten times a second at most and wipes itself', () => {
    const screen = new Screen(80, 24, true);
    const bar = new ProgressBar(screen, { color: false });
    for (let ms = 0; ms <= 1000; ms += 10) bar.update({ ...HALF, elapsedMs: ms, done: ms / 10 });
    expect(screen.text()).toContain('100%');
    expect(screen.text().split('\n')).toHaveLength(1);
    bar.clear();
    expect(screen.text()).toBe('');
  });

  it('writes nothing where there is no terminal', () => {
    const screen = new Screen(80, 24, false);
    const bar = new ProgressBar(screen, { color: false });
    bar.update(HALF);
    bar.clear();
    expect(screen.text()).toBe('');
  });
});

import { describe, expect, it } from 'vitest';
import { ReplayCollector } from '../../src/replay/collector.ts';
import { renderReplayText } from '../../src/terminal/replay-text.ts';
import { displayWidth } from '../../src/terminal/text.ts';
import { makeHostileSummary } from '../hostile-summary.ts';

describe('renderReplayText', () => {
  const summary = makeHostileSummary();

  it.each([70, 80, 120])('stays within a window of %i columns', (columns) => {
    const text = renderReplayText(summary, { columns, color: false });
    const tooWide = text
      .split('\n')
      .filter(
        (line) => displayWidth(line) > columns && !line.startsWith('Next:') && !line.includes('parapet '),
      );
    expect(tooWide).toEqual([]);
  });

  it('lets nothing from a log steer the terminal', () => {
    const text = renderReplayText(summary, { columns: 100, color: false });
    expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u2028\u202E]/);
    expect(text).toContain('\\x1b');
  });

  it('uses no escape sequences but colours when colour is wanted', () => {
    const text = renderReplayText(summary, { columns: 100, color: true });
    expect(text).toMatch(/\u001B\[1m/);
    expect(text.replace(/\u001B\[\d+m/g, '')).toBe(renderReplayText(summary, { columns: 100, color: false }));
  });

  it('says first how many of the blocked look like people, and shows them before the attackers', () => {
    const text = renderReplayText(summary, { columns: 200, color: false });
    expect(text.split('\n\n')[0]!.replaceAll('\n', ' ')).toMatch(
      /1 of those looks like a person: look at it first\./,
    );
    expect(text.indexOf('2001:db8::17')).toBeLessThan(text.indexOf('Top attackers'));
    expect(text).toContain('Next: parapet up --log ');
  });

  it('says so when nothing happened, and when nothing was read', () => {
    const quiet = new ReplayCollector();
    quiet.event({
      atMs: 0,
      source: '192.0.2.1',
      status: '200',
      path: '/',
      referrer: '',
      userAgent: '',
      user: '',
    });
    const totals = { files: ['a.log'], lines: 1, seconds: 0 };
    const calm = renderReplayText(quiet.finish({ ...totals, parsed: 1 }), { columns: 80, color: false });
    expect(calm).toContain('nobody did anything that a scenario looks for');
    const empty = new ReplayCollector();
    empty.unparsed('?');
    const none = renderReplayText(empty.finish({ ...totals, parsed: 0 }), { columns: 80, color: false });
    expect(none).toContain('No event was read from 1 line.');
    expect(none).toContain('1 line (100%) not understood');
  });
});

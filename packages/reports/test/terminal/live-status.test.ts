import { describe, expect, it } from 'vitest';
import { LiveStatus } from '../../src/terminal/live-status.ts';
import { renderLiveView } from '../../src/terminal/live-view.ts';
import { displayWidth } from '../../src/terminal/text.ts';
import { makeAlert, makeDecision, T0 } from '../samples.ts';
import { Screen } from './screen.ts';

function start(columns = 80, rows = 24, isTTY = true): { screen: Screen; status: LiveStatus } {
  const screen = new Screen(columns, rows, isTTY);
  return { screen, status: new LiveStatus(screen, { color: false, startedMs: T0, sources: ['access.log'] }) };
}

describe('LiveStatus', () => {
  it('draws over itself: the screen holds one view, however often it is drawn', () => {
    const { screen, status } = start();
    for (let i = 1; i <= 30; i++) {
      status.lines(10, 0, T0 + i * 1000);
      status.tick(T0 + i * 1000);
    }
    const text = screen.text();
    expect(text.match(/lines\/s/g)).toHaveLength(1);
    expect(text).toContain('10 lines/s  300 in all');
    expect(text).toContain('Quiet: no alert in the last 10 minutes.');
  });

  it('tells of attacks in words, with what is done and for how much longer', () => {
    const { screen, status } = start(140);
    status.lines(1, 0, T0);
    status.alert(makeAlert({ paths: ['/.env'] }), [makeDecision()], T0 + 20_000);
    status.tick(T0 + 30_000);
    expect(screen.text()).toContain(
      'Attacks are being handled: 1 alert from 1 source in the last 10 minutes.',
    );
    expect(screen.text()).toContain('3h 59m  203.0.113.7  banned for 4 hours  crowdsecurity/http-probing');
    expect(screen.text()).toContain('08:00  banned      203.0.113.7 asked for 11 different pages');
  });

  it('forgets decisions when they expire or are lifted', () => {
    const { status } = start();
    const other = makeDecision({ target: { scope: 'ip', value: '203.0.113.8' } });
    status.alert(makeAlert(), [makeDecision(), other], T0);
    status.lifted(other);
    expect(status.model(T0 + 60_000).decisionsTotal).toBe(1);
    expect(status.model(T0 + 5 * 3_600_000).decisionsTotal).toBe(0);
  });

  it('draws five times a second at most, and never where it is no terminal', () => {
    const { status } = start();
    let drawn = 0;
    for (let ms = 0; ms < 1000; ms += 10) if (status.tick(T0 + ms)) drawn++;
    expect(drawn).toBe(5);
    const piped = start(80, 24, false);
    expect(piped.status.tick(T0)).toBe(false);
    piped.status.close(T0);
    expect(piped.screen.text()).toBe('');
  });

  it('leaves no remains when the window becomes narrower or wider', () => {
    const { screen, status } = start(100, 30);
    status.lines(1, 0, T0);
    for (let i = 0; i < 8; i++)
      status.alert(makeAlert({ id: String(i), source: { scope: 'ip', value: `203.0.113.${i}` } }), [], T0);
    for (const [i, columns] of [100, 50, 120, 40, 80].entries()) {
      screen.resize(columns, 30);
      status.tick(T0 + i * 1000);
      expect(screen.text().match(/Last alerts/g)).toHaveLength(1);
      expect(screen.text().match(/Active decisions/g)).toHaveLength(1);
    }
  });

  it('prints lines that stay above the view', () => {
    const { screen, status } = start();
    status.tick(T0);
    status.print('reloaded the configuration\u001B[2J');
    status.tick(T0 + 10);
    expect(screen.text().split('\n')[0]).toBe('reloaded the configuration\\x1b[2J');
    expect(screen.text().match(/Ctrl-C ends/g)).toHaveLength(1);
  });

  it('hides the cursor while it runs and gives it back, once', () => {
    const { screen, status } = start();
    status.tick(T0);
    expect(screen.isCursorShown).toBe(false);
    status.close(T0 + 1);
    status.close(T0 + 2);
    expect(screen.isCursorShown).toBe(true);
    expect(screen.text().match(/Ctrl-C ends/g)).toHaveLength(1);
  });

  it('fits into any window and says when no lines come', () => {
    const { status } = start();
    status.alert(
      makeAlert({ source: { scope: 'ip', value: '\u001B[31m日本語'.repeat(30) } }),
      [makeDecision()],
      T0,
    );
    const model = status.model(T0 + 120_000);
    for (const columns of [20, 40, 80, 200]) {
      for (const rows of [3, 10, 24, 60]) {
        const lines = renderLiveView(model, { columns, rows, color: false });
        expect(lines.length).toBeLessThan(rows);
        for (const line of lines) {
          expect(displayWidth(line)).toBeLessThanOrEqual(columns);
          expect(line).not.toMatch(/[\u0000-\u001F\u007F-\u009F]/);
        }
      }
    }
    expect(renderLiveView(model, { columns: 80, rows: 24, color: false })[0]).toBe(
      'No line for 2m 00s: check the path of the log.',
    );
  });
});

import { describe, expect, it } from 'vitest';
import { newSite } from './run.ts';

const QUIET = Array.from(
  { length: 300 },
  (_, i) =>
    `2026-03-01 ${String(Math.floor(i / 60)).padStart(2, '0')}:${String(i % 60).padStart(2, '0')}:00,${10 + (i % 5)}`,
);

describe('parapet series', () => {
  it('prints a score for each row, and ends with 1 when one is unusual', async () => {
    const site = newSite();
    site.write('a.csv', `timestamp,value\n${QUIET.join('\n')}\n2026-03-01T05:00:00Z,90\n`);
    const { out, err, code } = await site.run('series a.csv --json');
    expect(err).toBe('');
    expect(code).toBe(1);
    const rows = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { timestamp: string; value: number; score: number });
    expect(rows).toHaveLength(301);
    expect(rows[0]).toEqual({ timestamp: '2026-03-01 00:00:00', value: 10, score: 0 });
    expect(rows[300]).toMatchObject({ timestamp: '2026-03-01T05:00:00Z', value: 90 });
    expect(rows[300]!.score).toBeGreaterThan(0.9);
  });

  it('says in words what was unusual, and ends with 0 when nothing was', async () => {
    const site = newSite();
    site.write('a.csv', QUIET.join('\n'));
    expect(await site.run('series a.csv')).toMatchObject({ out: '300 rows, 0 unusual\n', code: 0 });
    const { out } = await site.run('series -', { stdin: `${QUIET.join('\n')}\n1772341200,90\n` });
    expect(out).toMatch(/^1772341200 {2}90 {2}1\.00 {2}beyond every value before\n301 rows, 1 unusual\n$/);
  });

  it('names each row that it cannot read, scores the others, and ends with 2', async () => {
    const site = newSite();
    site.write('a.csv', 'time,value\n2026-03-01,1\nyesterday,2\n2026-03-03,\n"2026-03-04","4"\n');
    const { out, err, code } = await site.run('series a.csv --json');
    expect(code).toBe(2);
    expect(out.trimEnd().split('\n')).toHaveLength(2);
    expect(err).toBe(
      "error: a.csv:3: 'yesterday' is no time (E_SERIES_ROW)\nerror: a.csv:4: '' is no number (E_SERIES_ROW)\n",
    );
  });

  it('ends with 2 when there is no file', async () => {
    const { err, code } = await newSite().run('series none.csv');
    expect(code).toBe(2);
    expect(err).toContain('There is no file none.csv (E_LOG_ABSENT)');
  });
});

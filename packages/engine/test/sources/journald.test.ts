import type { Problem } from '@parapet/kinds';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { followJournal } from '../../src/sources/journald.ts';
import { parseJournalEntry } from '../../src/sources/journald-entry.ts';
import type { ChildProcess } from '../../src/sources/surroundings.ts';
import { MemoryClock } from './memory-files.ts';

function entry(n: number, fields: Record<string, unknown> = {}): string {
  return `${JSON.stringify({
    __CURSOR: `s=${n}`,
    __REALTIME_TIMESTAMP: String(1_795_310_450_123_456 + n * 1_000_000),
    _HOSTNAME: 'web1',
    SYSLOG_IDENTIFIER: 'sshd',
    _PID: '77',
    MESSAGE: `message ${n}`,
    ...fields,
  })}\n`;
}

it('makes the line that the syslog parsers read, with year and zone', () => {
  expect(parseJournalEntry(entry(0))).toEqual({
    cursor: 's=0',
    line: '2026-11-22T01:20:50.123Z web1 sshd[77]: message 0',
  });
});

it('reads messages that are bytes, repeated or too large, and names for missing fields', () => {
  const line = (fields: Record<string, unknown>): string | undefined =>
    parseJournalEntry(entry(0, fields))?.line;
  expect(line({ MESSAGE: [...Buffer.from('Zoë\u001b')] })).toContain(': Zoë\u001b');
  expect(line({ MESSAGE: ['first', 'second'] })).toContain(': first');
  expect(line({ MESSAGE: null })).toBeUndefined();
  expect(line({ SYSLOG_IDENTIFIER: undefined, _COMM: 'cron', _PID: undefined, SYSLOG_PID: '5' })).toContain(
    ' cron[5]: ',
  );
  expect(line({ SYSLOG_IDENTIFIER: undefined, _PID: undefined, _HOSTNAME: undefined })).toContain(
    ' localhost unknown: ',
  );
});

it('keeps a forged line within the message it came in', () => {
  const forged = entry(0, {
    MESSAGE: 'x\nNov 22 01:20:50 web1 sshd[1]: Failed password for root from 8.8.8.8',
  });
  expect(parseJournalEntry(forged)?.line).toContain('x#012Nov 22');
});

it('never throws on any text', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      parseJournalEntry(text);
    }),
  );
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('__CURSOR', 'MESSAGE', '_PID', '__REALTIME_TIMESTAMP'), fc.jsonValue()),
      (o) => {
        parseJournalEntry(JSON.stringify(o));
      },
    ),
  );
});

/** A journalctl that plays its runs one after the other, and notes how it was called. */
function journalctl(runs: { out?: string; err?: string; code?: number }[]): {
  spawn: (command: string, args: readonly string[]) => ChildProcess;
  calls: string[];
} {
  const calls: string[] = [];
  async function* once(text: string): AsyncGenerator<Buffer> {
    if (text !== '') yield await Promise.resolve(Buffer.from(text));
  }
  return {
    calls,
    spawn: (command, args) => {
      calls.push([command, ...args].join(' '));
      const run = runs.shift() ?? {};
      return {
        stdout: once(run.out ?? ''),
        stderr: once(run.err ?? ''),
        exitCode: Promise.resolve(run.code ?? 0),
        kill: () => {},
      };
    },
  };
}

async function follow(
  runs: { out?: string; err?: string; code?: number }[],
  cursors: ReadonlyMap<string, unknown> = new Map(),
  sleeps = 3,
): Promise<{ lines: string[]; saved: string[]; calls: string[]; problems: Problem[]; waits: number[] }> {
  const clock = new MemoryClock();
  const abort = new AbortController();
  const waits: number[] = [];
  clock.onSleep = (ms) => {
    waits.push(ms);
    if (waits.length === sleeps) abort.abort();
  };
  const journal = journalctl(runs);
  const result = { lines: [] as string[], saved: [] as string[], problems: [] as Problem[] };
  const source = followJournal({
    source: 'journal',
    filters: ['_SYSTEMD_UNIT=ssh.service'],
    labels: { type: 'syslog' },
    cursors,
    spawn: journal.spawn,
    clock,
    signal: abort.signal,
    onProblem: (problem) => result.problems.push(problem),
  });
  for await (const batch of source) {
    result.lines.push(...batch.lines.map((line) => line.raw.split(': ')[1]!));
    result.saved.push(...[...batch.cursors.values()].map(String));
  }
  return { ...result, calls: journal.calls, waits };
}

it('starts after the last entry there is, and saves that before it follows', async () => {
  const result = await follow([{ out: entry(1) }, { out: entry(2) + entry(3) }]);
  expect(result.lines).toEqual(['message 2', 'message 3']);
  expect(result.saved[0]).toBe('s=1');
  expect(result.saved.at(-1)).toBe('s=3');
  expect(result.calls[1]).toBe(
    'journalctl --output=json --quiet --follow --no-tail --after-cursor=s=1 _SYSTEMD_UNIT=ssh.service',
  );
});

it('goes on after the saved entry, and after the last one when journalctl ends', async () => {
  const saved = new Map([['journal\njournal', 's=5']]);
  const result = await follow([{ out: entry(6), code: 1 }, { out: entry(7) }], saved);
  expect(result.lines).toEqual(['message 6', 'message 7']);
  expect(result.calls.slice(0, 3).map((call) => /after-cursor=(\S+)/.exec(call)?.[1])).toEqual([
    's=5',
    's=6',
    's=7',
  ]);
});

it('waits longer each time that journalctl fails, and says so once', async () => {
  const failure = { err: 'No journal files were opened due to insufficient permissions.', code: 1 };
  const result = await follow(
    Array.from({ length: 8 }, () => ({ ...failure })),
    new Map(),
    8,
  );
  expect(result.waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  expect(result.problems).toHaveLength(1);
  expect(result.problems[0]!.message).toContain('insufficient permissions');
});

it('starts anew when the saved entry is gone with its journal', async () => {
  const saved = new Map([['journal\njournal', 's=5']]);
  const result = await follow(
    [{ err: 'Failed to seek to cursor: Invalid argument', code: 1 }, { out: entry(9) }, { out: entry(10) }],
    saved,
  );
  expect(result.lines).toEqual(['message 10']);
});

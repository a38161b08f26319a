import { gzipSync } from 'node:zlib';
import { afterEach, expect, it } from 'vitest';
import { TailWorld } from './tail-world.ts';

const LOG = '/var/log/access.log';
let world: TailWorld;

afterEach(async () => {
  await world.kill();
  if (world.files.openHandles !== 0) throw new Error('A file was left open');
});

function open(options: Partial<ConstructorParameters<typeof TailWorld>[0]> = {}): TailWorld {
  world = new TailWorld({ patterns: [LOG], startAt: 'beginning', ...options });
  return world;
}

it('delivers what is there and what is appended, and waits for the end of a line', async () => {
  const { files } = open();
  files.append(LOG, 'a\nb\nhal');
  await world.settle();
  expect(world.lines).toEqual(['a', 'b']);
  await world.settle(60_000);
  expect(world.lines).toEqual(['a', 'b']);
  files.append(LOG, 'f\n');
  await world.settle();
  expect(world.lines).toEqual(['a', 'b', 'half']);
  expect(world.problems).toEqual([]);
});

it('starts at the end of a log that is there at the first start, at the beginning of a line', async () => {
  const { files } = open({ startAt: 'end' });
  files.append(LOG, 'old\npart');
  await world.settle();
  files.append(LOG, 'ly new\nnew\n');
  await world.settle();
  expect(world.lines).toEqual(['partly new', 'new']);
});

it('says once from when on nothing is missed that is written to a log', async () => {
  let said = 0;
  const onPlaced = (): void => {
    said++;
    world.files.append(LOG, 'new\n');
  };
  const { files } = open({ startAt: 'end', onPlaced });
  files.append(LOG, 'old\n');
  await world.settle();
  expect({ said, lines: world.lines }).toEqual({ said: 1, lines: ['new'] });
});

it('says so of a log that is not there yet, too', async () => {
  let said = 0;
  open({ startAt: 'end', onPlaced: () => said++ });
  await world.settle();
  expect(said).toBe(1);
});

it('reads a log from its beginning when it appears after the first start', async () => {
  const { files } = open({ startAt: 'end' });
  await world.settle();
  expect(world.problems.map((problem) => problem.code)).toEqual(['E_LOG_ABSENT']);
  files.append(LOG, 'first\n');
  await world.settle();
  expect(world.lines).toEqual(['first']);
});

it('does not skip a log that appeared while it was stopped', async () => {
  const { files } = open({ startAt: 'end' });
  await world.settle();
  await world.kill();
  files.append(LOG, 'first\n');
  await world.settle();
  expect(world.lines).toEqual(['first']);
});

it('goes on where it was after a restart, with the end of the log of the first start kept', async () => {
  const { files } = open({ startAt: 'end' });
  files.append(LOG, 'old\n');
  await world.settle();
  await world.kill();
  files.append(LOG, 'while stopped\n');
  await world.settle();
  expect(world.lines).toEqual(['while stopped']);
});

it('reads a renamed log to its end, even what is written to it after the rename', async () => {
  const { files } = open();
  files.append(LOG, 'a\n');
  await world.settle();
  files.append(LOG, 'b\n');
  files.rename(LOG, `${LOG}.1`);
  files.create(LOG);
  await world.settle();
  files.append(`${LOG}.1`, 'late\n');
  await world.settle();
  files.append(LOG, 'c\n');
  files.append(`${LOG}.1`, 'very late\n');
  await world.settle();
  expect(world.lines).toEqual(['a', 'b', 'late', 'very late', 'c']);
});

it('lets a renamed log go after a while, and keeps one cursor only', async () => {
  const { files } = open({ lateMs: 5000 });
  files.append(LOG, 'a\nunfinished');
  await world.settle();
  files.rename(LOG, `${LOG}.1`);
  files.append(LOG, 'b\n');
  await world.settle(20_000);
  expect(files.openHandles).toBe(1);
  files.append(LOG, 'c\n');
  await world.settle();
  expect(world.lines).toEqual(['a', 'b', 'unfinished', 'c']);
  expect(world.cursors.size).toBe(2);
});

it('reads every log of several rotations that happened between two looks', async () => {
  const { files } = open();
  files.append(LOG, 'a\n');
  await world.settle();
  files.append(LOG, 'b\n');
  for (const line of ['c', 'd', 'e']) {
    for (const n of [3, 2, 1])
      if (files.names.has(`${LOG}.${n}`)) files.rename(`${LOG}.${n}`, `${LOG}.${n + 1}`);
    files.rename(LOG, `${LOG}.1`);
    files.append(LOG, `${line}\n`);
  }
  await world.settle();
  expect(world.lines).toEqual(['a', 'b', 'c', 'd', 'e']);
});

it('reads what was rotated and compressed while it was stopped', async () => {
  const { files } = open();
  files.append(LOG, 'a\nb\n');
  await world.settle();
  await world.kill();
  files.write(`${LOG}.3.gz`, gzipSync('long ago\n'));
  files.write(`${LOG}.2.gz`, gzipSync('a\nb\nc\n'));
  files.write(`${LOG}.1`, Buffer.from('d\ne\n'));
  files.unlink(LOG);
  files.append(LOG, 'f\n');
  await world.settle();
  files.append(LOG, 'g\n');
  await world.settle();
  expect(world.lines).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
  await world.restart();
  await world.settle();
  expect(world.lines).toHaveLength(7);
});

it('finds compressed predecessors with dates in their names', async () => {
  const { files } = open();
  files.append(LOG, 'a\n');
  await world.settle();
  await world.kill();
  files.write(`${LOG}-20260103.gz`, gzipSync('c\n'));
  files.write(`${LOG}-20260102.gz`, gzipSync('a\nb\n'));
  files.write(`${LOG}-20260101.gz`, gzipSync('old\n'));
  files.unlink(LOG);
  files.append(LOG, 'd\n');
  await world.settle();
  expect(world.lines).toEqual(['a', 'b', 'c', 'd']);
});

const LONG = Array.from({ length: 100 }, (_, i) => `long line ${i} of a log that was rotated`);

it.each([
  ['of a few lines', ['b', 'c']],
  ['of many lines', LONG],
])('reads a log %s once while its archive stands beside it under the next number', async (_, lines) => {
  const { files } = open();
  files.append(LOG, 'a\n');
  await world.settle();
  await world.kill();
  files.rename(LOG, `${LOG}.3`);
  files.write(`${LOG}.2.gz`, gzipSync(`${lines.join('\n')}\n`));
  files.append(`${LOG}.1`, `${lines.join('\n')}\n`);
  files.append(LOG, 'd\n');
  await world.settle();
  expect(world.lines).toEqual(['a', ...lines, 'd']);
  files.unlink(`${LOG}.1`);
  await world.restart();
  files.append(LOG, 'e\n');
  await world.settle();
  expect(world.lines).toEqual(['a', ...lines, 'd', 'e']);
});

it('reads a log once while its archive stands beside it under the same number', async () => {
  const { files } = open();
  files.append(LOG, 'a\n');
  await world.settle();
  await world.kill();
  files.rename(LOG, `${LOG}.2`);
  files.append(`${LOG}.1`, 'b\nc\n');
  files.write(`${LOG}.1.gz`, gzipSync('b\nc\n'));
  files.append(LOG, 'd\n');
  await world.settle();
  files.unlink(`${LOG}.1`);
  await world.restart();
  await world.settle();
  expect(world.lines).toEqual(['a', 'b', 'c', 'd']);
});

it.each([
  ['is cut', (archive: Buffer) => archive.subarray(0, archive.length / 2)],
  ['has only its header', (archive: Buffer) => archive.subarray(0, 10)],
  ['is empty', () => Buffer.alloc(0)],
])('reads a log once and whole when its archive %s', async (_, cut) => {
  const { files } = open();
  files.append(LOG, 'a\n');
  await world.settle();
  await world.kill();
  const lines = Array.from({ length: 20_000 }, (_line, i) => `${i} ${(i * 7919) % 10_007}`);
  const whole = gzipSync(`${lines.join('\n')}\n`);
  files.rename(LOG, `${LOG}.3`);
  files.write(`${LOG}.2.gz`, cut(whole));
  files.append(`${LOG}.1`, `${lines.join('\n')}\nlate\n`);
  files.append(LOG, 'd\n');
  await world.settle();
  files.names.get(`${LOG}.2.gz`)!.data = whole;
  await world.settle();
  expect(world.lines).toEqual(['a', ...lines, 'late', 'd']);
});

it('does not come by an archive again after a kill because the log before it was still held open', async () => {
  const { files } = open();
  files.append(LOG, 'a\n');
  await world.settle();
  files.rename(LOG, `${LOG}.2`);
  files.write(`${LOG}.1.gz`, gzipSync('b\nc\n'));
  files.append(LOG, 'd\n');
  await world.settle();
  for (let kill = 0; kill < 3; kill++) {
    await world.restart();
    await world.settle();
  }
  expect(world.lines).toEqual(['a', 'b', 'c', 'd']);
  await world.settle(120_000);
  files.append(LOG, 'e\n');
  await world.settle();
  expect(world.cursors.size).toBe(2);
});

it('reads the rest of an archive that was finished after it had been opened', async () => {
  const { files } = open();
  files.append(LOG, 'a\n');
  await world.settle();
  await world.kill();
  const lines = Array.from({ length: 20_000 }, (_, i) => `${i} ${(i * 7919) % 10_007}`);
  const whole = gzipSync(`a\n${lines.join('\n')}\n`);
  files.unlink(LOG);
  files.write(`${LOG}.1.gz`, whole.subarray(0, whole.length / 2));
  files.append(LOG, 'd\n');
  world.start();
  await world.settle(1500, 1);
  files.names.get(`${LOG}.1.gz`)!.data = whole;
  await world.settle();
  expect(world.lines).toEqual(['a', ...lines, 'd']);
});

it('reads a log once that is copied in order to be emptied while the one before it is still being read', async () => {
  const { files } = open();
  files.append(LOG, 'a\n');
  await world.settle();
  await world.kill();
  files.rename(LOG, `${LOG}.2`);
  files.append(`${LOG}.1`, `${LONG.join('\n')}\n`);
  files.append(LOG, `${LONG.join('\n')}\nmore\n`);
  await world.settle();
  files.truncate(LOG);
  files.append(LOG, 'd\n');
  await world.settle();
  expect(world.lines).toEqual(['a', ...LONG, 'more', 'd']);
});

it('goes on in the middle of an archive after a kill', async () => {
  const { files } = open();
  const lines = Array.from({ length: 20_000 }, (_, i) => `line ${i}`);
  files.append(LOG, `${lines.slice(0, 3).join('\n')}\n`);
  await world.settle();
  await world.kill();
  files.write(`${LOG}.1.gz`, gzipSync(`${lines.join('\n')}\n`));
  files.unlink(LOG);
  files.append(LOG, 'next\n');
  await world.settle(1500, 2);
  expect(world.lines.length).toBeGreaterThan(3);
  expect(world.lines.length).toBeLessThan(15_000);
  await world.restart();
  await world.settle();
  expect(world.lines).toEqual([...lines, 'next']);
});

it('reads the rest of a log from its copy when it is truncated in place', async () => {
  const { files } = open();
  files.append(LOG, 'a\nb\n');
  await world.settle();
  files.append(LOG, 'c\n');
  files.write(`${LOG}.1`, Buffer.from('a\nb\nc\n'));
  files.truncate(LOG);
  files.append(LOG, 'd\n');
  await world.settle();
  files.append(LOG, 'e\n');
  await world.settle();
  expect(world.lines).toEqual(['a', 'b', 'c', 'd', 'e']);
  await world.restart();
  await world.settle();
  expect(world.lines).toHaveLength(5);
});

it('reads a log that was empty, copied while it was empty, and then written and renamed', async () => {
  const { files } = open();
  files.append(LOG, 'a\n');
  await world.settle();
  files.rename(LOG, `${LOG}.1`);
  files.create(LOG);
  await world.settle();
  files.rename(`${LOG}.1`, `${LOG}.2`);
  files.create(`${LOG}.1`);
  files.truncate(LOG);
  await world.settle();
  files.append(LOG, 'b\n');
  files.rename(`${LOG}.2`, `${LOG}.3`);
  files.rename(`${LOG}.1`, `${LOG}.2`);
  files.rename(LOG, `${LOG}.1`);
  files.create(LOG);
  await world.settle();
  expect(world.lines).toEqual(['a', 'b']);
});

it('notices a truncation when the log has outgrown the old length since', async () => {
  const { files } = open();
  files.append(LOG, 'a\n');
  await world.settle();
  files.write(`${LOG}.1`, Buffer.from('a\nb\n'));
  files.truncate(LOG);
  files.append(LOG, 'c1\nc2\nc3\nc4\n');
  await world.settle();
  expect(world.lines).toEqual(['a', 'b', 'c1', 'c2', 'c3', 'c4']);
});

it('notices a truncation that happened while it was stopped', async () => {
  const { files } = open();
  files.append(LOG, 'a\n');
  await world.settle();
  await world.kill();
  files.write(`${LOG}.1.gz`, gzipSync('a\nb\n'));
  files.truncate(LOG);
  files.append(LOG, 'c1\nc2\n');
  await world.settle();
  expect(world.lines).toEqual(['a', 'b', 'c1', 'c2']);
});

it('starts anew in a log that was emptied without a copy', async () => {
  const { files } = open();
  files.append(LOG, 'a\nb\n');
  await world.settle();
  files.truncate(LOG);
  await world.settle();
  files.append(LOG, 'c\n');
  await world.settle();
  expect(world.lines).toEqual(['a', 'b', 'c']);
});

it('reads past the hole that a writer without O_APPEND leaves after a truncation', async () => {
  const { files } = open();
  files.append(LOG, 'a\nb\n');
  await world.settle();
  files.truncate(LOG);
  files.append(LOG, Buffer.concat([Buffer.alloc(100_000), Buffer.from('c\n')]));
  await world.settle();
  expect(world.lines).toEqual(['a', 'b', 'c']);
});

it('takes a log that an editor has written anew for the same log', async () => {
  const { files } = open();
  const old = Array.from(
    { length: 100 },
    (_, i) => `line ${i} of a log that is long enough to be known again`,
  );
  files.append(LOG, `${old.join('\n')}\n`);
  await world.settle();
  files.append('/var/log/.swp', `${[...old, 'added'].join('\n')}\n`);
  files.rename('/var/log/.swp', LOG);
  await world.settle();
  expect(world.lines).toEqual([...old, 'added']);
});

it('does not take a new log for the old one because both start alike', async () => {
  const { files } = open();
  files.append(LOG, 'started\n');
  await world.settle();
  files.unlink(LOG);
  files.append(LOG, 'started\n');
  await world.settle();
  expect(world.lines).toEqual(['started', 'started']);
});

it('says that lines may be missing when the log it was reading is gone after a restart', async () => {
  const { files } = open();
  files.append(LOG, 'a\n');
  await world.settle();
  await world.kill();
  files.unlink(LOG);
  files.append(LOG, 'b\n');
  await world.settle();
  expect(world.lines).toEqual(['a', 'b']);
  expect(world.problems.map((problem) => problem.code)).toEqual(['E_LOG_POSITION_LOST']);
});

it('complains once about a log it may not read, and reads it when it may', async () => {
  const { files } = open({ startAt: 'end' });
  files.append(LOG, 'old\n');
  files.setReadable(LOG, false);
  await world.settle(10_000);
  expect(world.problems.map((problem) => problem.code)).toEqual(['E_LOG_UNREADABLE']);
  files.setReadable(LOG, true);
  await world.settle();
  files.append(LOG, 'new\n');
  await world.settle();
  expect(world.lines).toEqual(['new']);
});

it('follows the target of a symbolic link, also when the link is set to another file', async () => {
  const { files } = open();
  files.links.set(LOG, '/data/one');
  files.append('/data/one', 'a\n');
  await world.settle();
  files.append('/data/one', 'b\n');
  files.links.set(LOG, '/data/two');
  files.append('/data/two', 'c\n');
  await world.settle();
  expect(world.lines).toEqual(['a', 'b', 'c']);
});

it('finds new files of a glob, and reads a file that has two names once', async () => {
  const { files } = open({ patterns: ['/srv/*/log/*.log'] });
  files.append('/srv/a/log/site.log', 'a\n');
  files.links.set('/srv/a/log/zz.log', '/srv/a/log/site.log');
  await world.settle();
  files.append('/srv/b/log/site.log', 'b\n');
  await world.settle();
  expect(world.delivered).toEqual([
    { src: '/srv/a/log/site.log', raw: 'a' },
    { src: '/srv/b/log/site.log', raw: 'b' },
  ]);
});

it('does not take rotated files for logs of their own when the glob matches them too', async () => {
  const { files } = open({ patterns: ['/var/log/*'] });
  files.append(LOG, 'a\n');
  files.write(`${LOG}.2.gz`, gzipSync('old\n'));
  await world.settle();
  files.write(`${LOG}.1`, Buffer.from('a\n'));
  files.truncate(LOG);
  files.append(LOG, 'b\n');
  await world.settle();
  expect(world.lines).toEqual(['a', 'b']);
});

it('goes on at its old place when a log gets another name that the glob matches', async () => {
  const { files } = open({ patterns: ['/var/log/*.log'], lateMs: 3000 });
  files.append(LOG, 'a\n');
  await world.settle();
  files.rename(LOG, '/var/log/elsewhere.log');
  files.append(LOG, 'b\n');
  await world.settle(10_000);
  files.append('/var/log/elsewhere.log', 'c\n');
  await world.settle(10_000);
  expect(world.lines).toEqual(['a', 'b', 'c']);
});

it('closes a silent log and opens it again when it changes, and forgets one that is gone', async () => {
  const { files } = open({ patterns: ['/var/log/*.log'], parkMs: 10_000 });
  files.append(LOG, 'a\npart');
  await world.settle(20_000);
  expect(files.openHandles).toBe(0);
  files.append(LOG, 'ial\n');
  await world.settle(20_000);
  expect(world.lines).toEqual(['a', 'partial']);
  files.unlink(LOG);
  await world.settle(90_000);
  expect(world.cursors.size).toBe(1);
  expect(world.problems).toEqual([expect.objectContaining({ code: 'E_LOG_ABSENT' })]);
});

it('reads the next batch only when the last was taken', async () => {
  const { files } = open();
  files.append(LOG, 'x'.repeat(99).concat('\n').repeat(5000));
  await world.settle(1500, 4);
  expect(world.lines.length).toBeGreaterThan(0);
  expect(world.lines.length).toBeLessThan(2000);
});

it('loses and doubles nothing when it is killed between any two batches', async () => {
  const { files } = open();
  const lines = Array.from({ length: 3000 }, (_, i) => `${i} ${'y'.repeat(90)}`);
  files.append(LOG, `${lines.slice(0, 2000).join('\n')}\n`);
  for (let kills = 0; kills < 40; kills++) {
    await world.settle(1500, 1);
    await world.restart();
    if (kills === 3) {
      files.rename(LOG, `${LOG}.1`);
      files.append(LOG, `${lines.slice(2000).join('\n')}\n`);
    }
  }
  await world.settle();
  expect(world.lines).toEqual(lines);
});

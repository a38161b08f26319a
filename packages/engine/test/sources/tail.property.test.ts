import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { TailWorld } from './tail-world.ts';

// Whatever happens to a log, in whatever order: each line is delivered exactly once, and in order. Not played is
// the one race that nobody can win: lines that are written between copytruncate's copy and its truncation.

const LOG = '/log/site.log';

type Act =
  | { do: 'write'; lines: number; isPartial: boolean }
  | { do: 'rename' | 'copytruncate' | 'compress' | 'late' | 'kill' | 'vanish' }
  | { do: 'settle'; ms: number; batches: number | undefined };

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      lines: fc.oneof({ weight: 5, arbitrary: fc.nat(5) }, { weight: 1, arbitrary: fc.nat(3000) }),
      isPartial: fc.boolean(),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'rename' as const,
        'copytruncate' as const,
        'compress' as const,
        'late' as const,
        'kill' as const,
      ),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      ms: fc.constantFrom(25, 300, 1500, 70_000, 700_000),
      batches: fc.option(fc.nat(3), { nil: undefined }),
    }),
  },
);

const WRITE_ONE: Act = { do: 'write', lines: 1, isPartial: false };
const GLANCE: Act = { do: 'settle', ms: 25, batches: 0 };

/** Lines were lost, or came in another order, when the log changed in the middle of a look at it. */
const ONCE_WRONG: Act[][] = [
  [
    GLANCE,
    WRITE_ONE,
    { do: 'late' },
    { do: 'write', lines: 0, isPartial: false },
    { do: 'write', lines: 0, isPartial: false },
    { do: 'copytruncate' },
    WRITE_ONE,
    { do: 'rename' },
  ],
  [{ do: 'rename' }, GLANCE, GLANCE, { do: 'late' }, WRITE_ONE],
];

class Machine {
  readonly world = new TailWorld({ patterns: ['/log/*.log'], startAt: 'beginning' });
  readonly written: string[] = [];
  #partial = '';
  #rotations = 0;
  /** Lines go to the file before last for a while after a rename, as with a writer that has not reopened. */
  #hasNewLogLines = true;

  constructor() {
    this.world.files.create(LOG);
  }

  async play(one: Act): Promise<void> {
    this.world.clock.ms += 7;
    switch (one.do) {
      case 'write':
        return this.#write(LOG, one.lines, one.isPartial);
      case 'late':
        // Only while the new log is empty: after that there is no order to speak of between the two.
        if (!this.#hasNewLogLines && this.#partial === '') this.#write(`${LOG}.1`, 2, false);
        return;
      case 'rename':
        this.#endLine();
        this.#shift();
        this.world.files.rename(LOG, `${LOG}.1`);
        this.world.files.create(LOG);
        this.#hasNewLogLines = false;
        return;
      case 'copytruncate': {
        this.#endLine();
        this.#shift();
        const { data, mtimeMs } = this.world.files.names.get(LOG)!;
        this.world.files.write(`${LOG}.1`, Buffer.from(data), mtimeMs);
        this.world.files.truncate(LOG);
        this.#hasNewLogLines = true;
        return;
      }
      case 'compress': {
        const found = [...this.world.files.names.keys()].filter((name) => /\.\d+$/.test(name)).at(-1);
        // delaycompress: the youngest may still be written to.
        if (found === undefined || found.endsWith('.1')) return;
        const { data, mtimeMs } = this.world.files.names.get(found)!;
        this.world.files.write(`${found}.gz`, gzipSync(data), mtimeMs);
        this.world.files.unlink(found);
        return;
      }
      case 'vanish':
        return;
      case 'kill':
        return await this.world.kill();
      case 'settle':
        return await this.world.settle(one.ms, one.batches ?? Infinity);
    }
  }

  async end(): Promise<void> {
    this.#endLine();
    await this.world.settle(3000);
    await this.world.kill();
  }

  #write(path: string, count: number, isPartial: boolean): void {
    if (path === LOG && count > 0) this.#hasNewLogLines = true;
    let text = '';
    for (let i = 0; i < count; i++) {
      const line = `${this.#partial}${this.written.length} ${'.'.repeat((this.written.length * 7) % 90)}`;
      text += `${line.slice(this.#partial.length)}\n`;
      this.#partial = '';
      this.written.push(line);
    }
    if (isPartial && path === LOG) {
      const more = `part${this.written.length}-`;
      this.#partial += more;
      text += more;
      this.#hasNewLogLines = true;
    }
    if (text !== '') this.world.files.append(path, text);
  }

  /** Writers rotate between lines. */
  #endLine(): void {
    if (this.#partial === '') return;
    this.world.files.append(LOG, '\n');
    this.written.push(this.#partial);
    this.#partial = '';
  }

  #shift(): void {
    const { files } = this.world;
    this.#rotations++;
    for (let n = this.#rotations; n >= 1; n--) {
      for (const end of ['', '.gz']) {
        if (files.names.has(`${LOG}.${n}${end}`)) files.rename(`${LOG}.${n}${end}`, `${LOG}.${n + 1}${end}`);
      }
    }
  }
}

it(
  'delivers each line exactly once and in order, whatever happens to the log',
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 40 }), async (acts) => {
        const machine = new Machine();
        // A log that was still empty when it was seen last has no fingerprint to be found by.
        await machine.play({ do: 'write', lines: 1, isPartial: false });
        await machine.play({ do: 'settle', ms: 1500, batches: undefined });
        for (const one of acts) await machine.play(one);
        await machine.end();
        expect(machine.world.lines).toEqual(machine.written);
        expect(machine.world.files.openHandles).toBe(0);
      }),
      { numRuns: 200, examples: ONCE_WRONG.map((acts) => [acts]) },
    );
  },
);

import type { LineOrigin, Problem } from '@parapet/kinds';
import type { LineBatch } from '../../src/sources/line-batch.ts';
import { tailFiles, type TailOptions } from '../../src/sources/tail.ts';
import { MemoryClock, MemoryFiles } from './memory-files.ts';

// A machine with logs on which the tail is started, killed and started again. Lines and cursors are kept the way
// the store keeps them: a batch counts as a whole or not at all.

export class TailWorld {
  readonly clock = new MemoryClock();
  readonly files = new MemoryFiles(this.clock);
  readonly cursors = new Map<string, unknown>();
  readonly delivered: { src: string; raw: string }[] = [];
  readonly problems: Problem[] = [];
  batches = 0;
  #run: { iterator: AsyncIterator<LineBatch>; abort: AbortController } | undefined;
  readonly #options: Partial<TailOptions> & Pick<TailOptions, 'patterns'>;

  constructor(options: Partial<TailOptions> & Pick<TailOptions, 'patterns'>) {
    this.#options = options;
  }

  get lines(): string[] {
    return this.delivered.map((line) => line.raw);
  }

  start(): void {
    const abort = new AbortController();
    const source = tailFiles({
      source: 'test',
      originOf: (src): LineOrigin => ({ src, module: 'file', labels: { type: 'nginx' } }),
      files: this.files,
      clock: this.clock,
      signal: abort.signal,
      onProblem: (problem) => this.problems.push(problem),
      ...this.#options,
      cursors: new Map(this.cursors),
    });
    this.#run = { iterator: source[Symbol.asyncIterator](), abort };
  }

  /** Lets the tail run until it has slept for `quietMs`, taking at most `maxBatches` batches. */
  async settle(quietMs = 1500, maxBatches = Infinity): Promise<void> {
    if (this.#run === undefined) this.start();
    const run = this.#run!;
    let asleep = 0;
    let onQuiet = (): void => {};
    const quiet = new Promise<void>((resolve) => {
      onQuiet = resolve;
    });
    // The sleep that ends the wait never returns before the next settle: the world stands still meanwhile.
    const gate = this.#gate;
    this.#gate = undefined;
    this.clock.onSleep = (ms) => {
      asleep += ms;
      if (asleep >= quietMs) onQuiet();
    };
    this.clock.hold = () =>
      asleep >= quietMs ? new Promise<void>((resolve) => (this.#gate = resolve)) : undefined;
    gate?.();
    for (let taken = 0; taken < maxBatches; taken++) {
      const next = (this.#pending ??= run.iterator.next());
      const result = await Promise.race([next, quiet]);
      if (result === undefined) return;
      this.#pending = undefined;
      if (result.done === true) return;
      asleep = 0;
      this.#commit(result.value);
    }
  }

  /** kill -9: a batch that was read but not committed is lost with the process. */
  async kill(): Promise<void> {
    this.#run?.abort.abort();
    const pending = this.#pending;
    this.#pending = undefined;
    this.clock.hold = () => undefined;
    this.#gate?.();
    this.#gate = undefined;
    await pending?.catch(() => {});
    await this.#run?.iterator.return?.();
    this.#run = undefined;
  }

  async restart(): Promise<void> {
    await this.kill();
    this.start();
  }

  #gate: (() => void) | undefined;
  #pending: Promise<IteratorResult<LineBatch>> | undefined;

  #commit(batch: LineBatch): void {
    this.batches++;
    for (const line of batch.lines) this.delivered.push({ src: line.origin.src, raw: line.raw });
    for (const [name, value] of batch.cursors) {
      // As JSON, the way a store keeps it.
      if (value === undefined) this.cursors.delete(name);
      else this.cursors.set(name, JSON.parse(JSON.stringify(value)));
    }
  }
}

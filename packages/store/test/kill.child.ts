// Reads a log of numbered lines from its cursor on, as an engine does, and is killed at any moment: each line
// becomes one alert with a new random id, so a line that is read twice would be seen as two alerts.
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStore } from '../src/index.ts';
import { sampleAlert, sampleDecision } from './samples.ts';

const [dataDir, lastLine, killAfter] = process.argv.slice(2);
const now = (): Date => new Date('2026-03-01T12:00:00.000Z');
const store = await openStore({ dataDir: dataDir!, role: 'engine', now, flushMs: 5, flushRows: 60 });
/** Nobody reads what it says: the run counts for nothing, and is made again. */
const UNHEARD = 3;
let batches = 0;
let line = Number((await store.cursors()).get('log') ?? 0);
tell('open\n');
while (line < Number(lastLine)) {
  const size = 1 + (line % 7);
  const lines = Array.from({ length: size }, (_, i) => line + i);
  line += size;
  store.record({
    alerts: lines.map((n) => sampleAlert(randomUUID(), { source: { scope: 'line', value: String(n) } })),
    decisions: lines.map((n) =>
      sampleDecision(randomUUID(), '192.0.2.1', { target: { scope: 'line', value: String(n) } }),
    ),
    cursors: new Map([['log', line]]),
  });
  if (line % 5 === 0) await new Promise((resolve) => setImmediate(resolve));
  tell('.');
  // On a busy machine the kill comes late: what is written until then is to stay little.
  if (++batches > Number(killAfter)) await sleep(5);
}
await store.close();
tell('done\n');

/** The pipe may be full while a busy machine keeps its reader waiting. */
function tell(text: string): void {
  for (;;) {
    try {
      fs.writeSync(1, text);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') process.exit(UNHEARD);
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

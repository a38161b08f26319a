// node bench/generate-log.mjs FILE [--lines 500000] [--seed 1] [--type nginx|sshd] [--hours 24] [--attacks 0.05] [--errors]
// Writes a made-up log that is the same for the same arguments. The line of time is simulated: visitors, crawlers
// and attackers are generators that say what they do and how long they wait, and whoever is due next writes the next
// line. Paths are visited as on real sites: few very often, many rarely (Zipf). --errors adds nginx's error log to
// the access log, as a container prints both.
import { closeSync, openSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { DueQueue } from './generate-log/due-queue.mjs';
import { actorsOfSshd } from './generate-log/sshd.mjs';
import { actorsOfSite } from './generate-log/site.mjs';
import { randomOf } from './generate-log/random.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    lines: { type: 'string', default: '500000' },
    seed: { type: 'string', default: '1' },
    type: { type: 'string', default: 'nginx' },
    hours: { type: 'string', default: '24' },
    attacks: { type: 'string', default: '0.05' },
    errors: { type: 'boolean', default: false },
  },
});
const [file] = positionals;
const lineCount = Number(options.lines);
const hours = Number(options.hours);
const attackShare = Number(options.attacks);
if (
  file === undefined ||
  !['nginx', 'sshd'].includes(options.type) ||
  !(lineCount >= 1 && hours > 0 && attackShare >= 0 && attackShare < 1)
) {
  console.error(
    'usage: node bench/generate-log.mjs FILE [--lines N] [--seed N] [--type nginx|sshd] [--hours N] [--attacks 0..1] [--errors]',
  );
  process.exit(2);
}

const startMs = Date.UTC(2026, 2, 2); // a Monday
const random = randomOf(Number(options.seed));
const make = options.type === 'sshd' ? actorsOfSshd : actorsOfSite;
const { arrivals, write } = make(random, { attackShare, withErrors: options.errors });
const output = openSync(file, 'w');
let pending = [];
let written = 0;

const due = new DueQueue();
// Lines per millisecond that fill the asked hours, before the swing of day and night.
const rate = lineCount / (hours * 3_600_000);
const streams = arrivals.map((arrival) => ({ arrival, nextMs: startMs }));
for (const stream of streams) stream.nextMs += waitFor(stream);

while (written < lineCount) {
  const stream = streams.reduce((first, other) => (other.nextMs < first.nextMs ? other : first));
  const next = due.peek();
  if (next === undefined || stream.nextMs < next.atMs) {
    due.add(stream.nextMs, stream.arrival.start());
    stream.nextMs += waitFor(stream);
    continue;
  }
  due.take();
  const step = next.actor.next();
  if (step.done) continue;
  due.add(next.atMs + step.value.waitMs, next.actor);
  for (const line of write(step.value.did, next.atMs)) put(line);
}
flush();
closeSync(output);

/** Time to the next of a kind, exponentially distributed, with three times as much at noon as at night. */
function waitFor({ arrival, nextMs }) {
  const hour = ((nextMs - startMs) / 3_600_000) % 24;
  const swing = hours < 12 ? 1 : 1 - 0.5 * Math.cos((hour / 24) * 2 * Math.PI);
  return (-Math.log(1 - random.real()) * arrival.linesEach) / (rate * arrival.share * swing);
}

function put(line) {
  if (written >= lineCount) return;
  pending.push(line);
  written++;
  if (pending.length >= 20_000) flush();
}

function flush() {
  if (pending.length > 0) writeSync(output, `${pending.join('\n')}\n`);
  pending = [];
}

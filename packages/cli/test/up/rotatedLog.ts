// A log that is written and rotated as logrotate does it, with everything that was written kept beside it.
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

/** Numbers from 0 up to below 1 that are the same in each run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Lines of a busy site's nginx log, two hundred a second, among them scanners and password guessers. */
export function accessLog(count: number, startMs: number, random: () => number): readonly string[] {
  const lines: string[] = [];
  for (let i = 0; i < count; i++) {
    const at = new Date(startMs + i * 5);
    const dice = random();
    const pick = (of: number): number => Math.floor(random() * of);
    // Attackers come and go: the few that are busy at a time are others a little later.
    const attacker = `198.${18 + (Math.floor(i / 1500) % 2)}.${Math.floor(i / 3000) % 256}.${1 + pick(12)}`;
    if (dice < 0.02)
      lines.push(entry(attacker, at, `GET /${SCANNED[pick(SCANNED.length)]}?${pick(99)}`, 404));
    else if (dice < 0.05) lines.push(entry(attacker, at, `GET /gone/${pick(5000)}`, 404));
    else if (dice < 0.07) lines.push(entry(attacker, at, 'POST /private', 401));
    else lines.push(entry(`203.0.${pick(250)}.${1 + pick(250)}`, at, `GET /node/${pick(900)}`, 200));
  }
  return lines;
}

const SCANNED = ['wp-login.php', 'wp-admin/', '.env', '.git/config', 'wp-content/plugins/x.php'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A line of nginx's log. */
export function entry(
  ip: string,
  at: Date,
  request: string,
  status: number,
  agent = 'Mozilla/5.0 (X11; Linux x86_64)',
): string {
  const [day, time] = at.toISOString().slice(0, 19).split('T') as [string, string]; // always both
  const date = `${day.slice(8)}/${MONTHS[at.getUTCMonth()]}/${day.slice(0, 4)}:${time}`;
  return `${ip} - - [${date} +0000] "${request} HTTP/1.1" ${status} 512 "-" "${agent}"`;
}

export class RotatedLog {
  readonly path: string;
  readonly #bytes: Buffer;
  readonly #all: number;
  #handle: number;
  #at = 0;
  #rotated = 0;

  constructor(folder: string, lines: readonly string[]) {
    this.path = path.join(folder, 'access.log');
    this.#bytes = Buffer.from(`${lines.join('\n')}\n`);
    this.#handle = fs.openSync(this.path, 'a');
    this.#all = fs.openSync(path.join(folder, 'all-lines.txt'), 'a');
  }

  get size(): number {
    return this.#bytes.length;
  }

  get written(): number {
    return this.#at;
  }

  /** Writes the next bytes, wherever in a line they end. */
  write(bytes: number): void {
    const end = Math.min(this.#at + bytes, this.#bytes.length);
    fs.writeSync(this.#handle, this.#bytes, this.#at, end - this.#at);
    fs.writeSync(this.#all, this.#bytes, this.#at, end - this.#at);
    this.#at = end;
  }

  /** Renames the log; the writer goes on in the renamed file to the end of a line, then opens a new one. */
  rotate(): void {
    const name = (number: number, end = ''): string => `${this.path}.${number}${end}`;
    for (let number = this.#rotated; number >= 2; number--)
      fs.renameSync(name(number, '.gz'), name(number + 1, '.gz'));
    if (fs.existsSync(name(1))) {
      fs.renameSync(name(1), name(2));
      fs.writeFileSync(name(2, '.gz'), gzipSync(fs.readFileSync(name(2))));
      fs.unlinkSync(name(2));
    }
    fs.renameSync(this.path, name(1));
    this.#rotated++;
    this.write(Math.max(0, this.#bytes.indexOf(10, this.#at) + 1 - this.#at));
    fs.closeSync(this.#handle);
    this.#handle = fs.openSync(this.path, 'a');
  }

  close(): void {
    fs.closeSync(this.#handle);
    fs.closeSync(this.#all);
  }
}

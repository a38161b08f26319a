// Starts the programs that are compared, each pinned to its core, and reads from /proc what they and the processes
// that they start have used.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { availableParallelism } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

const TICKS_PER_SECOND = 100; // USER_HZ, which Linux shows to programs whatever the kernel was built with
export const isPinned = availableParallelism() >= 4;

/** The command as it is to be run so that it stays on its core; as it is on a machine with few of them. */
export function pinned(core, command, args) {
  return isPinned ? ['taskset', ['-c', String(core), command, ...args]] : [command, args];
}

/** Runs a program until the bench stops it. What it says is shown when it ends too early. */
export function startProgram(name, core, command, args, options = {}) {
  const child = spawn(...pinned(core, command, args), { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => (said = (said + chunk).slice(-4000)));
  const program = { name, pid: child.pid, isStopped: false, hasEnded: false, said: () => said };
  child.on('exit', (code, signal) => {
    program.hasEnded = true;
    if (!program.isStopped) console.error(`${name} ended with ${code ?? signal}:\n${said}`);
  });
  program.stop = async () => {
    program.isStopped = true;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const isOver = once(child, 'exit');
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
    await isOver;
    clearTimeout(timer);
  };
  return program;
}

/** Moves a process with all its threads to another core. */
export function moveTo(core, pid) {
  execFileSync('taskset', ['-a', '-c', '-p', String(core), String(pid)], { stdio: 'ignore' });
}

/** Looks again and again until it is so. */
export async function until(isSo, limitMs = 30_000) {
  const end = performance.now() + limitMs;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error('it took too long');
    await pause(50);
  }
}

/** Resolves when somebody listens; `where` is a port or the path of a socket. */
export async function untilListening(where, program, limitMs = 30_000) {
  const until = performance.now() + limitMs;
  for (;;) {
    const socket = connect(typeof where === 'number' ? { port: where, host: '127.0.0.1' } : { path: where });
    const isThere = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isThere) return;
    if (performance.now() > until || program.hasEnded)
      throw new Error(`${program.name} does not listen on ${where}:\n${program.said()}`);
    await pause(50);
  }
}

/** The processes below these, themselves included. */
export function tree(pids) {
  const parents = new Map();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = statOf(entry);
    if (stat !== undefined) parents.set(Number(entry), stat.parent);
  }
  const found = new Set(pids);
  for (let size = 0; size !== found.size;) {
    size = found.size;
    for (const [pid, parent] of parents) if (found.has(parent)) found.add(pid);
  }
  return [...found];
}

/** User and system seconds of the processes so far, all their threads included. */
export function cpuSeconds(pids) {
  let ticks = 0;
  for (const pid of pids) ticks += statOf(pid)?.ticks ?? 0;
  return ticks / TICKS_PER_SECOND;
}

/** User and system microseconds of the processes so far, to the nanosecond; threads that have ended are left out. */
export function cpuMicroseconds(pids) {
  let nanoseconds = 0;
  for (const pid of pids)
    for (const thread of readdirSync(`/proc/${pid}/task`))
      nanoseconds += Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0]);
  return nanoseconds / 1000;
}

/** The cores that a turn uses: of a machine with few of them, all. */
export function coresInUse() {
  return Array.from({ length: isPinned ? 3 : availableParallelism() }, (_, core) => core);
}

/** Seconds that these cores have worked for programs, and that the host has kept from them, so far. */
export function coresSeconds() {
  const cores = read('/proc/stat').split('\n').slice(1);
  let ticks = 0;
  for (const core of coresInUse()) {
    const [user, nice, system, , , , , steal] = (cores[core] ?? '').split(' ').slice(1).map(Number);
    ticks += user + nice + system + steal;
  }
  return ticks / TICKS_PER_SECOND;
}

/** Seconds of the programs that this one started and that have ended. */
export function cpuSecondsOfEnded() {
  const text = read('/proc/self/stat');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND;
}

export function residentMb(pids) {
  let kb = 0;
  for (const pid of pids) {
    const status = read(`/proc/${pid}/status`);
    kb += Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
  }
  return Math.round(kb / 1024);
}

export function commandLine(pid) {
  return read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
}

function statOf(pid) {
  const text = read(`/proc/${pid}/stat`);
  if (text === '') return undefined;
  // The name stands in brackets and may hold anything, so that fields are counted from the last bracket.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // it has ended
  }
}

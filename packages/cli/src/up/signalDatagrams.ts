// Signals by datagram. UDP is node's own. A Unix datagram socket is not: a relay in perl or python3, one of which nearly
// every machine has, receives and passes on, each datagram behind its length. It ends with its standard input, that is
// with us, so that senders soon see that nobody listens. While we do not read, its pipe fills, then its socket, and
// then senders that do not block are told to wait.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { readBatch, type RawRecord } from '@parapet/api';
import type { SignalsConfig } from '../config/apiSchema.ts';
import { realNetwork } from '../io/network.ts';
import { UsageError } from '../run-verb.ts';
import { PERL_RELAY, PYTHON_RELAY } from './relayPrograms.table.ts';
import { takeAll, type SignalTaking } from './signalTaking.ts';

export interface DatagramOptions extends SignalTaking {
  readonly config: SignalsConfig;
  /** What paths are relative to. */
  readonly folder: string;
}

const MOST_WAITING = 1000;
const MOST_RECORDS = 1000;
const RESTART_MS = 1000;
/** The length of an empty datagram, which says that it listens. */
const READY_BYTES = 4;

/** Listens on all addresses; rejects with a UsageError when one cannot be had. */
export async function openDatagrams(options: DatagramOptions): Promise<{ close(): Promise<void> }> {
  const end = new AbortController();
  const opened: { close(): Promise<void> }[] = [];
  const close = async (): Promise<void> => {
    end.abort();
    for (const one of opened) await one.close();
  };
  try {
    for (const address of options.config.listen)
      opened.push(
        address.startsWith('unix:')
          ? await openUnix(options, path.resolve(options.folder, address.slice(5)), end.signal)
          : await openUdp(options, address.slice(4), end.signal),
      );
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}

/** Takes what has come by now together: many small datagrams cost little more than one. */
async function take(
  options: DatagramOptions,
  datagrams: readonly Uint8Array[],
  signal: AbortSignal,
): Promise<void> {
  let records: RawRecord[] = [];
  for (const bytes of datagrams) {
    const batch = readBatch(bytes, MOST_RECORDS);
    if (!batch.ok) {
      options.refused.add('datagrams', [{ index: 0, code: batch.code, detail: batch.detail }]);
      continue;
    }
    if (records.length + batch.records.length > MOST_RECORDS) {
      await takeAll(options, 'datagrams', records, signal);
      records = [];
    }
    records.push(...batch.records);
  }
  if (records.length > 0) await takeAll(options, 'datagrams', records, signal);
}

async function openUdp(
  options: DatagramOptions,
  address: string,
  signal: AbortSignal,
): Promise<{ close(): Promise<void> }> {
  const match = /^(.*):(\d{1,5})$/.exec(address)!; // as the configuration was checked
  const waiting: Uint8Array[] = [];
  let isBusy = false;
  let dropped = 0;
  const work = async (): Promise<void> => {
    isBusy = true;
    while (waiting.length > 0 && !signal.aborted) await take(options, waiting.splice(0), signal);
    isBusy = false;
  };
  try {
    return await realNetwork.openUdp(match[1]!.replace(/^\[|\]$/g, ''), Number(match[2]), (bytes) => {
      if (waiting.length >= MOST_WAITING) {
        if (dropped++ === 0)
          options.onNote(
            'Signals come by UDP faster than they can be taken; some are lost. Use a Unix socket.',
          );
        return;
      }
      waiting.push(bytes);
      if (!isBusy) void work();
    });
  } catch (error) {
    throw cannotListen(`udp:${address}`, messageOf(error));
  }
}

async function openUnix(
  options: DatagramOptions,
  file: string,
  signal: AbortSignal,
): Promise<{ close(): Promise<void> }> {
  const args = [file, options.config.socket_mode];
  let child = await startRelay(file, args);
  let isClosed = false;
  const run = async (): Promise<void> => {
    for (;;) {
      await readDatagrams(options, child, signal);
      if (isClosed || signal.aborted) return;
      options.onNote('The relay of the signal socket has ended; it is started again.');
      await new Promise((resolve) => setTimeout(resolve, RESTART_MS));
      if (isClosed) return;
      try {
        child = await startRelay(file, args);
      } catch {
        options.onNote(`Signals are no longer taken at ${file}.`);
        return;
      }
    }
  };
  const running = run();
  return {
    close: async () => {
      isClosed = true;
      child.kill();
      await running;
      rmSync(file, { force: true });
    },
  };
}

/** Starts the first relay that there is, and waits until it listens. */
async function startRelay(file: string, args: readonly string[]): Promise<ChildProcess> {
  for (const [program, ...how] of [
    ['perl', '-e', PERL_RELAY],
    ['python3', '-c', PYTHON_RELAY],
  ] as const) {
    const child = spawn(program, [...how, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-500)));
    child.stdin.on('error', () => {});
    const closed = once(child, 'close').then(
      () => 'closed' as const,
      () => 'absent' as const,
    );
    await Promise.race([closed, once(child.stdout, 'readable')]);
    // It is readable at its end too.
    if (child.stdout.read(READY_BYTES) !== null) return child;
    if ((await closed) === 'absent') continue;
    throw cannotListen(`unix:${file}`, said.trim() || 'the relay ended');
  }
  throw new UsageError(
    'E_SIGNALS_RELAY',
    `Signals cannot be taken at ${file}: there is neither perl nor python3 here`,
    'Install one of them, or use udp:127.0.0.1:8092 or the spool instead',
  );
}

/** Takes datagram after datagram until the relay ends. */
async function readDatagrams(
  options: DatagramOptions,
  { stdout }: ChildProcess,
  signal: AbortSignal,
): Promise<void> {
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of stdout! as AsyncIterable<Buffer>) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const datagrams: Buffer[] = [];
      while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32BE(0)) {
        const datagram = rest.subarray(4, 4 + rest.readUInt32BE(0));
        rest = rest.subarray(4 + datagram.length);
        datagrams.push(datagram);
      }
      await take(options, datagrams, signal);
    }
  } catch {
    // A pipe that breaks is the end of it.
  }
}

function cannotListen(address: string, why: string): UsageError {
  return new UsageError(
    'E_SIGNALS_LISTEN',
    `Signals cannot be taken at ${address}: ${why}`,
    'Give another address: signals.listen in the configuration',
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

// What reports here, from this machine or another: agents that send alerts, bouncers that fetch decisions, applications
// with a token. Who should have been heard of again is silent: that is told once, and once more when it is back. A
// bouncer that does not come as often as it did is late, and acts on old decisions meanwhile.

import type { NodeRow } from '@parapet/dashboard';
import { formatSpan } from '@parapet/reports';
import type { Store } from '@parapet/store';

/** Agents are heard of each minute (the heartbeat of CrowdSec's protocol), bouncers poll several times a minute. */
const SILENT_AFTER_MS = { machine: 5 * 60_000, bouncer: 60 * 60_000, application: Infinity } as const;
const LATE_AFTER_MS = 5 * 60_000;
/** Who comes by cron may miss a turn. */
const LATE_PAUSES = 2;
/** Clocks that ask a time server differ by less, also when a request was on its way for long. */
const CLOCK_MS = 5000;
const TURN_MS = 30_000;
const RANKS = { silent: 0, late: 1, waiting: 2, heard: 3, never: 4 } as const;

type Known = Pick<Store, 'clients' | 'tokens'>;

/** Returns what reports here, the silent ones first. `upMs`: since when somebody has been here to be reported to. */
export async function nodesOf(
  { clients, tokens }: Known,
  nowMs: number,
  upMs: number,
): Promise<readonly NodeRow[]> {
  const [machines, bouncers, applications] = await Promise.all([
    clients.listMachines(),
    clients.listBouncers(),
    tokens.list(),
  ]);
  const rowOf = (
    kind: NodeRow['kind'],
    name: string,
    seenAt: Date | undefined,
    more: Pick<NodeRow, 'type' | 'version' | 'ip'>,
    { pauseMs, clockAheadMs = 0 }: Habits,
  ): NodeRow => {
    if (seenAt === undefined) return { kind, name, ...more, state: 'never' };
    const seenMs = seenAt.getTime();
    const state = stateOf(kind, nowMs - Math.max(seenMs, upMs), pauseMs);
    // What a silent one said last may be long mended.
    const isOff = state !== 'silent' && Math.abs(clockAheadMs) > CLOCK_MS;
    return {
      ...{ kind, name, ...more, seenMs, state },
      ...(pauseMs === undefined ? {} : { pauseMs }),
      ...(isOff ? { clockAheadMs } : {}),
    };
  };
  const rows = [
    ...machines.map((machine): NodeRow => {
      const { name, seenAt, ip, version, isValidated } = machine;
      const row = rowOf('machine', name, seenAt, { type: '', version, ip }, habitsOf(machine));
      return isValidated ? row : { ...row, state: 'waiting' };
    }),
    ...bouncers.map((bouncer) => {
      const { name, pulledAt, type, ip, version } = bouncer;
      return rowOf('bouncer', name, pulledAt, { type, version, ip }, habitsOf(bouncer));
    }),
    ...applications.map((application) => {
      const { name, usedAt, ip = '' } = application;
      return rowOf('application', name, usedAt, { type: '', version: '', ip }, habitsOf(application));
    }),
  ];
  const rankOf = ({ state, clockAheadMs }: NodeRow): number =>
    clockAheadMs === undefined ? RANKS[state] : Math.min(RANKS[state], RANKS.late);
  return rows.toSorted((a, b) => rankOf(a) - rankOf(b) || a.name.localeCompare(b.name));
}

interface Habits {
  readonly pauseMs?: number;
  readonly clockAheadMs?: number;
}

function habitsOf({ pauseMs, clockAheadMs }: Habits): Habits {
  return {
    ...(pauseMs === undefined ? {} : { pauseMs }),
    ...(clockAheadMs === undefined ? {} : { clockAheadMs }),
  };
}

function stateOf(kind: NodeRow['kind'], quietMs: number, pauseMs: number | undefined): NodeRow['state'] {
  const lateMs = pauseMs === undefined ? Infinity : Math.max(LATE_AFTER_MS, LATE_PAUSES * pauseMs);
  // Who comes seldom is not silent before it is late.
  const silentMs = lateMs === Infinity ? SILENT_AFTER_MS[kind] : Math.max(SILENT_AFTER_MS[kind], lateMs);
  if (quietMs > silentMs) return 'silent';
  return quietMs > lateMs ? 'late' : 'heard';
}

/** Told of a node that has fallen silent, and of one that is back. */
export type NodeTold = (node: NodeRow) => void;

export class NodeWatch {
  readonly #store: Known;
  readonly #nowMs: () => number;
  readonly #upMs: number;
  readonly #onTold: NodeTold;
  readonly #silent = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(store: Known, nowMs: () => number, onTold: NodeTold) {
    this.#store = store;
    this.#nowMs = nowMs;
    this.#upMs = nowMs();
    this.#onTold = onTold;
  }

  start(): void {
    // A store that cannot be read says so itself.
    this.#timer = setInterval(() => void this.turn().catch(() => {}), TURN_MS);
    this.#timer.unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
  }

  /** Looks who is silent and who is back. */
  async turn(): Promise<void> {
    const rows = await nodesOf(this.#store, this.#nowMs(), this.#upMs);
    const keys = new Set(rows.map(keyOf));
    for (const key of this.#silent) if (!keys.has(key)) this.#silent.delete(key);
    for (const node of rows) {
      const key = keyOf(node);
      if (node.state === 'silent' && !this.#silent.has(key)) {
        this.#silent.add(key);
        this.#onTold(node);
      } else if (node.state !== 'silent' && this.#silent.delete(key)) this.#onTold(node);
    }
  }
}

function keyOf({ kind, name }: NodeRow): string {
  return `${kind} ${name}`;
}

/** What is wrong with a node, and what to do about it; without a full stop. */
export interface NodeTrouble {
  readonly says: string;
  readonly fix: string;
}

/** Returns what is wrong with a node. */
export function nodeTroubles(node: NodeRow, nowMs: number): readonly NodeTrouble[] {
  const { kind, name, state, seenMs = 0, pauseMs = 0, clockAheadMs } = node;
  const troubles: NodeTrouble[] = [];
  const remove = `parapet ${kind === 'bouncer' ? 'bouncers' : 'machines'} delete ${name}`;
  const look = `Look whether it runs there and reaches this engine; if it is gone for good, remove it: ${remove}`;
  const quiet = formatSpan(nowMs - seenMs);
  if (state === 'silent')
    troubles.push({ says: `${whoIs(node)} has not been heard of for ${quiet}`, fix: look });
  if (state === 'late')
    troubles.push({
      says: `${whoIs(node)} has fetched no decisions for ${quiet}, and used to come every ${formatSpan(pauseMs)} or sooner: it acts on old ones`,
      fix: look,
    });
  if (clockAheadMs !== undefined)
    troubles.push({
      says: `The clock of the ${named(node)} is ${formatSpan(Math.abs(clockAheadMs))} ${clockAheadMs > 0 ? 'ahead of' : 'behind'} this engine's: what it tells has wrong times`,
      fix: 'Set the clocks of both machines by a time server (chrony, systemd-timesyncd)',
    });
  return troubles;
}

/** Returns a sentence for people about a node that has fallen silent, or is back. */
export function nodeSentence(node: NodeRow, nowMs: number): string {
  const [trouble] = node.state === 'silent' ? nodeTroubles(node, nowMs) : [];
  return trouble === undefined ? `${whoIs(node)} is heard of again.` : `${trouble.says}. ${trouble.fix}`;
}

function whoIs(node: NodeRow): string {
  return `The ${named(node)}`;
}

function named({ kind, name, ip }: NodeRow): string {
  return `${kind} ${name}${ip === '' ? '' : ` (${ip})`}`;
}

// What reports here, from this machine or another: agents that send alerts, bouncers that fetch decisions, applications
// with a token. Who should have been heard of again is silent: that is told once, and once more when it is back.

import type { NodeRow } from '@parapet/dashboard';
import type { Store } from '@parapet/store';

/** Agents are heard of each minute (the heartbeat of CrowdSec's protocol), bouncers poll several times a minute. */
const SILENT_AFTER_MS = { machine: 5 * 60_000, bouncer: 60 * 60_000, application: Infinity } as const;
const TURN_MS = 30_000;
const RANKS = { silent: 0, waiting: 1, heard: 2, never: 3 } as const;

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
  ): NodeRow => {
    if (seenAt === undefined) return { kind, name, ...more, state: 'never' };
    const seenMs = seenAt.getTime();
    const isSilent = nowMs - Math.max(seenMs, upMs) > SILENT_AFTER_MS[kind];
    return { kind, name, ...more, seenMs, state: isSilent ? 'silent' : 'heard' };
  };
  const rows = [
    ...machines.map(({ name, seenAt, ip, version, isValidated }): NodeRow => {
      const row = rowOf('machine', name, seenAt, { type: '', version, ip });
      return isValidated ? row : { ...row, state: 'waiting' };
    }),
    ...bouncers.map(({ name, pulledAt, type, ip, version }) =>
      rowOf('bouncer', name, pulledAt, { type, version, ip }),
    ),
    ...applications.map(({ name, usedAt, ip = '' }) =>
      rowOf('application', name, usedAt, { type: '', version: '', ip }),
    ),
  ];
  return rows.toSorted((a, b) => RANKS[a.state] - RANKS[b.state] || a.name.localeCompare(b.name));
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

/** Returns a sentence for people. */
export function nodeSentence(node: NodeRow, nowMs: number): string {
  return node.state === 'silent'
    ? `${nodeSays(node, nowMs)}. ${nodeAdvice(node)}`
    : `${whoIs(node)} is heard of again.`;
}

/** Returns since when a silent node is silent, without a full stop. */
export function nodeSays(node: NodeRow, nowMs: number): string {
  const minutes = Math.round((nowMs - (node.seenMs ?? 0)) / 60_000);
  return `${whoIs(node)} has not been heard of for ${minutes} minutes`;
}

/** Returns what to do about a silent node. */
export function nodeAdvice({ kind, name }: NodeRow): string {
  const verb = kind === 'bouncer' ? 'bouncers' : 'machines';
  return `Look whether it runs there and reaches this engine; if it is gone for good, remove it: parapet ${verb} delete ${name}`;
}

function whoIs({ kind, name, ip }: NodeRow): string {
  return `The ${kind} ${name}${ip === '' ? '' : ` (${ip})`}`;
}

// What the gateway's guards bring to the engine beside requests: appeals, where operators are, one-time links.
// It comes from workers of this program, yet what they pass on was written by strangers: each part is checked.

import type { Redeemed } from '@parapet/enforcement';
import { OPERATOR_HOURS, type Pipeline } from '@parapet/engine';
import { parseIp, parseIpOrCidr, type Ip } from '@parapet/kinds';
import { plain } from '@parapet/reports';
import type { Store, StoredAppeal, StoredDecision } from '@parapet/store';

export interface GuardDeskOptions {
  readonly store: Store;
  readonly pipeline: Pipeline;
  readonly nowMs: () => number;
  /** A line for the owner. */
  readonly onNote: (text: string) => void;
  /** Told of an appeal when it is kept. */
  readonly onAppeal?: (appeal: StoredAppeal) => void;
  /** These decisions are lifted in the store; whoever else holds them has to let go. */
  readonly onLifted: (decisions: readonly StoredDecision[]) => void;
  /** The gateway's workers have to know from when on trust counts. */
  readonly onTrustEpoch: (epoch: number) => void;
}

const EPOCH_POLL_MS = 1000;
const SEEN_FOR_MS = OPERATOR_HOURS * 3_600_000;
const LONGEST_NAME = 64;
const LONGEST_LINK_MS = 86_400_000;

export class GuardDesk {
  readonly #options: GuardDeskOptions;
  #epoch = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: GuardDeskOptions) {
    this.#options = options;
  }

  /** Returns the number of the trust that counts; to be called before the first line. */
  async open(): Promise<number> {
    const { store, pipeline, nowMs } = this.#options;
    // Oldest first: the rule remembers the latest.
    const operators = (await store.listOperators(new Date(nowMs() - SEEN_FOR_MS))).toReversed();
    for (const { ip, who, lastAt } of operators) pipeline.sawOperator({ ip, who, atMs: lastAt.getTime() });
    this.#epoch = await store.trustEpoch();
    this.#timer = setInterval(() => void this.#readEpoch().catch(() => {}), EPOCH_POLL_MS);
    this.#timer.unref();
    return this.#epoch;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Keeps an appeal and tells the owner. */
  readonly appeal = (said: unknown): void => {
    const ip = ipOf(said);
    const message = textOf(said, 'message', 4000);
    if (ip === undefined || message === '') return;
    const atMs = numberOf(said, 'atMs') ?? this.#options.nowMs();
    this.#options.store
      .addAppeal({
        site: textOf(said, 'site', 256),
        recordId: /^[0-9a-f]{8}$/.exec(textOf(said, 'recordId', 8))?.[0] ?? '',
        ip,
        message,
        email: textOf(said, 'email', 256),
        language: textOf(said, 'language', 8),
        at: new Date(atMs),
      })
      .then((appeal) => {
        this.#options.onNote(appealLine(appeal));
        this.#options.onAppeal?.(appeal);
      })
      .catch(() => {
        this.#options.onNote(`An appeal of ${ip} could not be stored and is lost.`);
      });
  };

  /** Keeps where someone whom the site trusts is: nothing is decided on it. */
  readonly trusted = (said: unknown): void => {
    const ip = ipOf(said);
    const who = textOf(said, 'who', LONGEST_NAME);
    if (ip === undefined || who === '') return;
    const { store, pipeline, nowMs } = this.#options;
    const atMs = numberOf(said, 'atMs') ?? nowMs();
    const kind = textOf(said, 'kind', 16) === 'operator' ? 'operator' : 'vouched';
    pipeline.sawOperator({ ip, who, atMs });
    // A store that cannot be written says so itself; the engine knows for as long as it runs.
    store.sawOperator({ site: textOf(said, 'site', 256), who, ip, kind, at: new Date(atMs) }).catch(() => {});
  };

  /** Takes a one-time link; the first time what is decided on the visitor's address ends. */
  readonly redeem = async (said: unknown): Promise<Redeemed> => {
    const ip = ipOf(said);
    const nonce = /^[0-9a-f]{32}$/.exec(textOf(said, 'nonce', 32))?.[0];
    const expiresAtMs = numberOf(said, 'expiresAtMs');
    const { store, nowMs, onLifted, onNote } = this.#options;
    if (ip === undefined || nonce === undefined || expiresAtMs === undefined)
      return { outcome: 'used', lifted: 0 };
    if (expiresAtMs <= nowMs() || expiresAtMs > nowMs() + LONGEST_LINK_MS)
      return { outcome: 'used', lifted: 0 };
    if (!(await store.useLink(nonce, new Date(expiresAtMs)))) return { outcome: 'used', lifted: 0 };
    const inside = parseIpOrCidr(ip)!;
    const lifted = await store.liftDecisions({ inside }, 'one-time link', 'its holder came in from here');
    onLifted(lifted);
    const ended = lifted.length === 0 ? '' : ` What was decided on it has ended (${lifted.length}).`;
    onNote(`Someone came in by a one-time link from ${ip}.${ended}`);
    return { outcome: 'first', lifted: lifted.length };
  };

  async #readEpoch(): Promise<void> {
    const epoch = await this.#options.store.trustEpoch();
    if (epoch === this.#epoch) return;
    this.#epoch = epoch;
    this.#options.pipeline.forgetOperators();
    this.#options.onTrustEpoch(epoch);
    this.#options.onNote('All trust was ended: operators have to come in anew (parapet unban --link).');
  }
}

function appealLine({ number, ip, recordId, message }: StoredAppeal): string {
  const record = recordId === '' ? '' : ` against record ${recordId}`;
  const words = message.replace(/\s+/g, ' ');
  const shown = words.length > 80 ? `${words.slice(0, 80)}…` : words;
  return `Needs you: appeal #${number} from ${ip}${record}: "${plain(shown)}"  parapet appeals show ${number}`;
}

function fieldOf(said: unknown, name: string): unknown {
  return typeof said === 'object' && said !== null ? Reflect.get(said, name) : undefined;
}

function textOf(said: unknown, name: string, longest: number): string {
  const value = fieldOf(said, name);
  return typeof value === 'string' ? value.slice(0, longest) : '';
}

function numberOf(said: unknown, name: string): number | undefined {
  const value = fieldOf(said, name);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function ipOf(said: unknown): Ip | undefined {
  return parseIp(textOf(said, 'ip', 45));
}

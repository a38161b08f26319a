// One log: can it be read, what is it, do its lines parse, is its time right, are its addresses those of visitors?

import { detectLogType, type DetectedType, type Event, type Listener } from '@parapet/engine';
import { isPublicIp, parseIp } from '@parapet/kinds';
import { formatCount, formatSpan } from '@parapet/reports';
import { eventFields } from '../engine/eventFields.ts';
import type { PreparedEngine } from '../engine/prepareEngine.ts';
import type { Card } from './card.ts';
import { readLastLines } from './lastLines.ts';

const LINES = 2000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Clocks of machines that ask a time server differ by less. */
const SKEW_MS = 2 * MINUTE;
/** Fewer requests than this say nothing about who carries the traffic. */
const ENOUGH = 50;

interface Seen {
  parsed: number;
  unparsedLine: string | undefined;
  requests: number;
  privateRequests: number;
  readonly byAddress: Map<string, number>;
  newestMs: number;
  lastMs: number;
}

/** Takes lines through an engine and keeps what became of them. */
export class LogProbe {
  #seen: Seen = nothingSeen();
  #fields: ReturnType<typeof eventFields> | undefined;

  /** To be given to the engine that `check` is called with. */
  readonly listener: Listener = {
    onEvent: (event) => this.#onEvent(event),
    onUnparsed: (raw) => {
      this.#seen.unparsedLine ??= raw;
    },
  };

  async check(
    file: string,
    shown: string,
    type: string | undefined,
    engine: PreparedEngine,
    nowMs: number,
  ): Promise<readonly Card[]> {
    let read;
    try {
      read = await readLastLines(file, LINES);
    } catch (error) {
      const says = `${shown} cannot be read: ${(error as Error).message}`; // node:fs rejects with Errors
      const fix = 'Let this user read it; on Debian: sudo usermod -aG adm "$USER", then log in again.';
      return [{ level: 'critical', topic: 'log', says, fix }];
    }
    if (read === undefined) {
      const fix = 'Check the path; parapet init looks for logs in the usual places.';
      return [{ level: 'critical', topic: 'log', says: `There is no log ${shown}`, fix }];
    }
    const { lines, modifiedAtMs } = read;
    if (lines.length === 0) {
      const fix = 'Look whether the web server writes here, once the site was visited.';
      return [{ level: 'recommended', topic: 'log', says: `${shown} is still empty`, fix }];
    }
    const detected = detectLogType(lines, file);
    const known = type ?? detected.type;
    if (known === undefined) {
      const fix = `Say what writes it: --log ${shown}=nginx, or type: in parapet.yaml.`;
      const says = `${shown}: the lines look like no known log`;
      return [{ level: 'critical', topic: 'log', says, fix, example: lines[0]! }];
    }
    this.#seen = nothingSeen();
    this.#fields = eventFields(engine.pipeline.stages.event.schema);
    const origin = { src: file, module: 'file', labels: { type: known } };
    for (const line of lines) engine.pipeline.process(line, origin, nowMs);
    return [
      parseCard(shown, known, type === undefined, detected, lines.length, this.#seen),
      ...ageCards(shown, nowMs, modifiedAtMs),
      ...clockCards(shown, nowMs, modifiedAtMs, this.#seen),
      ...proxyCards(shown, this.#seen),
    ];
  }

  #onEvent(event: Event): void {
    const seen = this.#seen;
    seen.parsed++;
    const { atMs, source, status } = this.#fields!(event);
    if (event.marshaledTime !== '') {
      seen.newestMs = Math.max(seen.newestMs, atMs);
      seen.lastMs = atMs;
    }
    const ip = status === '' ? undefined : parseIp(source);
    if (ip === undefined) return;
    seen.requests++;
    if (!isPublicIp(ip)) seen.privateRequests++;
    seen.byAddress.set(source, (seen.byAddress.get(source) ?? 0) + 1);
  }
}

function nothingSeen(): Seen {
  return {
    parsed: 0,
    unparsedLine: undefined,
    requests: 0,
    privateRequests: 0,
    byAddress: new Map(),
    newestMs: 0,
    lastMs: 0,
  };
}

function parseCard(
  shown: string,
  type: string,
  isDetected: boolean,
  detected: DetectedType,
  count: number,
  { parsed, unparsedLine }: Seen,
): Card {
  const share = parsed / count;
  const sure = isDetected ? `detected, ${Math.round(detected.confidence * 100)} % sure` : 'as configured';
  const says = `${shown} is read as ${type} (${sure}); ${formatCount(parsed)} of its last ${formatCount(count)} lines parse`;
  const example = unparsedLine === undefined ? {} : { example: unparsedLine };
  if (share >= 0.9) return { level: 'fine', topic: 'log', says };
  const isOther =
    !isDetected && detected.type !== undefined && detected.type !== type && detected.confidence > 0.7;
  const fix = isOther
    ? `It looks like ${detected.type}: change its type. See why: parapet explain ${shown} --type ${type}`
    : `See which parser stops at which line: parapet explain ${shown} --type ${type}`;
  return {
    level: parsed === 0 ? 'critical' : share < 0.5 ? 'important' : 'recommended',
    topic: 'log',
    says,
    fix,
    ...example,
  };
}

function ageCards(shown: string, nowMs: number, modifiedAtMs: number): readonly Card[] {
  const age = nowMs - modifiedAtMs;
  if (age < 24 * HOUR) return [];
  const says = `Nothing was written to ${shown} for ${formatSpan(age)}`;
  return [
    {
      level: 'important',
      topic: 'log',
      says,
      fix: 'Look whether the web server writes to another file now.',
    },
  ];
}

function clockCards(
  shown: string,
  nowMs: number,
  modifiedAtMs: number,
  { newestMs, lastMs }: Seen,
): readonly Card[] {
  if (newestMs === 0) return [];
  const ahead = newestMs - nowMs;
  if (ahead > SKEW_MS) {
    const says = `The time in ${shown} is ${formatSpan(ahead)} ahead of this machine's clock`;
    const fix =
      zoneFix(ahead) ?? 'Set the clock of both machines by a time server (chrony, systemd-timesyncd).';
    return [{ level: 'important', topic: 'log', says, fix }];
  }
  // The last line was written when the file was changed last; a copied file is newer by any time.
  const behind = modifiedAtMs - lastMs;
  const fix = behind > SKEW_MS && behind < 14.5 * HOUR ? zoneFix(behind) : undefined;
  if (fix === undefined) return [];
  const says = `The last line of ${shown} says a time ${formatSpan(behind)} before it was written`;
  return [{ level: 'recommended', topic: 'log', says, fix }];
}

/** Time zones differ by whole quarters of an hour. */
function zoneFix(differenceMs: number): string | undefined {
  const quarters = Math.round(differenceMs / (15 * MINUTE));
  const isWhole = quarters >= 2 && Math.abs(differenceMs - quarters * 15 * MINUTE) < SKEW_MS;
  return isWhole
    ? 'It looks like another time zone: let the log be written in UTC, or with its zone.'
    : undefined;
}

function proxyCards(shown: string, { requests, privateRequests, byAddress }: Seen): readonly Card[] {
  if (requests < ENOUGH) return [];
  const [address, count] = [...byAddress].reduce((most, one) => (one[1] > most[1] ? one : most));
  const percent = (part: number): string => `${Math.round((part / requests) * 100)} %`;
  const fix =
    'A proxy or CDN is taken for the visitors. Let the web server log the real address: real_ip_header in nginx, mod_remoteip in Apache.';
  if (privateRequests / requests >= 0.5) {
    const says = `${percent(privateRequests)} of the requests in ${shown} come from private addresses (most from ${address})`;
    return [{ level: 'critical', topic: 'log', says, fix }];
  }
  if (count / requests >= 0.8 && requests >= 4 * ENOUGH) {
    const says = `${percent(count)} of the requests in ${shown} come from ${address}`;
    return [
      {
        level: 'important',
        topic: 'log',
        says,
        fix: `${fix} If it is a monitor of yours: parapet allowlist add ${address}`,
      },
    ];
  }
  return [];
}

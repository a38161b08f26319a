// Who comes into the dashboard, and who tries to, as the engine takes it: signals like those of any application, so
// that the scenarios for them see guessing here too; and where those are who decide, so that nothing is decided on
// their addresses.

import { createHmac, randomUUID } from 'node:crypto';
import { highestRole, mayAct, type AccessTold } from '@parapet/dashboard';
import { parseIp, signalLine, type Ip, type Line, type LineOrigin } from '@parapet/kinds';
import { DASHBOARD_SITE } from './siteFinder.ts';

interface AccessSurroundings {
  readonly secret: Uint8Array;
  readonly nowMs: () => number;
  readonly onLine: (line: Line) => void;
  readonly onOperator: (seen: { readonly who: string; readonly ip: Ip; readonly atMs: number }) => void;
}

const ORIGIN: LineOrigin = { src: 'the dashboard', module: 'signal', labels: { type: 'signal' } };
/** A flood of tries says no more than its first of each second. */
const MOST_PER_SECOND = 20;
/** What scenarios compare: never the name itself. */
const HASH_DIGITS = 32;

/** Returns what the dashboard is to tell of who comes and tries to come in. */
export function accessTeller(surroundings: AccessSurroundings): (told: AccessTold) => void {
  const { secret, nowMs, onLine, onOperator } = surroundings;
  let second = 0;
  let count = 0;
  return ({ type, ip: told, user, reason }) => {
    const ip = parseIp(told);
    if (ip === undefined) return;
    const atMs = nowMs();
    if (user !== undefined && mayAct(highestRole(user) ?? '', 'operator'))
      if (type === 'login.ok' || type === 'seen') onOperator({ who: user.name, ip, atMs });
    if (type === 'seen') return;
    if (Math.floor(atMs / 1000) !== second) [second, count] = [Math.floor(atMs / 1000), 0];
    count += 1;
    if (count > MOST_PER_SECOND) return;
    const raw = signalLine(
      {
        ...{ id: undefined, atMs, type, site: DASHBOARD_SITE, ip, session: undefined },
        user: user === undefined ? undefined : hashOf(secret, user.name),
        attributes: [
          ...(type === 'login.failed' ? [['account_exists', user !== undefined] as const] : []),
          ...(reason === undefined ? [] : [['reason', reason] as const]),
        ],
      },
      randomUUID(),
    );
    onLine({ raw, origin: ORIGIN, readAtMs: atMs });
  };
}

function hashOf(secret: Uint8Array, name: string): string {
  return createHmac('sha256', secret).update(`user ${name}`).digest('hex').slice(0, HASH_DIGITS);
}

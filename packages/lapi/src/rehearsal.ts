// What an API does again and again, done before the first client asks: the first alerts and polls of a process take
// ten times as long as those that follow, and all who come meanwhile would wait for them. It is done on a store in
// memory, and leaves nothing behind.

import { IN_MEMORY, openStore } from '@parapet/store';
import { hashOfKey, newBouncerKey } from './auth/keys.ts';
import { Tokens } from './auth/tokens.ts';
import { createLapi } from './lapi.ts';

const ALERTS = 40;
const POLLS_EACH = 4;
const HERE = { ip: '127.0.0.1' };

/** Takes alerts and polls through an API of its own; some 200 ms of work. `onAnswer` is told each answer. */
export async function rehearseLapi(
  onAnswer: (path: string, status: number) => void = () => {},
): Promise<void> {
  const startMs = Date.UTC(2026, 0, 1);
  let passed = 0;
  const now = (): Date => new Date(startMs + passed);
  const store = await openStore({ dataDir: IN_MEMORY, role: 'tool', now });
  const secret = new Uint8Array(32).fill(1);
  const key = newBouncerKey();
  const lapi = createLapi({
    ...{ store, now, secret },
    ingest: (sent) =>
      store.record({
        alerts: sent.map(({ alert }) => alert),
        decisions: sent.flatMap(({ decisions }) => decisions),
      }),
    ingestMore: () => {},
    onLifted: () => {},
  });
  const ask = async (
    path: string,
    headers: Readonly<Record<string, string>>,
    body?: unknown,
  ): Promise<void> => {
    const more = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const answer = await lapi(new Request(`http://127.0.0.1${path}`, { headers, ...more }), HERE);
    await answer.text();
    onAnswer(path, answer.status);
  };
  const client = { name: 'rehearsal', ip: '', version: '', createdAt: now() };
  await store.clients.putBouncer({ ...client, keyHash: hashOfKey(key), type: '' });
  await store.clients.putMachine({ ...client, isValidated: true, scenarios: [] });
  const machine = { authorization: `Bearer ${new Tokens(secret).issue(client.name, now()).text}` };
  const bouncer = { 'x-api-key': key, 'user-agent': 'rehearsal/v1' };
  await ask('/v1/decisions/stream?startup=true', bouncer);
  for (let i = 0; i < ALERTS; i++) {
    await ask('/v1/alerts', machine, [alertOn(i, now().toISOString())]);
    for (let poll = 0; poll < POLLS_EACH; poll++) await ask('/v1/decisions/stream', bouncer);
    await lapi.flush();
    passed += 1000;
  }
  await store.close();
}

/** As an agent sends it; TEST-NET-1 (RFC 5737) is nobody's address. */
function alertOn(i: number, at: string): object {
  const value = `192.0.2.${i % 256}`;
  const target = { scope: 'Ip', value };
  return {
    ...{ capacity: 5, events_count: 6, leakspeed: '10s', message: 'rehearsal', remediation: true },
    ...{ scenario: 'rehearsal', scenario_hash: '', scenario_version: '', simulated: false },
    events: [{ meta: [{ key: 'http_path', value: '/' }], timestamp: at }],
    source: { ...target, ip: value },
    decisions: [
      {
        ...target,
        origin: 'crowdsec',
        type: 'ban',
        duration: i % 2 === 0 ? '4h' : '10s',
        scenario: 'rehearsal',
      },
    ],
    ...{ start_at: at, stop_at: at },
  };
}

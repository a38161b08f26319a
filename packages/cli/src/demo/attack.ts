// The scripted attack on the demo shop: five attackers, each from an address of their own, while people go on shopping.
// It says what happened to each, so that it can be watched beside the live view. The gateway of the demo believes
// X-Forwarded-For from this machine, which is how one machine can be many.

import http from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { ATTACKS, VISITED, VISITOR_AGENT, VISITORS, type Attack } from './attacks.table.ts';
import { DEMO_HEADER } from './site.ts';

export interface AttackResult {
  readonly attack: Attack;
  /** How many requests the site answered before the attacker was stopped. */
  readonly answered: number;
  /** How many were sent. */
  readonly sent: number;
  readonly isStopped: boolean;
  /** Of the block page. */
  readonly recordId: string;
}

export interface DemoResult {
  readonly attacks: readonly AttackResult[];
  readonly visits: number;
  /** What visitors met that was no page. */
  readonly troubled: number;
  /** What ambiguous bytes were answered with. */
  readonly smuggled: number;
}

interface Got {
  readonly status: number;
  readonly isDemo: boolean;
  readonly recordId: string;
}

/** Whether the demo shop answers there. */
export async function isDemoSite(url: string): Promise<boolean> {
  const got = await ask(url, '/', { from: undefined, agent: VISITOR_AGENT }).catch(() => undefined);
  return got?.isDemo === true;
}

/** Runs all attacks, one after the other, beside the visitors; `say` gets a line for each thing that happens. */
export async function runAttacks(
  url: string,
  say: (line: string) => Promise<void>,
  options: { readonly haste?: number } = {},
): Promise<DemoResult> {
  const haste = options.haste ?? 1;
  const shopping = { isOver: false, visits: 0, troubled: 0 };
  const visitors = VISITORS.map((from, i) => visit(url, from, i, shopping, haste));
  const results: AttackResult[] = [];
  for (const attack of ATTACKS) results.push(await run(url, attack, say, haste));
  const smuggled = await smuggle(url);
  await say(
    `\n203.0.113.77  hides a request inside another\n  the bytes are refused with ${smuggled || 'nothing'}`,
  );
  shopping.isOver = true;
  await Promise.all(visitors);
  return { attacks: results, visits: shopping.visits, troubled: shopping.troubled, smuggled };
}

async function run(
  url: string,
  attack: Attack,
  say: (line: string) => Promise<void>,
  haste: number,
): Promise<AttackResult> {
  await say(`\n${attack.from}  ${attack.name}`);
  let answered = 0;
  let sent = 0;
  let stopped: Got | undefined;
  for (const { target, form } of attack.requests) {
    const got = await ask(url, target, { from: attack.from, agent: attack.agent, ...(form && { form }) });
    sent++;
    const what = form === undefined ? `GET ${target}` : `POST ${target} ${form['name']} / ${form['pass']}`;
    await say(`  ${String(got.status)}  ${shorten(what)}${got.isDemo ? '' : '   <- Parapet'}`);
    if (!got.isDemo) {
      stopped ??= got;
      if (sent - answered >= 2) break;
    } else answered++;
    await pause(attack.pauseMs / haste);
  }
  const record =
    stopped?.recordId === undefined || stopped.recordId === '' ? '' : `, record ${stopped.recordId}`;
  await say(stopped === undefined ? '  not stopped' : `  stopped ${when(answered)}${record}`);
  return { attack, answered, sent, isStopped: stopped !== undefined, recordId: stopped?.recordId ?? '' };
}

function when(answered: number): string {
  if (answered === 0) return 'within the first request';
  return `after ${answered === 1 ? '1 answer' : `${answered} answers`} of the site`;
}

async function visit(
  url: string,
  from: string,
  start: number,
  shopping: { isOver: boolean; visits: number; troubled: number },
  haste: number,
): Promise<void> {
  for (let i = start * 3; !shopping.isOver; i++) {
    const got = await ask(url, VISITED[i % VISITED.length]!, { from, agent: VISITOR_AGENT });
    shopping.visits++;
    if (got.status !== 200) shopping.troubled++;
    await pause((150 + ((i * 97) % 200)) / haste);
  }
}

async function ask(
  url: string,
  target: string,
  {
    from,
    agent,
    form,
  }: {
    readonly from: string | undefined;
    readonly agent: string;
    readonly form?: Readonly<Record<string, string>>;
  },
): Promise<Got> {
  const { hostname, port } = new URL(url);
  const body = form === undefined ? undefined : new URLSearchParams(form).toString();
  return new Promise((resolve, reject) => {
    const req = http.request(
      {
        // The target is sent as it is written: URL would tidy the dots away.
        ...{ hostname, port, path: target, method: body === undefined ? 'GET' : 'POST' },
        agent: false,
        timeout: 10_000,
        headers: {
          'User-Agent': agent,
          Accept: 'text/html',
          ...(from === undefined ? {} : { 'X-Forwarded-For': from }),
          ...(body === undefined
            ? {}
            : {
                'Content-Type': 'application/x-www-form-urlencoded',
                'Content-Length': Buffer.byteLength(body),
              }),
        },
      },
      (res) => {
        let text = '';
        res.setEncoding('utf8');
        res.on('data', (chunk: string) => (text += text.length < 65_536 ? chunk : ''));
        res.on('error', reject);
        res.on('end', () =>
          resolve({
            status: res.statusCode ?? 0,
            isDemo: res.headers[DEMO_HEADER.toLowerCase()] !== undefined,
            recordId: /\b[0-9a-f]{8}\b/.exec(text)?.[0] ?? '',
          }),
        );
      },
    );
    req.on('timeout', () => req.destroy(new Error(`${url} does not answer`)));
    req.on('error', reject);
    req.end(body);
  });
}

/** Two lengths for one body, as smugglers send them; returns the status of the answer. */
async function smuggle(url: string): Promise<number> {
  const { connect } = await import('node:net');
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) });
    let text = '';
    socket.setTimeout(5000, () => socket.destroy());
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0)));
    socket.write(
      'POST /contact HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 203.0.113.77\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG',
    );
  });
}

function shorten(text: string): string {
  return text.length <= 66 ? text : `${text.slice(0, 65)}…`;
}

// A small site with a guard that challenges everybody: what SiteGuard and the gateway do with our answers, in a
// few lines on node:http.

import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { parseIp, ipBits, type Action, type Answer, type Client, type RequestView } from '@parapet/kinds';
import { Appeals, type Appeal } from '../../src/pages/appeals.ts';
import { ownAsset } from '../../src/pages/assets/assets.ts';
import { Challenge } from '../../src/challenge/challenge.ts';
import { DEFAULT_DEMAND, type ChallengeSettings, type Demand } from '../../src/challenge/demand.ts';

export interface TestSite {
  readonly url: string;
  /** What reached the site behind the guard. */
  readonly reached: string[];
  /** Paths below /.parapet/ that were asked for. */
  readonly ownPaths: string[];
  readonly appeals: Appeal[];
  readonly challenge: Challenge;
  demand: Demand;
  /** Answers everybody with this instead, when set. */
  page: ((request: RequestView, appeals: Appeals) => Answer) | undefined;
  clockSkewMs: number;
  /** As if the browser took no cookies. */
  losesCookies: boolean;
  close(): Promise<void>;
}

const SITE = 'main';

export async function startSite(settings: Partial<ChallengeSettings> = {}): Promise<TestSite> {
  const secrets = [randomBytes(32)];
  const nowMs = (): number => Date.now() + site.clockSkewMs;
  const challenge = new Challenge({
    secrets,
    nowMs,
    random: randomBytes,
    delay: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    settings,
  });
  const appeals = new Appeals({
    secrets,
    nowMs,
    perClientAndHour: 100,
    accept: (appeal) => site.appeals.push(appeal) > 0,
  });
  const server = createServer(
    (req, res) => void serve(req, res).catch((error: unknown) => res.destroy(error as Error)),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const site: TestSite = {
    url: `http://127.0.0.1:${address.port}`,
    reached: [],
    ownPaths: [],
    appeals: [],
    challenge,
    demand: { ...DEFAULT_DEMAND, bits: 12, siteName: 'Example & Sons', recordId: '0badc0de' },
    page: undefined,
    clockSkewMs: 0,
    losesCookies: false,
    close: () => stop(server),
  };

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const [request, client] = viewOf(req);
    if (request.rawTarget.startsWith('/.parapet/')) site.ownPaths.push(request.rawTarget);
    const body = await readAll(req);
    const asset = ownAsset(request.rawTarget);
    if (asset !== undefined) return send(res, asset);
    const own =
      appeals.onOwnPath(request, client, SITE, site.demand.siteName) ??
      challenge.onOwnPath(request, client, SITE, site.demand);
    if (own !== undefined) return send(res, await settle(own, body), site.losesCookies);
    // A browser asks for it on its own.
    if (request.rawTarget === '/favicon.ico') return void res.writeHead(404).end();
    if (site.page !== undefined) return send(res, site.page(request, appeals));
    if (challenge.checkPass(request, client, SITE) === undefined)
      return send(res, challenge.answer(request, client, SITE, site.demand));
    site.reached.push(`${req.method} ${req.url} ${body.toString()}`.trim());
    const page = `<!doctype html><html lang="en"><title>Shop</title><h1>The page ${req.url}</h1><form method="post"><label>Word <input name="word"></label><button>Send</button></form></html>`;
    res.writeHead(200, { 'content-type': 'text/html' }).end(page);
  }
  return site;
}

async function settle(action: Action, body: Buffer): Promise<Answer> {
  switch (action.kind) {
    case 'reply':
      return action.answer;
    case 'handle':
      return action.handle(body);
    case 'wait':
      return settle(await action.action, body);
    case 'read':
      return settle(action.decide(body, false), body);
    case 'pass':
      throw new Error('own paths are never passed on');
  }
}

function viewOf(req: IncomingMessage): [RequestView, Client] {
  const headers = Object.fromEntries(
    Object.entries(req.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
  // Tests say which address they come from.
  const ip = parseIp(headers['x-test-ip'] ?? '192.0.2.7')!;
  return [
    {
      method: req.method ?? 'GET',
      rawTarget: req.url ?? '/',
      host: '127.0.0.1',
      version: '1.1',
      header: (name) => headers[name],
      headers: () => Object.entries(headers),
    },
    { ip, words: ipBits(ip), peerIp: ip, scheme: 'http' },
  ];
}

async function readAll(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function send(res: ServerResponse, answer: Answer, isWithoutCookies: boolean = false): void {
  const headers = answer.headers
    .filter(([name]) => !isWithoutCookies || name !== 'Set-Cookie')
    .flatMap(([name, value]) => [name, value]);
  res.writeHead(answer.status, headers).end(answer.body);
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

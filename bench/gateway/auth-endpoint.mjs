// node auth-endpoint.mjs SOCKET: the forward-auth endpoint by itself, with the guard that decides in real life and
// 100,000 addresses on which there are decisions, none of them the client's.
import { randomBytes, randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Challenge, DecisionTable, LocalLink, SiteGuard } from '../../packages/enforcement/dist/index.js';
import { serveForwardAuth } from '../../packages/gateway/dist/index.js';
import { parseIp } from '../../packages/kinds/dist/index.js';

const [socketPath] = process.argv.slice(2);
const nowMs = () => Date.now();
const secrets = [randomBytes(32)];
const table = new DecisionTable();
for (let i = 0; i < 100_000; i++) {
  table.add({
    id: randomUUID(),
    target: { scope: 'ip', value: parseIp(`198.${18 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`) },
    remediation: 'ban',
    expiresAtMs: nowMs() + 3_600_000,
    scenario: 'parapet/http-probing',
    origin: 'scenario',
    simulated: false,
  });
}
const guard = new SiteGuard({
  table,
  challenge: new Challenge({ secrets, nowMs, random: randomBytes, delay: sleep }),
  settings: { sites: [{ name: 'bench', mode: 'enforce', closedPaths: [], neverChallenge: [] }] },
  link: new LocalLink({}, nowMs),
  secrets,
  trustEpoch: 0,
  nowMs,
  sleep,
});
const server = createServer();
const auth = serveForwardAuth(server, {
  guard,
  siteOf: () => 'bench',
  nowMs,
  onFault: (error) => console.error(error),
});
server.listen({ path: socketPath, backlog: 4096 });
process.on('SIGUSR2', () => console.log(JSON.stringify(auth.counters())));

// node pass-through.mjs PORT BACKEND_PORT: the gateway by itself, with a guard that lets everything pass.
import { createServer } from 'node:net';
import { createGateway, GATEWAY_LIMITS, GATEWAY_TIMEOUTS } from '../../packages/gateway/dist/index.js';
import { PASS } from '../../packages/kinds/dist/index.js';

const [port, backendPort] = process.argv.slice(2).map(Number);
const listener = { listen: `127.0.0.1:${port}`, isTls: false, expectsProxyProtocol: false };
const gateway = createGateway(
  {
    listeners: [listener],
    certificates: [],
    sites: [
      {
        name: 'bench',
        hosts: ['*'],
        upstreams: [`http://127.0.0.1:${backendPort}`],
        hostHeader: 'client',
        health: undefined,
        mode: 'enforce',
        closedPaths: [],
        neverChallenge: [],
      },
    ],
    trustedProxies: [],
    limits: GATEWAY_LIMITS,
    timeouts: GATEWAY_TIMEOUTS,
    workers: 1,
    dataDir: '.',
  },
  { onRequest: () => PASS, onResponse: () => undefined, onEnd: () => undefined, onRefusal: () => undefined },
  { nowMs: () => Date.now(), onFault: (error) => console.error(error) },
);
const server = createServer({ pauseOnConnect: false, noDelay: true });
gateway.attach(server, listener);
server.listen({ port, host: '127.0.0.1', backlog: 4096 });

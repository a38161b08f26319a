// The programs of docs/sdk.md that ask about requests, as they stand there; signals.test.ts has the others.

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { expect, it } from 'vitest';
import { Parapet, visitorOf } from '../src/index.ts';
import { BLOCKED, get, startEndpoint } from './endpoint.ts';

const page = readFileSync(new URL('../../../docs/sdk.md', import.meta.url), 'utf8');
const programs = [...page.matchAll(/```js\n([\s\S]*?)```/g)]
  .map((found) => found[1]!)
  .filter((program) => program.includes('new Parapet('));

/** What Hono's server for Node does, in short. */
function serve({
  fetch,
  port,
}: {
  fetch: (req: Request, env: object) => Promise<Response>;
  port: number;
}): void {
  createServer((req, res) => {
    void Promise.resolve(fetch(new Request(`http://a${req.url}`), { incoming: req })).then(async (answer) => {
      res.statusCode = answer.status;
      res.end(Buffer.from(await answer.arrayBuffer()));
    });
  }).listen(port);
}

it.each(programs.map((program) => [/(?:app = |createServer)\S*/.exec(program)?.[0], program]))(
  'the program of the page with %s greets and blocks',
  async (_, program) => {
    const endpoint = await startEndpoint();
    const started: Server[] = [];
    // eslint-disable-next-line typescript/unbound-method -- called with `this` below
    const listen = Server.prototype.listen;
    Server.prototype.listen = function (this: Server, ...args: Parameters<typeof listen>): Server {
      started.push(this);
      return listen.apply(this, args);
    } as typeof listen;
    const made: Parapet[] = [];
    const Made = class extends Parapet {
      constructor() {
        super({ endpoint: endpoint.socketPath, timeoutMs: 5000 });
        made.push(this);
      }
    };
    try {
      const text = program.replace(/^import .*\n/gm, '').replaceAll('3000', '0');
      const names = ['express', 'fastify', 'Hono', 'serve', 'createServer', 'Parapet', 'visitorOf'];
      // eslint-disable-next-line typescript/no-implied-eval -- our own page
      const run = new Function(...names, `return (async () => {${text}})()`) as (
        ...args: unknown[]
      ) => Promise<void>;
      await run(express, fastify, Hono, serve, createServer, Made, visitorOf);
      const server = started[0]!;
      if (!server.listening) await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      expect((await get(port, '/')).body).toMatch(/^Hello (?:::ffff:)?127\.0\.0\.1$/);
      endpoint.decide = () => ({ kind: 'reply', answer: BLOCKED });
      expect((await get(port, '/')).status).toBe(403);
    } finally {
      Server.prototype.listen = listen;
      for (const parapet of made) parapet.close();
      for (const server of started) {
        server.close();
        server.closeAllConnections();
      }
      await endpoint.close();
    }
  },
);

// Fastify, by the shape of what it hands over. The hook runs before any body is read, so that our own forms can be.

import type { IncomingMessage, ServerResponse } from 'node:http';

interface FastifyRequest {
  readonly raw: IncomingMessage;
}

interface FastifyReply {
  readonly raw: ServerResponse;
  hijack(): unknown;
}

export interface FastifyLike {
  addHook(name: 'onRequest', hook: (request: FastifyRequest, reply: FastifyReply) => Promise<void>): unknown;
}

export function fastifyPlugin(
  guard: (req: IncomingMessage, res: ServerResponse) => Promise<boolean>,
): (app: FastifyLike) => Promise<void> {
  const plugin = async (app: FastifyLike): Promise<void> => {
    app.addHook('onRequest', async (request, reply) => {
      // Fastify does not look for the end of an answer that it has not given.
      if (!(await guard(request.raw, reply.raw))) reply.hijack();
    });
    return Promise.resolve();
  };
  // What fastify-plugin does: the hook is for the whole application, not for this plugin's own routes.
  return Object.assign(plugin, { [Symbol.for('skip-override')]: true });
}

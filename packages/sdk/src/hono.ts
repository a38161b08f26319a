// Hono, by the shape of what it hands over. The address of the visitor is known on Node only, where the server keeps
// the request of node:http in the environment.

import type { Asked, Sent } from './asked.ts';
import type { Page, Verdict } from './asker.ts';
import { rememberVisitor } from './visitor.ts';

export interface HonoContext {
  readonly req: { readonly raw: Request };
  readonly env: unknown;
  readonly res: Response;
  header(name: string, value: string, options?: { readonly append?: boolean }): void;
}

interface HonoParts {
  readonly ownPrefix: string;
  readonly mostBodyBytes: number;
  readonly isSkipped: (url: string) => boolean;
  readonly askedOf: (sent: Sent) => Asked;
  readonly ask: (asked: Asked) => Promise<Verdict>;
  readonly own: (sent: Sent, asked: Asked, body: Buffer) => Promise<Page | undefined>;
  readonly tellEnd: (asked: Asked, status: number) => void;
}

interface NodeEnv {
  readonly incoming?: { readonly socket?: { readonly remoteAddress?: string; readonly encrypted?: boolean } };
}

export function honoMiddleware(
  parts: HonoParts,
): (context: HonoContext, next: () => Promise<void>) => Promise<Response | undefined> {
  return async (context, next) => {
    const request = context.req.raw;
    const sent = sentOf(request, context.env as NodeEnv | undefined);
    const asked = parts.askedOf(sent);
    if (sent.url.startsWith(parts.ownPrefix)) return serveOwn(parts, sent, asked, request);
    if (parts.isSkipped(sent.url)) {
      rememberVisitor(request, asked.ip, []);
      await next();
      return undefined;
    }
    const verdict = await parts.ask(asked);
    if (verdict.kind === 'page') return responseOf(verdict.page, sent.method);
    rememberVisitor(request, asked.ip, verdict.headers);
    await next();
    for (const cookie of verdict.cookies) context.header('Set-Cookie', cookie, { append: true });
    parts.tellEnd(asked, context.res.status);
    return undefined;
  };
}

async function serveOwn(parts: HonoParts, sent: Sent, asked: Asked, request: Request): Promise<Response> {
  const body = Buffer.from(await request.arrayBuffer());
  if (body.length > parts.mostBodyBytes) return new Response('That is too long.\n', { status: 413 });
  const page = await parts.own(sent, asked, body);
  return page === undefined
    ? new Response('Please try again in a minute.\n', { status: 503 })
    : responseOf(page, sent.method);
}

function sentOf(request: Request, env: NodeEnv | undefined): Sent {
  // What the URL says of the path is as sent; its host is what the server made of it.
  const rest = request.url.slice(request.url.indexOf('/', request.url.indexOf('//') + 2));
  const socket = env?.incoming?.socket;
  return {
    method: request.method,
    url: rest.startsWith('/') ? rest : '/',
    headers: Object.fromEntries(request.headers),
    remoteAddress: socket?.remoteAddress,
    isEncrypted: socket?.encrypted === true,
  };
}

function responseOf(page: Page, method: string): Response {
  const headers = new Headers();
  for (const [name, value] of page.headers) headers.append(name, value);
  const hasBody = method !== 'HEAD' && ![204, 304].includes(page.status);
  return new Response(hasBody ? new Uint8Array(page.body) : null, { status: page.status, headers });
}

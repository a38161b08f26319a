// A small shop for `npm start`: something that can be protected, and attacked, without harm. It keeps nothing but the
// sessions of this run, and answers what is not there with 404, as a site does.

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GOODS, POSTS } from './goods.table.ts';
import {
  contactPage,
  escapeHtml,
  FAVICON,
  goodPage,
  goodsList,
  homePage,
  loginPage,
  page,
  postList,
  searchPage,
  STYLE,
} from './pages.ts';

/** Sent with every answer, so that the attack can tell the demo from anybody's site. */
export const DEMO_HEADER = 'X-Demo-Site';

const ACCOUNT = { name: 'anna', password: 'beefsteak' };
const MOST_BODY_BYTES = 65_536;
const MOST_SESSIONS = 1000;
const HEADERS = {
  [DEMO_HEADER]: 'parapet',
  'Content-Security-Policy': "default-src 'self'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'same-origin',
};

interface Reply {
  readonly status?: number;
  readonly title?: string;
  /** HTML; the rest of the page is put around it. */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is. */
  readonly raw?: string;
}

export interface DemoSite {
  readonly url: string;
  close: () => Promise<void>;
}

/** Starts the shop on a free port of the loopback. */
export async function startDemoSite(): Promise<DemoSite> {
  const sessions = new Map<string, string>();
  const server = createServer((req, res) => {
    answer(req, sessions)
      .then((reply) => send(req, res, reply, sessions.get(sessionOf(req))))
      .catch(() => res.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return { url: `http://127.0.0.1:${port}`, close: () => close(server) };
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

async function answer(req: IncomingMessage, sessions: Map<string, string>): Promise<Reply> {
  const [path = '/', query = ''] = (req.url ?? '/').split('?', 2);
  const isPost = req.method === 'POST';
  if (!isPost && req.method !== 'GET' && req.method !== 'HEAD')
    return { status: 405, title: 'Not like this' };
  switch (path) {
    case '/':
      return { title: 'Good seeds, honest notes', body: homePage() };
    case '/style.css':
      return { raw: STYLE, headers: { 'Content-Type': 'text/css' } };
    case '/favicon.svg':
      return { raw: FAVICON, headers: { 'Content-Type': 'image/svg+xml' } };
    case '/robots.txt':
      return { raw: 'User-agent: *\nDisallow: /search\n', headers: { 'Content-Type': 'text/plain' } };
    case '/shop':
      return { title: 'Seeds', body: goodsList(GOODS) };
    case '/blog':
      return { title: 'Notes', body: postList(POSTS) };
    case '/search':
      return { title: 'Search', body: searchPage(new URLSearchParams(query).get('q') ?? '') };
    case '/contact':
      return isPost ? thanks(await form(req)) : { title: 'Contact', body: contactPage() };
    case '/user/login':
      return isPost ? login(await form(req), sessions) : { title: 'Log in', body: loginPage('', false) };
    case '/user/logout':
      sessions.delete(sessionOf(req));
      return { status: 303, headers: { Location: '/' } };
    default:
      return byName(path);
  }
}

function byName(path: string): Reply {
  const good = GOODS.find(({ slug }) => path === `/shop/${slug}`);
  if (good !== undefined) return { title: good.name, body: goodPage(good) };
  const post = POSTS.find(({ slug }) => path === `/blog/${slug}`);
  if (post !== undefined) return { title: post.title, body: `<p>${escapeHtml(post.text)}</p>` };
  return {
    status: 404,
    title: 'There is nothing here',
    body: '<p>Perhaps it was eaten. <a href="/search">Search for it</a>, or go <a href="/">home</a>.</p>',
  };
}

/** As Drupal does: the form comes again with 200 when it was wrong, and a redirect says that it was right. */
function login(fields: URLSearchParams | undefined, sessions: Map<string, string>): Reply {
  if (fields === undefined) return { status: 413, title: 'Too long' };
  const name = fields.get('name') ?? '';
  if (name !== ACCOUNT.name || fields.get('pass') !== ACCOUNT.password)
    return { title: 'Log in', body: loginPage(name, true) };
  const id = randomBytes(16).toString('hex');
  if (sessions.size >= MOST_SESSIONS) sessions.clear();
  sessions.set(id, name);
  const cookie = `SESSION=${id}; Path=/; HttpOnly; SameSite=Lax`;
  return { status: 303, headers: { Location: '/', 'Set-Cookie': cookie } };
}

function thanks(fields: URLSearchParams | undefined): Reply {
  if (fields === undefined) return { status: 413, title: 'Too long' };
  const from = fields.get('from')?.trim() ?? '';
  return {
    title: 'Thank you',
    body: `<p>Thank you${from === '' ? '' : `, ${escapeHtml(from)}`}. Nobody will read it, but it was kind of you.</p>`,
  };
}

/** The fields of a form, or undefined when it is too long. */
async function form(req: IncomingMessage): Promise<URLSearchParams | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req) {
    const bytes = chunk as Buffer; // nothing has set an encoding
    size += bytes.length;
    if (size > MOST_BODY_BYTES) return undefined;
    chunks.push(bytes);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString());
}

function sessionOf(req: IncomingMessage): string {
  return /(?:^|; )SESSION=([0-9a-f]+)/.exec(req.headers.cookie ?? '')?.[1] ?? '';
}

function send(req: IncomingMessage, res: ServerResponse, reply: Reply, who: string | undefined): void {
  const text = reply.raw ?? page(reply.title ?? '', reply.body ?? '', who);
  res.writeHead(reply.status ?? 200, {
    ...HEADERS,
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    ...(reply.raw === undefined ? { 'Cache-Control': 'no-cache' } : {}),
    ...reply.headers,
  });
  res.end(req.method === 'HEAD' ? undefined : text);
}

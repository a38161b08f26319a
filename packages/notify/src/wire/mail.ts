// E-mail over SMTP. `smtps://` speaks TLS from the start, `smtp://` insists on STARTTLS, so that nobody between can
// strip it; `smtp-plain://` is for a server on this machine.

import net from 'node:net';
import { createTransport } from 'nodemailer';
import type { MailOutgoing, Verdict } from '../channels/channel.ts';
import type { TargetGuard } from './guard.ts';
import { faultOf } from './http.ts';

/** Trusted in place of the system's authorities; tests have their own. */
export interface MailOptions {
  readonly ca?: string;
}

/** Resolves with what came of it; never rejects. */
export async function sendMail(
  outgoing: MailOutgoing,
  guard: TargetGuard,
  timeoutMs: number,
  { ca }: MailOptions = {},
): Promise<Verdict> {
  const { protocol, hostname, port: givenPort } = new URL(outgoing.url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const isTls = protocol === 'smtps:';
  const port = givenPort === '' ? (isTls ? 465 : protocol === 'smtp:' ? 587 : 25) : Number(givenPort);
  let transport: ReturnType<typeof createTransport> | undefined;
  const timer = AbortSignal.timeout(timeoutMs);
  try {
    const connection = await connect(host, port, guard, timer);
    transport = createTransport({
      host,
      port,
      secure: isTls,
      requireTLS: protocol === 'smtp:',
      ignoreTLS: protocol === 'smtp-plain:',
      connection,
      ...(outgoing.user === '' ? {} : { auth: { user: outgoing.user, pass: outgoing.secret } }),
      tls: {
        minVersion: 'TLSv1.2',
        servername: net.isIP(host) === 0 ? host : undefined,
        ...(ca === undefined ? {} : { ca }),
      },
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      // Texts come from logs: nothing in them is a file or an address to fetch.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    const sending = transport.sendMail({
      from: outgoing.from,
      to: [...outgoing.to],
      subject: outgoing.subject,
      text: outgoing.text,
      html: outgoing.html,
      messageId: outgoing.messageId,
      headers: outgoing.headers,
    });
    const late = new Promise<never>((_, reject) => {
      timer.addEventListener('abort', () => {
        connection.destroy();
        reject(timer.reason as Error); // AbortSignal.timeout gives a DOMException
      });
    });
    const { response } = await Promise.race([sending, late]);
    return { ok: true, answer: response.slice(0, 120) };
  } catch (error) {
    return mailFault(error);
  } finally {
    transport?.close();
  }
}

function connect(host: string, port: number, guard: TargetGuard, signal: AbortSignal): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    guard.checkHost(host);
    const socket = net.connect({ host, port, lookup: guard.lookup, signal });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      // nodemailer listens from now on; what comes between is not to end the process.
      socket.on('error', () => {});
      resolve(socket);
    });
  });
}

/** RFC 5321 4.2.1: codes from 400 pass, those from 500 do not; what concerns the login is for the operator. */
function mailFault(error: unknown): Verdict {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'responseCode') : 0;
  const kind: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : '';
  if (kind === 'EAUTH')
    return { ok: false, fault: 'misconfigured', reason: `login refused (${String(code)})` };
  if (kind === 'ETLS') return { ok: false, fault: 'misconfigured', reason: 'TLS is not offered or failed' };
  if (typeof code === 'number' && code >= 400) {
    const fault = code < 500 ? 'busy' : 'refused';
    return { ok: false, fault, reason: `the server answered ${code}` };
  }
  return faultOf(error);
}

// E-mail to a real SMTP server on this machine.

import { expect, it } from 'vitest';
import { parseCidr } from '@parapet/kinds';
import { formatEmail } from '../../src/channels/email.ts';
import type { Channel, Verdict } from '../../src/channels/channel.ts';
import { TargetGuard } from '../../src/wire/guard.ts';
import { senderOf } from '../../src/wire/sender.ts';
import { renderMessage } from '../../src/words/render.ts';
import { certificate, smtpReceiver, type Mail } from '../receivers.ts';
import { attackMessage, channelOf } from '../samples.ts';

const guard = new TargetGuard([parseCidr('127.0.0.0/8')!]);

function channel(url: string, changes: Partial<Channel> = {}): Channel {
  return channelOf('email', {
    url,
    from: 'Parapet <parapet@example.org>',
    to: ['owner@example.org', 'second@example.org'],
    ...changes,
  });
}

async function send(to: Channel, ca?: string): Promise<Verdict> {
  const message = attackMessage();
  const rendered = renderMessage(message, to.setting);
  const outgoing = formatEmail({ message, rendered, channel: to, target: 'owner@example.org' });
  return senderOf({ guard, timeoutMs: 5000, ...(ca === undefined ? {} : { ca }) })(outgoing!);
}

/** Undoes quoted-printable, line folding and encoded words, as far as these mails use them. */
function readable({ raw }: Mail): string {
  return raw
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

it('is text and HTML with a message id that does not change, from us to one of them', async () => {
  const server = await smtpReceiver({ disabledCommands: ['AUTH', 'STARTTLS'] });
  expect(await send(channel(`smtp-plain://127.0.0.1:${server.port}`))).toMatchObject({ ok: true });
  const [mail] = server.mails;
  expect(mail).toMatchObject({
    from: 'parapet@example.org',
    to: ['owner@example.org'],
    isSecure: false,
  });
  const text = readable(mail!);
  expect(text).toContain('Subject: Possible SQL injection attack blocked at 2:35 AM, review');
  expect(text).toContain('Message-ID: <b2a5.attack@example.org>');
  expect(text).toContain('Auto-Submitted: auto-generated');
  expect(text).toMatch(/Content-Type: multipart\/alternative/);
  expect(text).toContain('4,312 addresses, such as 203.0.113.7 (France, Example <b>*Net*</b> | x=1)');
  expect(text).toContain('Example &lt;b&gt;*Net*&lt;/b&gt;');
});

it('is German throughout where the channel is, subject, sentences and labels', async () => {
  const server = await smtpReceiver({ disabledCommands: ['AUTH', 'STARTTLS'] });
  const setting = { language: 'de', zone: 'Europe/Berlin', link: 'https://parapet.example/' } as const;
  await send(channel(`smtp-plain://127.0.0.1:${server.port}`, { setting }));
  const text = Buffer.from(readable(server.mails[0]!), 'latin1').toString('utf8');
  const [head = '', ...parts] = text.split('\r\n\r\n');
  expect(head).toContain('SQL-Injection-Angriff');
  // What is not said but shown: places, commands and what strangers wrote.
  const said = parts.join('\n').replaceAll(/parapet [a-z -]+\S*|https?:\S+|Example <b>.*/g, '');
  expect(said).toContain('Website: shop');
  expect(said).toMatch(/^Von: .*4\.312 Adressen, etwa 203\.0\.113\.7 \(Frankreich/m);
  expect(said).not.toMatch(
    /\b(?:the|and|of|at|from|when|site|what|why|done|blocked|attack|addresses|events|pages|such as|review)\b/i,
  );
});

it('logs in over STARTTLS', async () => {
  const { key, cert } = certificate();
  const server = await smtpReceiver({ key, cert, authOptional: false });
  const to = channel(`smtp://127.0.0.1:${server.port}`, { user: 'parapet', secret: 'open sesame' });
  expect(await send(to, cert)).toMatchObject({ ok: true });
  expect(server.mails[0]).toMatchObject({ user: 'parapet', isSecure: true });
  expect(await send({ ...to, secret: 'wrong' }, cert)).toEqual({
    ok: false,
    fault: 'misconfigured',
    reason: 'login refused (535)',
  });
});

it('speaks TLS from the start', async () => {
  const { key, cert } = certificate();
  const server = await smtpReceiver({ key, cert, secure: true });
  expect(await send(channel(`smtps://127.0.0.1:${server.port}`), cert)).toMatchObject({ ok: true });
  expect(server.mails[0]).toMatchObject({ isSecure: true });
});

it('does not go on without TLS, nor with a certificate of nobody', async () => {
  const bare = await smtpReceiver({ disabledCommands: ['STARTTLS'] });
  expect(await send(channel(`smtp://127.0.0.1:${bare.port}`))).toMatchObject({
    ok: false,
    fault: 'misconfigured',
  });
  const { key, cert } = certificate();
  const own = await smtpReceiver({ key, cert });
  expect(await send(channel(`smtp://127.0.0.1:${own.port}`))).toMatchObject({ ok: false });
  expect(bare.mails.length + own.mails.length).toBe(0);
});

it('tells a server that is busy from one that refuses', async () => {
  const answer = { code: 451 };
  const server = await smtpReceiver({
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo: (_, __, done) => done(Object.assign(new Error('no'), { responseCode: answer.code })),
  });
  const to = channel(`smtp-plain://127.0.0.1:${server.port}`);
  expect(await send(to)).toMatchObject({ ok: false, fault: 'busy' });
  answer.code = 550;
  expect(await send(to)).toMatchObject({ ok: false, fault: 'refused', reason: 'the server answered 550' });
});

it('a subject from a log cannot add headers', async () => {
  const server = await smtpReceiver({ disabledCommands: ['AUTH', 'STARTTLS'] });
  const to = channel(`smtp-plain://127.0.0.1:${server.port}`);
  const message = attackMessage();
  const rendered = { title: 'x\r\nBcc: other@example.org', facts: [], lines: [] };
  const outgoing = formatEmail({ message, rendered, channel: to, target: 'owner@example.org' });
  expect(await senderOf({ guard, timeoutMs: 5000 })(outgoing!)).toMatchObject({ ok: true });
  expect(server.mails[0]?.to).toEqual(['owner@example.org']);
  expect(server.mails[0]?.raw.split('\r\n\r\n')[0]).not.toMatch(/^Bcc:/im);
});

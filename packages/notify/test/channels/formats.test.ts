// Every channel against a receiver on this machine that looks at what its service documents.

import { createHmac } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Channel, Verdict } from '../../src/channels/channel.ts';
import { outgoingOf } from '../../src/channels/index.ts';
import type { Message } from '../../src/message.ts';
import { senderOf, type Send } from '../../src/wire/sender.ts';
import { renderMessage } from '../../src/words/render.ts';
import {
  certificate,
  httpReceiver,
  LOCAL,
  sendLocally,
  tcpReceiver,
  udpReceiver,
  type Received,
} from '../receivers.ts';
import { attackMessage, channelOf, NIGHT_MS } from '../samples.ts';

const OVER = attackMessage({ id: 'b2a5.over', kind: 'over' });

async function send(
  channel: Channel,
  message: Message = attackMessage(),
  target = '',
  sender: Send = sendLocally,
): Promise<Verdict> {
  const rendered = renderMessage(message, channel.setting);
  const outgoing = outgoingOf(
    { message, rendered, channel, target },
    { nowMs: NIGHT_MS + 20_000, host: 'web1.example.org', version: '0.1.0' },
  );
  return sender(outgoing!);
}

function json(received: Received | undefined): Record<string, unknown> {
  expect(received?.headers['content-type']).toMatch(/^application\/json/);
  return JSON.parse(received!.body) as Record<string, unknown>; // the tests look at each field
}

it('Slack: blocks within their limits, nothing of strangers formats or links', async () => {
  const receiver = await httpReceiver();
  receiver.answer = () => ({ status: 200, body: 'ok' });
  expect(await send(channelOf('slack', { url: `${receiver.url}/services/T0/B0/x` }))).toMatchObject({
    ok: true,
  });
  expect(receiver.received[0]).toMatchObject({ method: 'POST', path: '/services/T0/B0/x' });
  const body = json(receiver.received[0]);
  expect(body['text']).toBe('Possible SQL injection attack blocked at 2:35 AM, review suggested');
  const blocks = body['blocks'] as { type: string; text?: { text: string }; fields?: { text: string }[] }[];
  expect(blocks[0]).toMatchObject({ type: 'header', text: { type: 'plain_text' } });
  const fields = blocks.slice(1).flatMap((block) => block.fields ?? []);
  expect(fields.every(({ text }) => text.length <= 2000)).toBe(true);
  expect(fields.some(({ text }) => text.includes('&lt;b&gt;'))).toBe(true);
  expect(JSON.stringify(fields)).not.toContain('<b>');
});

it('Discord: an embed, and nobody can be mentioned', async () => {
  const receiver = await httpReceiver();
  receiver.answer = () => ({ status: 204 });
  expect(await send(channelOf('discord', { url: `${receiver.url}/api/webhooks/1/x` }))).toMatchObject({
    ok: true,
  });
  const body = json(receiver.received[0]);
  expect(body['allowed_mentions']).toEqual({ parse: [] });
  const [embed] = body['embeds'] as {
    title: string;
    timestamp: string;
    fields: { name: string; value: string }[];
  }[];
  expect(embed?.title.length).toBeLessThanOrEqual(256);
  expect(embed?.timestamp).toBe('2026-11-22T01:35:10.000Z');
  expect(
    embed?.fields.every(({ name, value }) => name.length > 0 && value.length > 0 && value.length <= 1024),
  ).toBe(true);
  expect(JSON.stringify(embed)).not.toContain(' *Net*');
});

it('Discord: a rate limit says when to come again', async () => {
  const receiver = await httpReceiver();
  receiver.answer = () => ({ status: 429, headers: { 'retry-after': '7' } });
  expect(await send(channelOf('discord', { url: receiver.url }))).toMatchObject({
    ok: false,
    fault: 'busy',
    retryAfterMs: 7000,
  });
});

it('Teams: an Adaptive Card in the envelope of workflows', async () => {
  const receiver = await httpReceiver();
  receiver.answer = () => ({ status: 202 });
  expect(await send(channelOf('teams', { url: `${receiver.url}/workflows/x` }))).toMatchObject({ ok: true });
  const body = json(receiver.received[0]);
  expect(body['type']).toBe('message');
  const [attachment] = body['attachments'] as {
    contentType: string;
    contentUrl: null;
    content: Record<string, unknown>;
  }[];
  expect(attachment?.contentType).toBe('application/vnd.microsoft.card.adaptive');
  expect(attachment?.content).toMatchObject({ type: 'AdaptiveCard', version: '1.4' });
  const parts = attachment?.content['body'] as { type: string }[];
  expect(parts.map(({ type }) => type)).toEqual(['TextBlock', 'FactSet']);
});

it('Matrix: the same event for the same message, however often it is sent', async () => {
  const receiver = await httpReceiver();
  receiver.answer = () => ({ status: 200, body: '{"event_id":"$1"}' });
  const channel = channelOf('matrix', { url: receiver.url, secret: 'syt_x', to: ['!room:example.org'] });
  expect(await send(channel, attackMessage(), '!room:example.org')).toMatchObject({ ok: true });
  expect(receiver.received[0]).toMatchObject({
    method: 'PUT',
    path: '/_matrix/client/v3/rooms/!room%3Aexample.org/send/m.room.message/b2a5.attack',
  });
  expect(receiver.received[0]?.headers.authorization).toBe('Bearer syt_x');
  const body = json(receiver.received[0]);
  expect(body).toMatchObject({ msgtype: 'm.text', format: 'org.matrix.custom.html' });
  expect(body['formatted_body']).toContain('&lt;b&gt;');
});

it('Telegram: plain text to a chat, and the token is told to nobody', async () => {
  const receiver = await httpReceiver();
  receiver.answer = () => ({ status: 200, body: '{"ok":true,"result":{}}' });
  const channel = channelOf('telegram', { url: receiver.url, secret: '12:abc', to: ['-100'] });
  expect(await send(channel, attackMessage(), '-100')).toMatchObject({ ok: true });
  expect(receiver.received[0]?.path).toBe('/bot12:abc/sendMessage');
  const body = json(receiver.received[0]);
  expect(body).toMatchObject({ chat_id: '-100', link_preview_options: { is_disabled: true } });
  expect(body).not.toHaveProperty('parse_mode');
  receiver.answer = () => ({
    status: 429,
    body: '{"ok":false,"description":"Too Many Requests","parameters":{"retry_after":3}}',
  });
  expect(await send(channel, attackMessage(), '-100')).toMatchObject({ fault: 'busy', retryAfterMs: 3000 });
});

it('ntfy: JSON to the root, with a priority', async () => {
  const receiver = await httpReceiver();
  const channel = channelOf('ntfy', { url: receiver.url, secret: 'tk_x', to: ['alerts'] });
  expect(await send(channel, attackMessage(), 'alerts')).toMatchObject({ ok: true });
  expect(receiver.received[0]?.path).toBe('/');
  expect(json(receiver.received[0])).toMatchObject({ topic: 'alerts', priority: 4, tags: ['warning'] });
  await send(channel, OVER, 'alerts');
  expect(json(receiver.received[1])).toMatchObject({ priority: 2, tags: ['white_check_mark'] });
});

it('Gotify: a message with its key in a header', async () => {
  const receiver = await httpReceiver();
  expect(await send(channelOf('gotify', { url: `${receiver.url}/`, secret: 'A1' }))).toMatchObject({
    ok: true,
  });
  expect(receiver.received[0]).toMatchObject({ path: '/message', headers: { 'x-gotify-key': 'A1' } });
  expect(json(receiver.received[0])).toMatchObject({
    priority: 7,
    title: expect.stringContaining('SQL') as string,
  });
});

it('PagerDuty: an attack is triggered and resolved under one key; summaries wake nobody', async () => {
  const receiver = await httpReceiver();
  receiver.answer = () => ({ status: 202, body: '{"status":"success"}' });
  const channel = channelOf('pagerduty', { url: `${receiver.url}/v2/enqueue`, secret: 'R0' });
  expect(await send(channel)).toMatchObject({ ok: true });
  await send(channel, OVER);
  const [first, second] = receiver.received.map(json);
  expect(first).toMatchObject({
    routing_key: 'R0',
    event_action: 'trigger',
    dedup_key: 'parapet-b2a5',
    payload: { severity: 'error', source: 'shop', timestamp: '2026-11-22T01:35:10.000Z' },
  });
  expect(second).toMatchObject({ event_action: 'resolve', dedup_key: 'parapet-b2a5' });
  const digest: Message = {
    ...{ id: 'd', kind: 'digest', severity: 'low', site: '', atMs: 0, sinceMs: 0, lines: [], more: 0 },
  };
  const rendered = renderMessage(digest, channel.setting);
  const around = { nowMs: 0, host: '', version: '' };
  expect(outgoingOf({ message: digest, rendered, channel, target: '' }, around)).toBeUndefined();
});

it('webhook: signed so that a receiver can tell who sent it, and when', async () => {
  const receiver = await httpReceiver();
  const key = Buffer.from('0123456789abcdef01234567');
  const channel = channelOf('webhook', { url: receiver.url, secret: `whsec_${key.toString('base64')}` });
  expect(await send(channel)).toMatchObject({ ok: true });
  const { headers, body } = receiver.received[0]!;
  expect(headers['webhook-id']).toBe('b2a5.attack');
  expect(headers['webhook-timestamp']).toBe(String(NIGHT_MS / 1000 + 20));
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  const signature = createHmac('sha256', key).update(signed).digest('base64');
  expect(headers['webhook-signature']).toBe(`v1,${signature}`);
  expect(json(receiver.received[0])).toMatchObject({
    type: 'parapet.attack',
    timestamp: '2026-11-22T01:35:10.000Z',
    incident: 'b2a5',
    attack: { attack: 'sql-injection', sources: 4312, outcome: 'blocked', paths: ['/search'] },
  });
});

it('Twilio: a form with basic authentication, short enough for two parts', async () => {
  const receiver = await httpReceiver();
  receiver.answer = () => ({ status: 201, body: '{"sid":"SM1"}' });
  const channel = channelOf('twilio', {
    ...{ url: receiver.url, user: 'AC1', secret: 'tok', from: '+15550001', to: ['+15550002'] },
  });
  expect(await send(channel, attackMessage(), '+15550002')).toMatchObject({ ok: true });
  const { path: where, headers, body } = receiver.received[0]!;
  expect(where).toBe('/2010-04-01/Accounts/AC1/Messages.json');
  expect(headers.authorization).toBe(`Basic ${Buffer.from('AC1:tok').toString('base64')}`);
  const form = new URLSearchParams(body);
  expect([...form.keys()].toSorted()).toEqual(['Body', 'From', 'To']);
  expect(form.get('To')).toBe('+15550002');
  expect(form.get('Body')).toMatch(/^Possible SQL injection attack blocked at 2:35 AM, review suggested/);
  expect(form.get('Body')!.length).toBeLessThanOrEqual(306);
});

it('SMS over a gateway of any kind: a template that text cannot break out of', async () => {
  const receiver = await httpReceiver();
  const message: Message = {
    ...{
      id: 'a',
      kind: 'attention',
      about: 'appeal',
      detail: 'x","to":"+999',
      severity: 'high',
      site: '',
      atMs: 0,
    },
  };
  const channel = channelOf('sms', { url: `${receiver.url}/send`, from: 'Parapet', secret: 'k', to: ['+1'] });
  expect(
    await send({ ...channel, body: '{"dest":"{to}","msg":"{text}"}' }, attackMessage(), '+1'),
  ).toMatchObject({
    ok: true,
  });
  expect(json(receiver.received[0])).toMatchObject({
    dest: '+1',
    msg: expect.stringContaining('SQL') as string,
  });
  expect(receiver.received[0]?.headers.authorization).toBe('Bearer k');
  const form = { body: 'to={to}&text={text}&key={secret}', contentType: 'application/x-www-form-urlencoded' };
  await send({ ...channel, ...form }, message, '+1&to=+999');
  const fields = new URLSearchParams(receiver.received[1]?.body);
  expect(fields.getAll('to')).toEqual(['+1&to=+999']);
  expect(fields.get('key')).toBe('k');
  expect(receiver.received[1]?.headers.authorization).toBeUndefined();
});

it('syslog: RFC 5424 with CEF in one datagram', async () => {
  const receiver = await udpReceiver();
  await send(channelOf('syslog', { url: `udp://127.0.0.1:${receiver.port}` }));
  const line = await receiver.next;
  expect(line).toMatch(
    /^<108>1 2026-11-22T01:35:10\.000Z web1\.example\.org parapet - attack - CEF:0\|Parapet\|Parapet\|0\.1\.0\|sql-injection\|[^|]+\|8\|/,
  );
  expect(line).toContain(' src=203.0.113.7 ');
  expect(line).toContain(' cnt=9000 ');
  expect(line).not.toContain('\n');
});

it('syslog over TCP: the length comes first', async () => {
  const receiver = await tcpReceiver();
  expect(await send(channelOf('syslog', { url: `tcp://127.0.0.1:${receiver.port}` }))).toMatchObject({
    ok: true,
  });
  const text = await receiver.next;
  const [, length, rest] = /^(\d+) ([^]*)$/.exec(text)!;
  expect(Buffer.byteLength(rest!)).toBe(Number(length));
  expect(rest).toMatch(/^<108>1 /);
});

it('syslog over TLS: the same, and only to a receiver that can prove who it is', async () => {
  const given = certificate();
  const receiver = await tcpReceiver(given);
  const channel = channelOf('syslog', { url: `tls://127.0.0.1:${receiver.port}` });
  expect(await send(channel)).toMatchObject({ ok: false, fault: 'misconfigured' });
  const trusting = senderOf({ guard: LOCAL, timeoutMs: 5000, ca: given.cert });
  expect(await send(channel, attackMessage(), '', trusting)).toMatchObject({ ok: true });
  expect(await receiver.next).toMatch(/^\d+ <108>1 /);
});

it('syslog: a receiver that keeps the connection has taken the message', async () => {
  const receiver = await tcpReceiver(undefined, true);
  expect(await send(channelOf('syslog', { url: `tcp://127.0.0.1:${receiver.port}` }))).toMatchObject({
    ok: true,
  });
  expect(await receiver.next).toMatch(/^\d+ <108>1 /);
});

it('HTTPS: only to a receiver that can prove who it is', async () => {
  const receiver = await tcpReceiver(certificate());
  const channel = channelOf('gotify', { url: `https://127.0.0.1:${receiver.port}`, secret: 'x' });
  expect(await send(channel)).toMatchObject({
    ok: false,
    fault: 'misconfigured',
    reason: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  });
});

it('CEF: what strangers wrote cannot add fields', async () => {
  const receiver = await udpReceiver();
  const message: Message = {
    ...{ id: 'a', kind: 'attention', about: 'set-up', severity: 'low', site: 'x|y=1\nz', atMs: 0 },
    detail: 'a=b\\c\nsrc=1.2.3.4',
  };
  await send(channelOf('syslog', { url: `udp://127.0.0.1:${receiver.port}` }), message);
  const line = await receiver.next;
  expect(line).toContain('a\\=b\\\\c src\\=1.2.3.4');
  expect(line.split('\n')).toHaveLength(1);
  expect(line).toContain('dhost=x|y\\=1 z');
});

it('Elasticsearch: bulk with create, and a document that was there already counts as delivered', async () => {
  const receiver = await httpReceiver();
  const answers = [201, 409, 429, 400];
  receiver.answer = () => ({
    status: 200,
    body: JSON.stringify({ errors: false, items: [{ create: { status: answers.shift() } }] }),
  });
  const channel = channelOf('elasticsearch', {
    url: receiver.url,
    index: 'logs-parapet-default',
    secret: 'a2V5',
  });
  expect(await send(channel)).toMatchObject({ ok: true });
  expect(await send(channel)).toMatchObject({ ok: true });
  expect(await send(channel)).toMatchObject({ ok: false, fault: 'busy' });
  expect(await send(channel)).toMatchObject({ ok: false, fault: 'refused' });
  const { path: where, headers, body } = receiver.received[0]!;
  expect(where).toBe('/logs-parapet-default/_bulk');
  expect(headers['content-type']).toBe('application/x-ndjson');
  expect(headers.authorization).toBe('ApiKey a2V5');
  expect(body.endsWith('\n')).toBe(true);
  const [action, document] = body
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(action).toEqual({ create: { _id: 'b2a5.attack' } });
  expect(document).toMatchObject({
    '@timestamp': '2026-11-22T01:35:10.000Z',
    event: { kind: 'alert', category: ['intrusion_detection'], type: ['denied'], module: 'parapet' },
    source: { ip: '203.0.113.7', geo: { country_iso_code: 'FR' } },
    service: { name: 'shop' },
  });
});

it('an ECS file: one document a line', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'parapet-ecs-'));
  onTestFinished(() => fs.rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'parapet.ndjson');
  await send(channelOf('ecs-file', { file }));
  await send(channelOf('ecs-file', { file }), OVER);
  const lines = fs.readFileSync(file, 'utf8').trimEnd().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { parapet: { kind: string } }).parapet.kind)).toEqual([
    'attack',
    'over',
  ]);
});

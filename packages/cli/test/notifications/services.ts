// The services that messages go to, on this machine: each takes what the real one documents, answers as it does, and
// refuses everything else as it does.

import { createHmac } from 'node:crypto';
import dgram from 'node:dgram';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import http, { type IncomingHttpHeaders } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { SMTPServer } from 'smtp-server';
import { z } from 'zod';

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Answered {
  readonly status: number;
  readonly body?: unknown;
  /** What was taken, in the words of the service. */
  readonly taken?: unknown;
}

/** A service that takes what was asked, or throws. */
type Service = (asked: Asked) => Answered;

export interface Services {
  /** `notifications.channels`, one a line. */
  readonly channels: readonly string[];
  readonly names: readonly string[];
  /** What a channel was told so far, as one text a message. */
  told(channel: string): readonly string[];
  /** What a service did not take. */
  readonly refused: readonly string[];
  close(): Promise<void>;
}

const SECRETS = {
  slack: 'https://hooks.example.org/services/T0/B0/slackslackslack',
  token: 'tokentokentoken1',
  hook: 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3',
  pager: '0123456789abcdef0123456789abcdef',
};

const text = (most: number): z.ZodString => z.string().min(1).max(most);

const slack = z.strictObject({
  text: text(4000),
  blocks: z
    .array(
      z.discriminatedUnion('type', [
        z.strictObject({
          type: z.literal('header'),
          text: z.strictObject({ type: z.literal('plain_text'), text: text(150), emoji: z.boolean() }),
        }),
        z.strictObject({
          type: z.literal('section'),
          text: z
            .strictObject({ type: z.literal('mrkdwn'), verbatim: z.boolean(), text: text(3000) })
            .optional(),
          fields: z
            .array(z.strictObject({ type: z.literal('mrkdwn'), verbatim: z.boolean(), text: text(2000) }))
            .min(1)
            .max(10)
            .optional(),
        }),
      ]),
    )
    .min(1)
    .max(50),
  unfurl_links: z.boolean(),
  unfurl_media: z.boolean(),
});

const discord = z.strictObject({
  embeds: z
    .array(
      z.strictObject({
        title: text(256),
        description: text(4096).optional(),
        color: z.number().int().min(0).max(0xffffff),
        timestamp: z.iso.datetime(),
        fields: z.array(z.strictObject({ name: text(256), value: text(1024) })).max(25),
      }),
    )
    .min(1)
    .max(10),
  allowed_mentions: z.strictObject({ parse: z.array(z.string()).max(0) }),
});

const teams = z.strictObject({
  type: z.literal('message'),
  attachments: z
    .array(
      z.strictObject({
        contentType: z.literal('application/vnd.microsoft.card.adaptive'),
        contentUrl: z.null(),
        content: z.strictObject({
          $schema: z.string(),
          type: z.literal('AdaptiveCard'),
          version: z.enum(['1.2', '1.3', '1.4', '1.5']),
          body: z.array(z.looseObject({ type: z.enum(['TextBlock', 'FactSet']) })).min(1),
        }),
      }),
    )
    .length(1),
});

const matrix = z.strictObject({
  msgtype: z.literal('m.text'),
  body: text(30_000),
  format: z.literal('org.matrix.custom.html'),
  formatted_body: text(30_000),
  'm.mentions': z.strictObject({}),
});

const telegram = z.strictObject({
  chat_id: z.string().regex(/^(-?\d+|@\w+)$/),
  text: text(4096),
  link_preview_options: z.strictObject({ is_disabled: z.boolean() }),
  disable_notification: z.boolean(),
});

const ntfy = z.strictObject({
  topic: z.string().regex(/^[-\w]{1,64}$/),
  title: text(250),
  message: z.string().max(4096),
  priority: z.number().int().min(1).max(5),
  tags: z.array(z.string()),
  click: z.url().optional(),
});

const gotify = z.strictObject({
  title: z.string(),
  message: text(30_000),
  priority: z.number().int().min(0).max(10),
  extras: z.record(z.string(), z.unknown()),
});

const pagerDuty = z.strictObject({
  routing_key: z.literal(SECRETS.pager),
  event_action: z.enum(['trigger', 'acknowledge', 'resolve']),
  dedup_key: text(255),
  payload: z.strictObject({
    summary: text(1024),
    source: text(255),
    severity: z.enum(['critical', 'error', 'warning', 'info']),
    timestamp: z.iso.datetime(),
    component: z.string(),
    class: z.string(),
    custom_details: z.record(z.string(), z.string()),
  }),
  client: z.string(),
  client_url: z.url().optional(),
});

const twilio = z.strictObject({
  To: z.string().regex(/^\+\d{6,15}$/),
  From: z.string().regex(/^\+\d{6,15}$/),
  Body: text(1600),
});

const sms = z.strictObject({ dest: z.literal('+15550003'), msg: text(306), by: z.literal('Parapet') });

const document = z.looseObject({
  '@timestamp': z.iso.datetime(),
  ecs: z.strictObject({ version: z.string() }),
  message: text(30_000),
  event: z.looseObject({ id: text(200), module: z.literal('parapet') }),
});

/** Starts all of them. Secrets are written below `folder`. */
export async function startServices(folder: string): Promise<Services> {
  const told = new Map<string, string[]>();
  const refused: string[] = [];
  const note = (channel: string, taken: string): void =>
    void told.set(channel, [...(told.get(channel) ?? []), taken]);
  const documents = new Set<string>();
  const events = new Map<string, string>();

  const services: Readonly<Record<string, Service>> = {
    slack: ({ path: where, body }) => {
      expectThat(where === '/services/T0/B0/slackslackslack', 'no_service');
      return { status: 200, body: 'ok', taken: slack.parse(JSON.parse(body)) };
    },
    discord: ({ path: where, body }) => {
      expectThat(where === '/api/webhooks/1/discorddiscord', 'Unknown Webhook');
      return { status: 204, taken: discord.parse(JSON.parse(body)) };
    },
    teams: ({ path: where, body }) => {
      expectThat(where === '/workflows/teamsteamsteams?sig=s', 'WorkflowNotFound');
      return { status: 202, taken: teams.parse(JSON.parse(body)) };
    },
    // The same transaction id is the same event.
    matrix: ({ method, path: where, headers, body }) => {
      const transaction =
        /^\/_matrix\/client\/v3\/rooms\/!ops%3Aexample\.org\/send\/m\.room\.message\/([^/]+)$/.exec(where);
      expectThat(method === 'PUT' && transaction !== null, 'M_UNRECOGNIZED');
      expectThat(headers.authorization === `Bearer ${SECRETS.token}`, 'M_UNKNOWN_TOKEN');
      const event = events.get(transaction![1]!);
      if (event !== undefined) return { status: 200, body: { event_id: event } };
      events.set(transaction![1]!, `$${events.size}`);
      return {
        ...{ status: 200, body: { event_id: `$${events.size - 1}` } },
        taken: matrix.parse(JSON.parse(body)),
      };
    },
    telegram: ({ path: where, body }) => {
      expectThat(where === `/bot${SECRETS.token}/sendMessage`, 'Not Found');
      return {
        ...{ status: 200, body: { ok: true, result: { message_id: 1 } } },
        taken: telegram.parse(JSON.parse(body)),
      };
    },
    ntfy: ({ method, path: where, headers, body }) => {
      expectThat(method === 'POST' && where === '/', 'page not found');
      expectThat(headers.authorization === `Bearer ${SECRETS.token}`, 'unauthorized');
      return { status: 200, body: { id: 'x', event: 'message' }, taken: ntfy.parse(JSON.parse(body)) };
    },
    gotify: ({ path: where, headers, body }) => {
      expectThat(where === '/message', 'page not found');
      expectThat(headers['x-gotify-key'] === SECRETS.token, 'you need to provide a valid access token');
      return { status: 200, body: { id: 1, appid: 1 }, taken: gotify.parse(JSON.parse(body)) };
    },
    pagerduty: ({ path: where, body }) => {
      expectThat(where === '/v2/enqueue', 'not found');
      return { status: 202, body: { status: 'success' }, taken: pagerDuty.parse(JSON.parse(body)) };
    },
    webhook: ({ headers, body }) => {
      const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
      const key = Buffer.from(SECRETS.hook.slice(6), 'base64');
      const signature = createHmac('sha256', key).update(signed).digest('base64');
      expectThat(headers['webhook-signature'] === `v1,${signature}`, 'not signed');
      return { status: 204, taken: JSON.parse(body) };
    },
    twilio: ({ path: where, headers, body }) => {
      expectThat(where === '/2010-04-01/Accounts/AC1/Messages.json', 'not found');
      const account = Buffer.from(`AC1:${SECRETS.token}`).toString('base64');
      expectThat(headers.authorization === `Basic ${account}`, 'Authenticate');
      const form = twilio.parse(Object.fromEntries(new URLSearchParams(body)));
      return { status: 201, body: { sid: 'SM1', status: 'queued' }, taken: form };
    },
    sms: ({ headers, body }) => {
      expectThat(headers.authorization === `Bearer ${SECRETS.token}`, 'unauthorized');
      expectThat(headers['idempotency-key'] !== undefined, 'no key');
      return { status: 200, taken: sms.parse(JSON.parse(body)) };
    },
    elasticsearch: ({ path: where, headers, body }) => {
      expectThat(where === '/logs-parapet-default/_bulk', 'no handler found');
      expectThat(headers['content-type'] === 'application/x-ndjson', 'Content-Type is not supported');
      expectThat(headers.authorization === `ApiKey ${SECRETS.token}`, 'security_exception');
      expectThat(body.endsWith('\n'), 'The bulk request must be terminated by a newline');
      const [action, given] = body.trimEnd().split('\n') as [string, string]; // one document at a time
      const { create } = z
        .strictObject({ create: z.strictObject({ _id: text(512) }) })
        .parse(JSON.parse(action));
      const isThere = documents.has(create._id);
      documents.add(create._id);
      return {
        status: 200,
        body: { errors: isThere, items: [{ create: { _id: create._id, status: isThere ? 409 : 201 } }] },
        ...(isThere ? {} : { taken: document.parse(JSON.parse(given)) }),
      };
    },
  };

  const servers = Object.entries(services).map(([channel, service]) =>
    http.createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const asked = {
          ...{ method: request.method ?? '', path: request.url ?? '', headers: request.headers },
          body: Buffer.concat(chunks).toString('utf8'),
        };
        const { status, body, taken } = answerOf(service, asked);
        if (status >= 400) refused.push(`${channel}: ${String(body)}\n${asked.body}`);
        if (taken !== undefined) note(channel, JSON.stringify(taken));
        response.writeHead(status);
        response.end(typeof body === 'string' ? body : (JSON.stringify(body) ?? ''));
      });
    }),
  );
  const mail = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData: (stream, _, done) => {
      let raw = '';
      stream.on('data', (chunk: Buffer) => (raw += chunk.toString()));
      stream.on('end', () => {
        note('email', raw);
        done();
      });
    },
  });
  const framed = net.createServer((socket) => {
    let raw = '';
    socket.on('data', (chunk) => (raw += chunk.toString()));
    socket.on('end', () => {
      const [, length = '', line = ''] = /^(\d+) ([^]*)$/.exec(raw) ?? [];
      if (Buffer.byteLength(line) === Number(length) && isCef(line)) note('syslog-tcp', line);
      else refused.push(`syslog-tcp: ${raw}`);
      socket.end();
    });
    socket.on('error', () => {});
  });
  const datagrams = dgram.createSocket('udp4').on('message', (bytes) => {
    const line = bytes.toString('utf8');
    if (isCef(line)) note('syslog-udp', line);
    else refused.push(`syslog-udp: ${line}`);
  });
  for (const server of [...servers, framed]) await once(server.listen(0, '127.0.0.1'), 'listening');
  const mailing = mail.listen(0, '127.0.0.1');
  await once(mailing, 'listening');
  datagrams.bind(0, '127.0.0.1');
  await once(datagrams, 'listening');

  const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port; // TCP
  const at = Object.fromEntries(
    Object.keys(services).map((name, i) => [name, `127.0.0.1:${portOf(servers[i]!)}`]),
  );
  const file = (name: string, content: string): string => {
    const written = path.join(folder, name);
    writeFileSync(written, content, { mode: 0o600 });
    return written;
  };
  const token = `secret_file: "${file('token', SECRETS.token)}"`;
  const url = (name: string, rest: string): string =>
    `url_file: "${file(`${name}-url`, `http://${at[name]}${rest}`)}"`;
  const plain = (name: string, rest: string = ''): string => `url: "http://${at[name]}${rest}"`;
  const ecs = path.join(folder, 'parapet.ndjson');
  const lines: readonly (readonly [string, string, string])[] = [
    [
      'email',
      'email',
      `url: "smtp-plain://127.0.0.1:${portOf(mailing)}", from: p@example.org, to: [me@example.org]`,
    ],
    ['twilio', 'twilio', `${plain('twilio')}, user: AC1, ${token}, from: "+15550001", to: ["+15550002"]`],
    [
      ...(['sms', 'sms'] as const),
      `${plain('sms', '/send')}, ${token}, from: Parapet, to: ["+15550003"], body: '{"dest":"{to}","msg":"{text}","by":"{from}"}'`,
    ],
    ['slack', 'slack', url('slack', '/services/T0/B0/slackslackslack')],
    ['discord', 'discord', url('discord', '/api/webhooks/1/discorddiscord')],
    ['teams', 'teams', url('teams', '/workflows/teamsteamsteams?sig=s')],
    ['matrix', 'matrix', `${plain('matrix')}, ${token}, to: ["!ops:example.org"]`],
    ['telegram', 'telegram', `${plain('telegram')}, ${token}, to: ["-1001"]`],
    ['ntfy', 'ntfy', `${plain('ntfy')}, ${token}, to: [alerts]`],
    ['gotify', 'gotify', `${plain('gotify')}, ${token}`],
    [
      'pagerduty',
      'pagerduty',
      `${plain('pagerduty', '/v2/enqueue')}, secret_file: "${file('pager', SECRETS.pager)}"`,
    ],
    ['webhook', 'webhook', `${plain('webhook', '/told')}, secret_file: "${file('hook', SECRETS.hook)}"`],
    ['syslog-udp', 'syslog', `url: "udp://127.0.0.1:${datagrams.address().port}"`],
    ['syslog-tcp', 'syslog', `url: "tcp://127.0.0.1:${portOf(framed)}"`],
    ['ecs-file', 'ecs-file', `file: "${ecs}"`],
    ['elasticsearch', 'elasticsearch', `${plain('elasticsearch')}, ${token}`],
  ];
  return {
    channels: lines.map(([name, type, more]) => `{ name: ${name}, type: ${type}, ${more} }`),
    names: lines.map(([name]) => name),
    told: (channel) => (channel === 'ecs-file' ? documentsIn(ecs) : (told.get(channel) ?? [])),
    refused,
    close: async () => {
      for (const server of servers) server.closeAllConnections();
      for (const server of [...servers, framed]) server.close();
      datagrams.close();
      await new Promise<void>((resolve) => mail.close(() => resolve()));
    },
  };
}

function answerOf(service: Service, asked: Asked): Answered {
  try {
    return service(asked);
  } catch (error) {
    return { status: 400, body: error instanceof Error ? error.message : String(error) };
  }
}

function expectThat(isSo: boolean, otherwise: string): void {
  if (!isSo) throw new Error(otherwise);
}

/** RFC 5424 with a CEF header of seven parts. */
function isCef(line: string): boolean {
  return /^<\d{1,3}>1 \d{4}-\d\d-\d\dT[\d:.]+Z \S+ parapet - \S+ - CEF:0(\|(?:[^|\\]|\\.)*){6}\|(10|\d)?\|?[^\n]*$/.test(
    line,
  );
}

function documentsIn(file: string): readonly string[] {
  let lines: readonly string[];
  try {
    lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  } catch {
    return [];
  }
  return lines.map((line) => JSON.stringify(document.parse(JSON.parse(line))));
}

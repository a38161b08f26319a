// The configuration's section on who is told of what. Secrets have no key of their own: they stand in files or in
// variables, so that the configuration can be shown and sent to others.

import { z } from 'zod';
import { LANGUAGES } from '@parapet/kinds';
import { CHANNEL_NEEDS, CHANNEL_TYPES, isZone, SEVERITIES, type ChannelType } from '@parapet/notify';
import { addressOrRange } from './addressOrRange.ts';

const duration = (by: string, what: string) =>
  z
    .string()
    .regex(/^((\d+(\.\d*)?|\.\d+)(ms|s|m|h))+$/, "has to be a duration such as '30s' or '4h'")
    .default(by)
    .describe(what);

const clock = (what: string) =>
  z
    .string()
    .regex(/^([01]?\d|2[0-3]):[0-5]\d$/, "has to be a time of day such as '07:30'")
    .describe(what);

const severity = z.enum(SEVERITIES);
const zone = z.string().refine(isZone, "is no time zone; write one as 'Europe/Berlin'");
const channelNames = z.array(z.string());

const channelSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[\w.-]{1,40}$/, 'has to be letters, digits, dots and dashes, at most 40')
      .describe('How rules and commands call it'),
    type: z.enum(CHANNEL_TYPES).describe('What it is'),
    url: z
      .string()
      .optional()
      .describe('Where it is: `smtp://mail.example.org:587`, `https://…`, `udp://…`, `tcp://…`, `tls://…`'),
    url_file: z.string().optional().describe('A file with the URL, where whoever has it can post'),
    url_env: z.string().optional().describe('A variable of the environment with the URL'),
    secret_file: z
      .string()
      .optional()
      .describe('A file with the password, token or key; the text of its first line'),
    secret_env: z.string().optional().describe('A variable of the environment with it'),
    to: z
      .array(z.string().min(1))
      .default([])
      .describe('Who gets it: e-mail addresses, phone numbers, rooms, chats or topics'),
    from: z.string().optional().describe('The sender: an e-mail address, or a number'),
    user: z.string().optional().describe("The account's name: of SMTP, Twilio (its SID) or Elasticsearch"),
    file: z.string().optional().describe('Of `ecs-file`: where documents are added'),
    index: z
      .string()
      .default('logs-parapet-default')
      .describe('Of `elasticsearch`: the data stream or index'),
    body: z
      .string()
      .optional()
      .describe('Of `sms`: what is sent, with `{to}`, `{from}`, `{text}`, `{id}` and `{secret}`'),
    content_type: z
      .string()
      .optional()
      .describe('Of `sms`: what the body is, `application/json` unless said'),
    language: z.enum(LANGUAGES).optional().describe('Its own language'),
    time_zone: zone.optional().describe('Its own time zone'),
    at_most: z
      .number()
      .int()
      .min(1)
      .max(1000)
      .default(20)
      .describe(
        'Messages an hour; what is more is held back and told as one. `critical` ones are not counted',
      ),
  })
  .describe('A way to reach somebody');

const ruleSchema = z
  .strictObject({
    channels: channelNames.default([]).describe('Names of channels; empty for all'),
    severity: severity.default('high').describe('This severity and worse'),
    about: z
      .array(z.enum(['attacks', 'appeals', 'health']))
      .default(['attacks', 'appeals', 'health'])
      .describe('Of what'),
    scenarios: z
      .array(z.string().min(1))
      .default([])
      .describe('Names of scenarios or attacks, `*` for any part of one; empty for all'),
    sites: z.array(z.string()).default([]).describe('Sites of `gateway.sites`; empty for all'),
    in_quiet_hours: z.boolean().default(false).describe('Whether it tells in quiet hours too'),
    back_to_normal: z.boolean().default(true).describe('Whether it tells when an attack is over'),
    escalate: z
      .strictObject({
        after: duration('30m', 'When an attack goes on so long after it was told'),
        channels: channelNames.min(1).describe('Who is told then'),
      })
      .optional()
      .describe('Whom to tell when nobody has taken care of it'),
  })
  .describe('Who is told of what');

const quietSchema = z
  .strictObject({
    from: clock('When they begin'),
    to: clock('When they end'),
    except: severity.default('critical').describe('This severity and worse is told all the same'),
  })
  .optional()
  .describe('When messages wait');

export const notificationsSchema = z
  .strictObject({
    language: z.enum(LANGUAGES).default('en').describe('Of messages'),
    time_zone: zone
      .optional()
      .describe('Of messages, quiet hours and the digest; that of the machine unless said'),
    link: z
      .string()
      .regex(/^https?:\/\/\S+$/, "has to be a URL such as 'https://parapet.example.org'")
      .optional()
      .describe('Where the dashboard is, for messages'),
    channels: z.array(channelSchema).default([]).describe('Ways to reach people and machines'),
    rules: z
      .array(ruleSchema)
      .default([])
      .describe('Who is told of what; without one, all channels of severity `high` and worse'),
    quiet_hours: quietSchema,
    digest: z
      .strictObject({
        at: clock('When it is sent').default('08:00'),
        channels: channelNames.min(1).describe('Who gets it'),
      })
      .optional()
      .describe('Once a day, what happened, when anything did'),
    weekly_report: z
      .strictObject({
        on: z
          .enum(['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'])
          .default('monday')
          .describe('On which day'),
        at: clock('When it is sent').default('07:00'),
        channels: channelNames.min(1).describe('Who gets it'),
      })
      .optional()
      .describe('Once a week, what the week brought, in plain words'),
    gather: duration(
      '10s',
      'How long an attack is watched before it is told, so that the message has counts',
    ),
    calm: duration('15m', 'An attack is over when so long nothing of it came'),
    allow_targets: z
      .array(addressOrRange)
      .default([])
      .describe('Addresses that messages may go to although they are not on the Internet'),
  })
  .superRefine((given, ctx) => {
    const names = new Set<string>();
    for (const [index, channel] of given.channels.entries()) {
      const path = ['channels', index];
      if (names.has(channel.name))
        ctx.addIssue({
          code: 'custom',
          path: [...path, 'name'],
          message: `there are two channels ${channel.name}`,
        });
      names.add(channel.name);
      for (const [key, message] of faultsOf(channel))
        ctx.addIssue({ code: 'custom', path: [...path, key], message });
    }
    const check = (path: readonly (string | number)[], list: readonly string[]): void => {
      for (const [index, name] of list.entries())
        if (!names.has(name))
          ctx.addIssue({ code: 'custom', path: [...path, index], message: `there is no channel ${name}` });
    };
    for (const [index, { channels, escalate }] of given.rules.entries()) {
      check(['rules', index, 'channels'], channels);
      check(['rules', index, 'escalate', 'channels'], escalate?.channels ?? []);
    }
    check(['digest', 'channels'], given.digest?.channels ?? []);
    check(['weekly_report', 'channels'], given.weekly_report?.channels ?? []);
  })
  .describe('Who is told of what, when and how');

export type NotificationsConfig = z.infer<typeof notificationsSchema>;
export type ChannelConfig = NotificationsConfig['channels'][number];

/** What a channel of this type lacks or cannot have: the key, and why. */
function faultsOf(channel: z.infer<typeof channelSchema>): readonly (readonly [string, string])[] {
  const needs = CHANNEL_NEEDS[channel.type];
  const faults: (readonly [string, string])[] = [];
  const { type } = channel;
  const hasUrlElsewhere = channel.url_file !== undefined || channel.url_env !== undefined;
  const hasSecret = channel.secret_file !== undefined || channel.secret_env !== undefined;
  if (needs.url === 'secret' && channel.url !== undefined)
    faults.push([
      'url',
      `whoever has this URL can post: put it into a file and name that as url_file, or use url_env`,
    ]);
  if (needs.url === 'secret' && !hasUrlElsewhere) faults.push(['type', `${type} needs url_file or url_env`]);
  if (needs.url === 'required' && channel.url === undefined && !hasUrlElsewhere)
    faults.push(['type', `${type} needs a url`]);
  if (channel.url !== undefined && needs.url !== 'secret') {
    const why = urlFault(channel.url, type);
    if (why !== undefined) faults.push(['url', why]);
  }
  if (needs.secret === 'required' && !hasSecret)
    faults.push(['type', `${type} needs secret_file or secret_env`]);
  if (needs.to && channel.to.length === 0) faults.push(['type', `${type} needs 'to'`]);
  for (const key of needs.more)
    if (channel[key] === undefined) faults.push(['type', `${type} needs '${key}'`]);
  if (channel.user !== undefined && !hasSecret)
    faults.push(['user', 'a user needs a password: secret_file or secret_env']);
  return faults;
}

/** Returns what is wrong with a URL for this type; undefined for one that will do. It never holds the URL. */
export function urlFault(text: string, type: ChannelType): string | undefined {
  const { schemes } = CHANNEL_NEEDS[type];
  const shown = schemes.map((scheme) => `${scheme}//`).join(', ');
  if (!URL.canParse(text)) return `has to be a URL that begins with ${shown}`;
  const { protocol, hostname, username, password } = new URL(text);
  if (!schemes.includes(protocol) || hostname === '') return `has to be a URL that begins with ${shown}`;
  return username + password === '' ? undefined : 'names a user: use `user` and secret_file or secret_env';
}

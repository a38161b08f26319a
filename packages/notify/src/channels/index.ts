// All kinds of channels, and what each needs to be told.

import type { ChannelType, Delivery, Outgoing } from './channel.ts';
import { formatDiscord, formatGotify, formatMatrix, formatNtfy, formatSlack, formatTeams } from './chats.ts';
import { formatEmail } from './email.ts';
import { formatPagerDuty, formatWebhookAt } from './onCall.ts';
import { formatEcsFile, formatElasticsearch, formatSyslogFrom } from './siem.ts';
import { formatSms, formatTelegram, formatTwilio } from './texts.ts';

export interface Surroundings {
  readonly nowMs: number;
  readonly host: string;
  readonly version: string;
}

/** Returns what is sent; undefined when the channel has no use for such a message. */
export function outgoingOf(delivery: Delivery, surroundings: Surroundings): Outgoing | undefined {
  switch (delivery.channel.type) {
    case 'email':
      return formatEmail(delivery);
    case 'twilio':
      return formatTwilio(delivery);
    case 'sms':
      return formatSms(delivery);
    case 'slack':
      return formatSlack(delivery);
    case 'discord':
      return formatDiscord(delivery);
    case 'teams':
      return formatTeams(delivery);
    case 'matrix':
      return formatMatrix(delivery);
    case 'telegram':
      return formatTelegram(delivery);
    case 'ntfy':
      return formatNtfy(delivery);
    case 'gotify':
      return formatGotify(delivery);
    case 'pagerduty':
      return formatPagerDuty(delivery);
    case 'webhook':
      return formatWebhookAt(surroundings.nowMs)(delivery);
    case 'syslog':
      return formatSyslogFrom(surroundings.host, surroundings.version)(delivery);
    case 'ecs-file':
      return formatEcsFile(delivery);
    case 'elasticsearch':
      return formatElasticsearch(delivery);
  }
}

export interface Needs {
  readonly url: 'required' | 'secret' | 'optional' | 'none';
  readonly secret: 'required' | 'optional' | 'none';
  readonly to: boolean;
  readonly more: readonly ('from' | 'user' | 'file')[];
  readonly schemes: readonly string[];
  /** Where it goes when no URL is given; empty where there is no such place. */
  readonly usual: string;
}

const HTTP = ['https:', 'http:'];
const needs = (
  url: Needs['url'],
  secret: Needs['secret'],
  to: boolean,
  more: Needs['more'] = [],
  schemes: readonly string[] = HTTP,
  usual = '',
): Needs => ({ url, secret, to, more, schemes, usual });

/** `secret` for a URL: whoever has it can post, so it stands in a file or a variable. */
export const CHANNEL_NEEDS: Readonly<Record<ChannelType, Needs>> = {
  email: needs('required', 'optional', true, ['from'], ['smtp:', 'smtps:', 'smtp-plain:']),
  twilio: needs('optional', 'required', true, ['from', 'user'], HTTP, 'https://api.twilio.com'),
  sms: needs('required', 'optional', true),
  slack: needs('secret', 'none', false),
  discord: needs('secret', 'none', false),
  teams: needs('secret', 'none', false),
  matrix: needs('required', 'required', true),
  telegram: needs('optional', 'required', true, [], HTTP, 'https://api.telegram.org'),
  ntfy: needs('optional', 'optional', true, [], HTTP, 'https://ntfy.sh'),
  gotify: needs('required', 'required', false),
  pagerduty: needs('optional', 'required', false, [], HTTP, 'https://events.pagerduty.com/v2/enqueue'),
  webhook: needs('required', 'required', false),
  syslog: needs('required', 'none', false, [], ['udp:', 'tcp:', 'tls:']),
  'ecs-file': needs('none', 'none', false, ['file'], []),
  elasticsearch: needs('required', 'optional', false),
};

/** Returns the targets of a channel, one a delivery: what one of them does not take is tried again for that one alone. */
export function targetsOf(channel: {
  readonly type: ChannelType;
  readonly to: readonly string[];
}): readonly string[] {
  return CHANNEL_NEEDS[channel.type].to ? channel.to : [''];
}

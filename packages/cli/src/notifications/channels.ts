// Channels as the configuration names them, with their secrets read from files and variables. A channel whose secret
// cannot be read is left out and said; the others work, and so does everything else.

import path from 'node:path';
import { CHANNEL_NEEDS, type Channel } from '@parapet/notify';
import { urlFault, type ChannelConfig, type NotificationsConfig } from '../config/notificationsSchema.ts';
import { readSecret } from '../config/secret.ts';
import type { CommandContext } from '../context.ts';

export interface ChannelFault {
  /** Its place in the list. */
  readonly index: number;
  readonly name: string;
  readonly key: string;
  readonly message: string;
}

export interface ResolvedChannels {
  readonly channels: ReadonlyMap<string, Channel>;
  readonly faults: readonly ChannelFault[];
}

type Surroundings = Pick<CommandContext, 'env' | 'folder'>;

/** Returns the channels that can be used, and what is wrong with the others; `current`: as it counts now. */
export function resolveChannels(
  config: NotificationsConfig,
  surroundings: Surroundings,
  current: () => NotificationsConfig = () => config,
): ResolvedChannels {
  const channels = new Map<string, Channel>();
  const faults: ChannelFault[] = [];
  for (const [index, given] of config.channels.entries()) {
    const fault = (key: string, message: string): string => {
      faults.push({ index, name: given.name, key, message });
      return '';
    };
    const before = faults.length;
    const url = given.url ?? secretOf('url', given, surroundings, fault);
    if (given.url === undefined && url !== '') {
      const why = urlFault(url, given.type);
      if (why !== undefined) fault('url_file' in given ? 'url_file' : 'url_env', `the URL ${why}`);
    }
    const secret = secretOf('secret', given, surroundings, fault);
    if (faults.length > before) continue;
    channels.set(given.name, channelOf(given, url, secret, current, surroundings.folder));
  }
  return { channels, faults };
}

/** Returns where a channel leads, in words that hold no secret. */
export function placeOf(given: ChannelConfig): string {
  const to = given.to.join(', ');
  if (given.file !== undefined) return given.file;
  const { url = given.url_file ?? given.url_env ?? CHANNEL_NEEDS[given.type].usual } = given;
  const from = URL.canParse(url) ? new URL(url).host : url;
  return [to, from].filter((text) => text !== '').join(' via ');
}

/** Returns the configuration without who is reached, for others to read: of URLs the host is left. */
export function withoutReceivers<T extends { readonly notifications: NotificationsConfig }>(config: T): T {
  const channels = config.notifications.channels.map(({ to, from, user, body, url, ...rest }) => ({
    ...rest,
    to: to.map(() => '<receiver>'),
    ...(from === undefined ? {} : { from: '<sender>' }),
    ...(user === undefined ? {} : { user: '<user>' }),
    ...(body === undefined ? {} : { body: '<body>' }),
    ...(url === undefined || !URL.canParse(url)
      ? {}
      : { url: `${new URL(url).protocol}//${new URL(url).host}` }),
  }));
  return { ...config, notifications: { ...config.notifications, channels } };
}

function channelOf(
  given: ChannelConfig,
  url: string,
  secret: string,
  current: () => NotificationsConfig,
  folder: string,
): Channel {
  const { link } = current();
  return {
    name: given.name,
    type: given.type,
    url: url === '' ? CHANNEL_NEEDS[given.type].usual : url,
    to: given.to,
    from: given.from ?? '',
    user: given.user ?? '',
    secret,
    file: given.file === undefined ? '' : path.resolve(folder, given.file),
    index: given.index,
    body: given.body ?? '',
    contentType: given.content_type ?? '',
    setting: {
      // Asked for anew each time: what is chosen in the dashboard counts at once.
      get language() {
        return given.language ?? current().language;
      },
      get zone() {
        return given.time_zone ?? zoneOf(current());
      },
      ...(link === undefined ? {} : { link }),
    },
  };
}

/** Returns the zone of messages: that of the machine unless the configuration has one. */
export function zoneOf(config: NotificationsConfig): string {
  return config.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function secretOf(
  what: 'url' | 'secret',
  given: ChannelConfig,
  surroundings: Surroundings,
  fault: (key: string, message: string) => string,
): string {
  const read = readSecret({ file: given[`${what}_file`], variable: given[`${what}_env`] }, surroundings);
  return 'problem' in read ? fault(`${what}_${read.in}`, read.problem) : (read.secret ?? '');
}

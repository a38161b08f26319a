// Sends a message over channels of the configuration at once and says whether it arrived: for verbs and buttons, where
// somebody waits. What a running engine tells goes through its outbox instead.

import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import {
  appendRecord,
  deliveryLogFile,
  outgoingOf,
  renderMessage,
  targetsOf,
  withoutSecrets,
  type Channel,
  type DeliveryRecord,
  type Message,
} from '@parapet/notify';
import { plain } from '@parapet/reports';
import type { Config } from '../config/schema.ts';
import type { CommandContext } from '../context.ts';
import { UsageError } from '../run-verb.ts';
import { dataDirOf, type StoreOptions } from '../store-options.ts';
import { VERSION } from '../version.ts';
import { resolveChannels } from './channels.ts';
import { configuredSender, notificationsFolder } from './openNotifications.ts';

/** Returns what became of it for each target; throws a UsageError when there is no channel of a name. */
export async function sendNow(
  context: CommandContext,
  options: Pick<StoreOptions, 'config' | 'dataDir'>,
  config: Config,
  names: readonly string[],
  message: Message,
): Promise<readonly DeliveryRecord[]> {
  const { channels, faults } = resolveChannels(config.notifications, context);
  for (const name of names)
    if (!config.notifications.channels.some((one) => one.name === name))
      throw new UsageError(
        'E_NOTIFY_CHANNEL',
        `There is no channel ${name}`,
        'See `parapet notifications list`.',
      );
  const folder = notificationsFolder(await dataDirOf(context, { output: 'human', ...options }));
  const send = configuredSender(config);
  const records: DeliveryRecord[] = [];
  for (const name of names) {
    const channel = channels.get(name);
    if (channel === undefined) {
      const fault = faults.find((one) => one.name === name)?.message ?? 'it cannot be used';
      records.push(recordOf(context, { name, target: '', message, title: '' }, false, fault));
      continue;
    }
    for (const target of targetsOf(channel)) {
      const record = await sendTo(context, send, channel, target, message);
      records.push(record);
      // Where an engine has been: a test of the configuration makes no folders.
      if (existsSync(folder)) await appendRecord(deliveryLogFile(folder), record);
    }
  }
  return records;
}

/** Returns a line that says whether it arrived. */
export function sentText({ channel, target, outcome, answer }: DeliveryRecord): string {
  const to = `${channel}${target === '' ? '' : ` to ${target}`}`;
  return `${plain(outcome === 'delivered' ? `${to}: sent (${answer})` : `${to}: NOT sent: ${answer}`)}\n`;
}

async function sendTo(
  context: CommandContext,
  send: ReturnType<typeof configuredSender>,
  channel: Channel,
  target: string,
  message: Message,
): Promise<DeliveryRecord> {
  const nowMs = context.now().getTime();
  const rendered = renderMessage(message, channel.setting);
  const about = {
    name: channel.name,
    target,
    message,
    title: message.kind === 'test' ? 'Test' : rendered.title,
  };
  const outgoing = outgoingOf(
    { message, rendered, channel, target },
    { nowMs, host: hostname(), version: VERSION },
  );
  if (outgoing === undefined)
    return recordOf(context, about, false, 'this kind of channel takes no such message');
  const verdict = await send(outgoing);
  const said = withoutSecrets(verdict.ok ? verdict.answer : verdict.reason, channel);
  return recordOf(context, about, verdict.ok, said);
}

function recordOf(
  context: CommandContext,
  about: {
    readonly name: string;
    readonly target: string;
    readonly message: Message;
    readonly title: string;
  },
  isOk: boolean,
  answer: string,
): DeliveryRecord {
  const { name, target, message, title } = about;
  const { kind, severity } = message;
  return {
    at: context.now().toISOString(),
    ...{ channel: name, target, id: kind === 'test' ? 'test' : message.id, kind, severity, title },
    outcome: isOk ? 'delivered' : 'failed',
    tries: 1,
    answer,
  };
}

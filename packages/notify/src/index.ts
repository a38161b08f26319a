export { CHANNEL_NEEDS, outgoingOf, targetsOf, type Needs } from './channels/index.ts';
export {
  CHANNEL_TYPES,
  type Channel,
  type ChannelType,
  type Delivery,
  type Outgoing,
  type Verdict,
} from './channels/channel.ts';
export { SEVERITIES, type Message, type Severity } from './message.ts';
export { renderMessage, textOf } from './words/render.ts';
export { htmlOf } from './channels/email.ts';
export { WEEK_MS, weekFacts, type WeekFacts, type WeekSums } from './weekly/week.ts';
export { TargetGuard } from './wire/guard.ts';
export { senderOf, type Send } from './wire/sender.ts';
export type { DeskSettings, QuietHours, Rule, Topic } from './desk/settings.ts';
export { isZone, nextMinuteOfDay } from './desk/zone.ts';
export { acknowledgedFile, Notifications } from './service.ts';
export { appendRecord, deliveryLogFile, readDeliveryLog } from './outbox/spool.ts';
export { withoutSecrets, type DeliveryRecord } from './outbox/outbox.ts';

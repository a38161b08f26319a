// Who is told of what: to look at, to try out, and to change. Receivers are people, so this is for operators.

import { z } from 'zod';
import { SEVERITIES, TOPICS } from '../../wire.ts';
import { note } from '../access/session.ts';
import { Problem } from '../problem.ts';
import { callerOf, get, post, type Route } from '../route.ts';

const name = z.string().min(1).max(100);

export const NOTIFICATION_ROUTES: readonly Route[] = [
  get(
    '/notifications',
    'operator',
    async ({ options }) => ({ body: await (await options.notifications()).view() }),
    'all',
  ),
  post(
    '/notifications/test',
    'operator',
    z.strictObject({ channel: name }),
    async (asked) => {
      const { options, body, ip } = asked;
      const sent = await (await options.notifications()).test(body.channel);
      if (sent === undefined) throw absent();
      const details = { isDelivered: sent.every(({ isDelivered }) => isDelivered) };
      await note(options, {
        ...{ who: callerOf(asked).user.name, ip, act: 'notifications.test', target: body.channel, details },
      });
      return { body: { sent } };
    },
    'all',
  ),
  post(
    '/notifications/rules',
    'operator',
    z.strictObject({
      channels: z.array(name).min(1).max(50),
      severity: z.enum(SEVERITIES),
      about: z.array(z.enum(TOPICS)).min(1),
      scenarios: z.array(name).max(50).default([]),
      inQuietHours: z.boolean().default(false),
    }),
    async (asked) => {
      const { options, body, ip } = asked;
      if (!(await options.notifications()).addRule(body)) throw absent();
      const { severity, about, scenarios } = body;
      await note(options, {
        ...{
          who: callerOf(asked).user.name,
          ip,
          act: 'notifications.rule',
          target: body.channels.join(', '),
        },
        details: { severity, about, scenarios },
      });
      return { body: {} };
    },
    'all',
  ),
  post(
    '/notifications/rules/remove',
    'operator',
    z.strictObject({ id: name }),
    async (asked) => {
      const { options, body, ip } = asked;
      if (!(await options.notifications()).removeRule(body.id)) throw absent();
      await note(options, {
        ...{ who: callerOf(asked).user.name, ip, act: 'notifications.unrule', target: body.id },
      });
      return { body: {} };
    },
    'all',
  ),
];

function absent(): Problem {
  return new Problem(404, 'E_DASHBOARD_ABSENT', 'there is no such channel or rule, or not any more');
}

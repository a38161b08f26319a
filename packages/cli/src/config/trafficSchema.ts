// The section of the configuration about what traffic is normal.

import { z } from 'zod';

/** A day, which counts whole, or a moment. */
const moment = (isEnd: boolean): z.ZodType<Date, string> =>
  z
    .union([z.iso.date(), z.iso.datetime({ offset: true })], {
      error: "is no day such as '2026-11-27', and no moment such as '2026-11-27T18:00:00+01:00'",
    })
    .transform((text) => new Date(Date.parse(text) + (isEnd && text.length === DAY_LENGTH ? DAY_MS : 0)));

const season = z
  .strictObject({
    name: z.string().min(1).max(80).describe('What it is, for people'),
    from: moment(false).describe('Its first day (UTC), or the moment when it begins'),
    to: moment(true).describe('Its last day (UTC), or the moment when it ends'),
    times: z
      .number()
      .min(0.05)
      .max(50)
      .describe('How many times the usual traffic is expected: 3 for a sale, 0.5 for a holiday'),
    sites: z
      .array(z.string().min(1))
      .default([])
      .describe('The sites that it is for, named as in `traffic.sites`; all when none is named'),
  })
  .refine(({ from, to }) => from < to, { path: ['to'], error: 'is before `from`' });

const DAY_LENGTH = '2026-11-27'.length;
const DAY_MS = 86_400_000;

const mode = z.enum(['off', 'learn', 'observe', 'enforce']);

export const trafficSchema = z
  .strictObject({
    mode: mode
      .default('enforce')
      .describe(
        'What is done about traffic that is not normal: `learn` says nothing, `observe` only tells, `enforce` acts',
      ),
    sites: z
      .array(
        z.strictObject({
          name: z.string().min(1).describe('A site of `gateway.sites`, a host of the log, or `main`'),
          mode: mode.describe('Its own mode'),
        }),
      )
      .default([])
      .describe('Sites with a mode of their own'),
    calendar: z
      .array(season)
      .default([])
      .describe('Campaigns, sales and holidays, in which more or less than the usual is expected'),
    days: z
      .number()
      .int()
      .min(4)
      .max(56)
      .default(14)
      .describe('Days of a site that have to be known before anything is enforced there'),
  })
  .describe('What traffic is normal');

// The section of the configuration about what traffic is normal.

import { z } from 'zod';

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
    days: z
      .number()
      .int()
      .min(4)
      .max(56)
      .default(14)
      .describe('Days of a site that have to be known before anything is enforced there'),
  })
  .describe('What traffic is normal');

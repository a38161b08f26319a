// The section of the configuration about attacks inside requests.

import { z } from 'zod';

const mode = z.enum(['off', 'learn', 'observe', 'enforce']);

export const inspectionSchema = z
  .strictObject({
    mode: mode
      .default('enforce')
      .describe(
        'What is done about attacks in requests: `learn` and `observe` only tell, `enforce` refuses them',
      ),
    sites: z
      .array(
        z.strictObject({
          name: z.string().min(1).describe('A site of `gateway.sites`, or `main`'),
          mode: mode.describe('Its own mode'),
        }),
      )
      .default([])
      .describe('Sites with a mode of their own'),
    false_positives_per_million: z
      .number()
      .min(1)
      .max(10_000)
      .default(100)
      .describe('Of a million honest requests, so many may be refused by mistake'),
    rules: z
      .array(z.string().min(1))
      .default([])
      .describe('Files of content rules of your own, or folders of them'),
    body_bytes: z
      .number()
      .int()
      .min(4096)
      .max(4_194_304)
      .default(262_144)
      .describe('So much of a body is read before anything is forwarded; the rest is read as it passes'),
  })
  .describe('Attacks inside requests');

// What the gateway does with crawlers that fetch pages for AI.

import { z } from 'zod';
import { addressOrRange } from './addressOrRange.ts';

/** As CRAWLER_RULES of enforcement; a test compares them. */
const rule = z.enum(['allow', 'slow', 'cached', 'challenge', 'block']);

export const aiCrawlersSchema = z.strictObject({
  training: rule.default('allow').describe('Those that collect texts to train models'),
  search: rule.default('allow').describe('Those that make an index which AI answers link to'),
  user: rule.default('allow').describe('Programs that fetch a page when a person asks an AI for it'),
  undocumented: rule.default('allow').describe('Those whose operators do not say what for'),
  impostors: rule
    .optional()
    .describe(
      'Those that come from elsewhere than their operator says; challenge, when absent and any other rule is not allow',
    ),
  names: z.record(z.string(), rule).default({}).describe('Rules by name, whatever the purpose'),
  ranges: z
    .record(z.string(), z.array(addressOrRange))
    .default({})
    .describe('More addresses of a crawler, by name, when its operator has new ones'),
  serve_robots: z
    .boolean()
    .default(false)
    .describe('Whether the gateway answers /robots.txt, with the rules in it'),
  robots_file: z.string().optional().describe("The site's own robots.txt, to which the rules are added"),
});

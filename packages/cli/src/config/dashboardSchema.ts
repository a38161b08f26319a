// The dashboard's section of the configuration.

import { z } from 'zod';

export const dashboardSchema = z
  .strictObject({
    listen: z
      .string()
      .min(1)
      .default('127.0.0.1:8421')
      .describe('Address of the web page; `off` serves none, port 0 takes a free one'),
    hosts: z
      .array(z.string().min(1).toLowerCase())
      .default([])
      .describe('Names under which browsers ask for it, beside addresses and `localhost`'),
    behind_tls: z
      .boolean()
      .default(false)
      .describe(
        'Whether a web server in front speaks TLS for it: cookies then travel over TLS only, and X-Forwarded-For says who asks',
      ),
  })
  .describe('The web page for people');

export type DashboardConfig = z.infer<typeof dashboardSchema>;

// The section of the configuration about web servers that ask what is in their requests.

import { z } from 'zod';
import { duration } from './gatewaySchema.ts';
import { tlsSchema } from './tlsSchema.ts';

export const appsecSchema = z
  .strictObject({
    listen: z
      .array(z.string().min(1))
      .default([])
      .describe(
        "Where CrowdSec's web-server bouncers ask about requests: `127.0.0.1:7422`, `unix:/run/parapet/appsec.sock`; empty: nowhere",
      ),
    tls: tlsSchema,
    doubtful: z
      .enum(['allow', 'captcha'])
      .default('allow')
      .describe(
        'What they are told of a request that is doubtful: bouncers without a captcha of their own refuse it then',
      ),
    body_timeout: duration(
      '1s',
      'So long is waited for a body that was announced; then what is there is judged',
    ),
  })
  .describe("CrowdSec's AppSec protocol: requests of other web servers are inspected");

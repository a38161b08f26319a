// The local API's section of the configuration.

import { z } from 'zod';
import { addressOrRange } from './addressOrRange.ts';
import { ON_ALL_ADDRESSES, tlsFiles } from './tlsSchema.ts';

export const lapiSchema = z
  .strictObject({
    listen: z
      .array(z.string().min(1))
      .default([])
      .describe(
        'Where machines and bouncers connect: `127.0.0.1:8090`, `unix:/run/parapet/lapi.sock`; empty: nowhere',
      ),
    trusted_ips: z
      .array(addressOrRange)
      .default(['127.0.0.0/8', '::1'])
      .describe('From where alerts may be deleted'),
    tls: tlsFiles
      .extend({
        client_ca: z
          .string()
          .optional()
          .describe('PEM file of the authority whose certificates clients may come with instead of keys'),
        machine_units: z.array(z.string()).default(['agent-ou']).describe('Organisational units of machines'),
        bouncer_units: z
          .array(z.string())
          .default(['bouncer-ou'])
          .describe('Organisational units of bouncers'),
      })
      .optional()
      .describe(ON_ALL_ADDRESSES),
    registration: z
      .strictObject({
        token: z
          .string()
          .min(32, 'has to have 32 characters at least')
          .describe('What machines bring to be admitted at once'),
        ranges: z.array(addressOrRange).min(1).describe('From where they may come with it'),
      })
      .optional()
      .describe('Machines that are admitted without an operator'),
  })
  .describe("The local API, which CrowdSec's agents, bouncers and cscli speak");

export type LapiConfig = z.infer<typeof lapiSchema>;

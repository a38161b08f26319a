// The sections of the configuration about Parapet's own API and about what applications tell.

import { z } from 'zod';
import { duration } from './gatewaySchema.ts';
import { tlsSchema } from './tlsSchema.ts';

export const apiSchema = z
  .strictObject({
    listen: z
      .array(z.string().min(1))
      .default([])
      .describe(
        'Where it is served: `8091` (this machine only), `127.0.0.1:8091`, `unix:/run/parapet/api.sock`; empty: nowhere',
      ),
    hosts: z
      .array(z.string().min(1).toLowerCase())
      .default([])
      .describe('Host names under which it is asked, beside addresses and `localhost`'),
    tls: tlsSchema,
  })
  .describe("Parapet's own API, for programs")
  .refine(({ listen, tls }) => tls !== undefined || listen.every(isLocal), {
    error: 'has an address that other machines reach: give it api.tls, or put a server with TLS in front',
    path: ['listen'],
  });

/** Tokens must not cross a network in the clear. */
function isLocal(address: string): boolean {
  return /^(\d{1,5}|unix:.+|127\.\d+\.\d+\.\d+:\d{1,5}|\[::1\]:\d{1,5}|localhost:\d{1,5})$/.test(address);
}

export const signalsSchema = z
  .strictObject({
    listen: z
      .array(z.string().regex(/^(unix:.+|udp:.+:\d{1,5})$/, "has to be 'unix:/path' or 'udp:127.0.0.1:8092'"))
      .default([])
      .describe('Where datagrams are taken: `unix:/run/parapet/signals.sock`, `udp:127.0.0.1:8092`'),
    socket_mode: z
      .string()
      .regex(/^0?[0-7]{3}$/, "has to be three octal digits such as '660'")
      .default('660')
      .describe('Rights of the Unix socket: who may write to it may send'),
    spool: z
      .string()
      .min(1)
      .optional()
      .describe('A folder into which applications put files when nobody listens; made when absent'),
    records_per_second: z
      .number()
      .int()
      .min(1)
      .max(100_000)
      .default(500)
      .describe('Of one token, of all datagrams, or of the spool; ten times as many may come at once'),
    max_age: duration('24h', 'Older records are refused'),
  })
  .describe('What applications tell');

export type ApiConfig = z.infer<typeof apiSchema>;
export type SignalsConfig = z.infer<typeof signalsSchema>;

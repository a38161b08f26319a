// The configuration file, parapet.yaml. Every key has a default, so an empty file is a valid one; the JSON
// Schema that editors use is made from this very description.

import { z } from 'zod';
import { addressOrRange } from './addressOrRange.ts';
import { apiSchema, signalsSchema } from './apiSchema.ts';
import { appsecSchema } from './appsecSchema.ts';
import { dashboardSchema } from './dashboardSchema.ts';
import { gatewaySchema } from './gatewaySchema.ts';
import { inspectionSchema } from './inspectionSchema.ts';
import { lapiSchema } from './lapiSchema.ts';
import { notificationsSchema } from './notificationsSchema.ts';
import { openTelemetrySchema } from './openTelemetrySchema.ts';
import { trafficSchema } from './trafficSchema.ts';

const duration = z
  .string()
  .regex(/^((\d+(\.\d*)?|\.\d+)(ms|s|m|h))+$/, "has to be a duration such as '30s' or '4h'")
  .describe('A length of time: 30s, 5m, 4h');

const logSchema = z
  .strictObject({
    file: z.string().min(1).describe('Path of a log, or a pattern such as /var/log/nginx/*access.log'),
    type: z
      .enum(['nginx', 'apache2', 'syslog', 'drupal', 'drupal-watchdog', 'auto'])
      .or(z.string().min(1))
      .default('auto')
      .describe('What writes it; auto looks at the first lines'),
  })
  .describe('A log to watch');

const perimeterSchema = z
  .strictObject({
    enabled: z.boolean().default(true).describe('Whether they are counted'),
    drupal_settings: z
      .string()
      .optional()
      .describe('An exported perimeter.settings.yml to take over as it is'),
    patterns: z
      .array(z.string())
      .optional()
      .describe("Regular expressions in Drupal's notation: /\\/wp-login.*/i"),
    allowlist: z.array(addressOrRange).default([]).describe('Addresses and ranges that are never counted'),
    flood_threshold: z
      .number()
      .int()
      .min(0)
      .default(0)
      .describe('Matching 404s that are let pass; 0 acts on the first'),
    flood_window: z.number().int().min(1).default(3600).describe('Seconds until a try is forgotten'),
  })
  .describe('Missing paths that only scanners ask for');

export const configSchema = z
  .strictObject({
    data_dir: z.string().default('.parapet').describe('Where alerts, decisions and cursors are kept'),
    logs: z.array(logSchema).default([]).describe('The logs to watch'),
    acquisition: z.array(z.string()).default([]).describe('CrowdSec acquis.yaml files to read as well'),
    hub: z
      .strictObject({
        folders: z.array(z.string()).default([]).describe('Folders laid out as the CrowdSec hub is'),
        items: z
          .array(z.string())
          .default([])
          .describe('Collections and items to load from them; empty loads all installed'),
        grok_files: z
          .array(z.string())
          .default([])
          .describe('Files of grok patterns of your own, one `NAME expression` a line'),
        own_items: z.boolean().default(true).describe("Load Parapet's own parsers and scenarios"),
      })
      .prefault({}),
    profiles: z.string().optional().describe('A profiles.yaml; without it, addresses are banned for 4 hours'),
    simulation: z.string().optional().describe('A simulation.yaml'),
    perimeter: perimeterSchema.prefault({}),
    allowlist: z.array(addressOrRange).default([]).describe('Addresses and ranges that are never decided on'),
    geo: z
      .strictObject({
        city: z.string().optional().describe('An MMDB with cities, e.g. GeoLite2-City.mmdb'),
        country: z.string().optional().describe('An MMDB with countries'),
        asn: z.string().optional().describe('An MMDB with networks, e.g. GeoLite2-ASN.mmdb'),
      })
      .prefault({}),
    inspection: inspectionSchema.prefault({}),
    traffic: trafficSchema.prefault({}),
    gateway: gatewaySchema.prefault({}),
    lapi: lapiSchema.prefault({}),
    dashboard: dashboardSchema.prefault({}),
    api: apiSchema.prefault({}),
    signals: signalsSchema.prefault({}),
    appsec: appsecSchema.prefault({}),
    notifications: notificationsSchema.prefault({}),
    metrics: z
      .strictObject({
        listen: z
          .string()
          .default('127.0.0.1:0')
          .describe('Address of the Prometheus page; port 0 takes a free one'),
        enabled: z.boolean().default(false).describe('Whether the page is served'),
      })
      .prefault({}),
    opentelemetry: openTelemetrySchema.prefault({}),
    retention: z
      .strictObject({ alerts: duration.default('2160h').describe('How long alerts are kept, such as 2160h') })
      .prefault({}),
  })
  .describe('Parapet');

export type Config = z.infer<typeof configSchema>;

/** The JSON Schema of the configuration file, for editors. */
export function configJsonSchema(): unknown {
  return z.toJSONSchema(configSchema, { io: 'input', target: 'draft-7' });
}

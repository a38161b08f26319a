// The section of the configuration about OpenTelemetry. What is not set here may be set by the OTEL_ variables.

import { z } from 'zod';
import { endpointFault } from '../telemetry/endpoint.ts';

export const openTelemetrySchema = z
  .strictObject({
    endpoint: z
      .string()
      .superRefine((text, ctx) => {
        const why = endpointFault(text);
        if (why !== undefined) ctx.addIssue({ code: 'custom', message: why });
      })
      .optional()
      .describe('The collector, as OTLP over HTTP: `http://127.0.0.1:4318`'),
    headers_file: z
      .string()
      .optional()
      .describe('A file with headers for it, such as a key: one line, `name=value,other=value`'),
    metrics: z.boolean().default(true).describe('Whether metrics are sent'),
    logs: z.boolean().default(true).describe('Whether alerts and decisions are sent, as log records'),
    interval: z
      .string()
      .regex(/^((\d+(\.\d*)?|\.\d+)(ms|s|m|h))+$/, "has to be a duration such as '30s' or '4h'")
      .optional()
      .describe('How often metrics are sent; 60s unless said'),
  })
  .describe('Metrics and logs for an OpenTelemetry collector');

export type OpenTelemetryConfig = z.infer<typeof openTelemetrySchema>;

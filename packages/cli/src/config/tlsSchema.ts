// The certificate of a section that listens.

import { z } from 'zod';

/** Sections that take more than these two extend it. */
export const tlsFiles = z.strictObject({
  certificate: z.string().describe('PEM file of the certificate and its chain'),
  key: z.string().describe('PEM file of its key'),
});

export const ON_ALL_ADDRESSES = 'TLS on all its TCP addresses';

export const tlsSchema = tlsFiles.optional().describe(ON_ALL_ADDRESSES);

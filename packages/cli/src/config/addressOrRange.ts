// A value of the configuration that has to be an address or a range.

import { parseIpOrCidr } from '@parapet/kinds';
import { z } from 'zod';

export const addressOrRange = z.string().refine((value) => parseIpOrCidr(value.trim()) !== undefined, {
  error: "has to be an address or a range such as '192.0.2.7' or '192.0.2.0/24'",
});

import { expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../../src/config/defaults.ts';
import { configSchema } from '../../src/config/schema.ts';

it('an absent configuration is the same as an empty one', () => {
  expect(DEFAULT_CONFIG).toEqual(configSchema.parse({}));
});

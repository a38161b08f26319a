import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitsBcrypt, isBcrypt, NO_PASSWORD } from '../src/auth/bcrypt.ts';

describe('bcrypt', () => {
  it.each([
    ['a', '$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe'],
    ['abc', '$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i'],
    ['here', '$2a$10$NRkzSX1ADDjSCzS1i6E8COw0J4Q37E9QTJyiKX2CK0LWkag7AYc/O'],
  ])('knows the password %s by a hash that another program made', async (password, hash) => {
    expect(await fitsBcrypt(password, hash)).toBe(true);
    expect(await fitsBcrypt(`${password} `, hash)).toBe(false);
  });

  it('is what a hash says it is, and nothing fits what it does not', async () => {
    expect(isBcrypt(NO_PASSWORD)).toBe(true);
    expect(isBcrypt('scrypt:00:00')).toBe(false);
    expect(isBcrypt(NO_PASSWORD.replace('$10$', '$31$'))).toBe(false);
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.string(), async (password, hash) => {
        expect(await fitsBcrypt(password, hash)).toBe(false);
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { rehearseLapi } from '../src/index.ts';

describe('a rehearsal', () => {
  it('takes alerts and polls through an API of its own, and ends', async () => {
    const asked: string[] = [];
    await rehearseLapi((path, status) => asked.push(`${path.split('?')[0]} ${status}`));
    expect(new Set(asked)).toEqual(new Set(['/v1/decisions/stream 200', '/v1/alerts 201']));
  });
});

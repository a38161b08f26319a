import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Sessions } from '../../src/trust/sessions.ts';
import { makeRequest } from '../requests.ts';

const NAME = 'SSESS0123456789abcdef0123456789abcdef';
const VALUE = 'kK2-9q_3vQ4zXnB1lM0pRsTuVwXyZaBcDeFgHiJkLmN';

describe('a session of the CMS', () => {
  it('is named by the SHA-256 of its cookie', () => {
    const hash = createHash('sha256').update(VALUE).digest('hex');
    const sessions = new Sessions();
    for (const cookie of [`${NAME}=${VALUE}`, `a=1; ${NAME.slice(1)}=${VALUE}; b=2`]) {
      expect(sessions.hashOf(makeRequest({ cookie }))).toBe(hash);
    }
  });

  it('is none without such a cookie', () => {
    const sessions = new Sessions();
    for (const cookie of ['', 'SESSION=abcdefghabcdefghabcdefgh', `X${NAME}=${VALUE}`, `${NAME}=short`]) {
      expect(sessions.hashOf(makeRequest({ cookie }))).toBeUndefined();
    }
    expect(sessions.hashOf(makeRequest())).toBeUndefined();
  });

  it('has the user that the CMS named, at that site', () => {
    const sessions = new Sessions();
    sessions.learn('shop', 'aa', 'ada');
    sessions.learn('shop', 'aa', 'bob');
    expect(sessions.userOf('shop', 'aa')).toBe('bob');
    expect(sessions.userOf('blog', 'aa')).toBeUndefined();
  });
});

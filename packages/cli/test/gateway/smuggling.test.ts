// No bytes make the gateway and a site behind it disagree about where a request ends: whatever is ambiguous is
// refused, and of what passes the site sees exactly the requests that are answered, however leniently it reads.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Canary, DIALECTS } from './canary.ts';
import { ATTACKS } from './smuggling.table.ts';
import { isBuilt, NOT_INSPECTED, SKIPPED, startStack, type Stack } from './stack.ts';
import { sendBytes } from './wire.ts';

const VICTIM = 'GET /victim HTTP/1.1\r\nHost: example.org\r\n\r\n';

describe.skipIf(!isBuilt)(`smuggling${isBuilt ? '' : SKIPPED}`, () => {
  const canary = new Canary();
  let stack: Stack;

  beforeAll(async () => {
    await canary.listen();
    stack = await startStack({ upstream: `http://127.0.0.1:${canary.port}`, config: NOT_INSPECTED });
  }, 60_000);
  afterAll(async () => {
    await stack.stop();
    await canary.close();
  }, 60_000);

  describe.each(DIALECTS)('with a site that $name', (dialect) => {
    beforeEach(() => {
      canary.reset();
      canary.dialect = dialect;
    });

    /** Whoever comes next gets what was asked for, on whichever connection to the site. */
    const othersGetTheirOwn = async (): Promise<void> => {
      for (let i = 0; i < 3; i++) {
        const victim = await sendBytes(stack.port, VICTIM, { answers: 1 });
        expect(victim.answers.map(({ body }) => body)).toEqual(['you asked for /victim']);
      }
    };

    it.each(ATTACKS.filter(({ expected }) => expected === 'refused'))(
      '$name is refused',
      async ({ bytes }) => {
        const { answers } = await sendBytes(stack.port, bytes, { quietMs: 120 });
        const isRefusal = expect.toSatisfy((status) => status >= 400 && status < 600);
        expect(answers.map(({ status }) => status)).toEqual([isRefusal]);
        expect(canary.seen).toEqual([]);
        await othersGetTheirOwn();
      },
    );

    it.each(ATTACKS.filter(({ expected }) => expected === 'same'))(
      '$name: the site sees what is answered',
      async ({ bytes, isUnfinished }) => {
        const waits = isUnfinished === true ? { longestMs: 300 } : {};
        const { answers, rest } = await sendBytes(stack.port, bytes, {
          quietMs: 120,
          owed: () => canary.seen.length,
          ...waits,
        });
        const passed = answers.filter(({ status }) => status === 200);
        // The site may have seen a request whose body turned out to be bad before it could be answered.
        const refused = answers.filter(({ status }) => status >= 400);
        expect(canary.seen.length).toBeGreaterThanOrEqual(passed.length);
        expect(canary.seen.length).toBeLessThanOrEqual(passed.length + Math.min(1, refused.length));
        expect(rest).toBe('');
        const isHidden = (text: string): boolean => text.endsWith('/smuggled');
        const seen = canary.seen.filter(({ target }) => isHidden(target));
        expect(seen.length).toBe(passed.filter(({ body }) => isHidden(body)).length);
        await othersGetTheirOwn();
      },
    );
  });
});

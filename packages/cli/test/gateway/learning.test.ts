// What is found at the gateway and what people say of it, through the whole of `parapet up --upstream`: a record, an
// exception that is narrow and undone, a confirmed attack that is known again elsewhere in another form.

import http from 'node:http';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from './programs.ts';
import { isBuilt, SKIPPED, startStackBefore, type Stack } from './stack.ts';
import { TRUSTS_LOOPBACK, visit } from './visitors.ts';

const SQL = "1' UNION SELECT name, pass FROM users_field_data-- -";

let stack: Stack;
let visitors = 0;

/** Of a visitor who has done nothing yet: the status. */
async function ask(path: string): Promise<number> {
  const from = `198.18.${++visitors >> 8}.${visitors & 255}`;
  return (await visit(stack, path, { from })).status;
}

const search = (words: string, path = '/search'): Promise<number> =>
  ask(`${path}?q=${encodeURIComponent(words)}`);

async function untilAnswered(status: number, words: string, path?: string): Promise<void> {
  let last = 0;
  await until(
    async () => (last = await search(words, path)) === status,
    () => `status ${last} instead of ${status}; ${stack.program.text()}`,
  );
}

async function recordOf(words: string, path = '/search'): Promise<string> {
  const from = `198.19.${++visitors >> 8}.${visitors & 255}`;
  const page = await visit(stack, `${path}?q=${encodeURIComponent(words)}`, { from });
  const record = /class="record">([0-9a-f]{8})</.exec(page.body)?.[1] ?? '';
  let shown = '';
  await until(
    async () => {
      const { text, code } = await stack.run('inspections', 'show', record);
      shown = text;
      return code === 0;
    },
    () => `no record ${record}: ${page.status} ${shown}`,
  );
  return record;
}

describe.skipIf(!isBuilt)(`learning at the gateway${isBuilt ? '' : SKIPPED}`, { timeout: 90_000 }, () => {
  beforeAll(async () => {
    const site = http.createServer((req, res) => {
      req.resume();
      res.end('site');
    });
    stack = await startStackBefore(site, { config: TRUSTS_LOOPBACK });
  }, 60_000);
  afterAll(() => stack.stop(), 60_000);

  it('keeps a record of what it stopped, with why', async () => {
    const record = await recordOf(SQL);
    const { text } = await stack.run('inspections', 'show', record);
    expect(text).toContain('blocked');
    expect(text).toContain('query q');
    expect(text).toContain('sqli');
    const list = await stack.run('inspections', 'list', '--json');
    expect(JSON.parse(list.text)).toContainEqual(expect.objectContaining({ id: record, isEnforced: true }));
  });

  it('lets through what is said to be no attack, there alone, until that is taken back', async () => {
    const record = await recordOf(SQL);
    const made = await stack.run('feedback', 'no-attack', record, '--yes', '--json');
    expect(made.code).toBe(0);
    const { number } = JSON.parse(made.text) as { number: number }; // as the test of the verb says
    await untilAnswered(200, SQL);
    expect(await search("2' UNION SELECT name, pass FROM users_field_data-- -")).toBe(200);
    expect(await search(SQL, '/other')).toBe(403);
    expect(await ask(`/search?p=${encodeURIComponent(SQL)}`)).toBe(403);
    expect(await search("1' UNION SELECT sleep(9), load_file('/etc/passwd')-- -")).toBe(403);
    expect(await search('<script>alert(document.cookie)</script>')).toBe(403);
    let listed = '';
    await until(
      async () =>
        (listed = (await stack.run('inspections', 'list', '--action', 'pass')).text).includes('passed'),
      () => listed,
    );
    expect((await stack.run('feedback', 'undo', String(number))).code).toBe(0);
    await untilAnswered(403, SQL);
  });

  it('says at once how to be understood when it is told nonsense', async () => {
    expect((await stack.run('feedback', 'attack', 'ffffffff')).text).toContain('There is no record ffffffff');
    expect((await stack.run('feedback', 'undo', 'x')).text).toContain('E_CLI_ID');
  });

  it('goes on with what people said after a restart of the engine', async () => {
    const record = await recordOf(SQL, '/again');
    expect((await stack.run('feedback', 'no-attack', record, '--yes')).code).toBe(0);
    await untilAnswered(200, SQL, '/again');
    const before = stack.enginePid();
    if (before !== undefined) process.kill(before, 'SIGKILL');
    await until(
      () => stack.enginePid() !== undefined && stack.enginePid() !== before,
      () => stack.program.text(),
    );
    await untilAnswered(200, SQL, '/again');
    expect(await search(SQL, '/elsewhere')).toBe(403);
  });
});

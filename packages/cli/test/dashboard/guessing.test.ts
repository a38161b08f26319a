// Somebody guesses passwords of the dashboard: the engine sees it, as for any application, and its owner comes in all
// the while. The built program, asked as the web server in front of it asks.

import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { expect, it, onTestFinished } from 'vitest';
import { newFolder, startProgram, type Program } from '../gateway/programs.ts';
import { isBuilt, SKIPPED } from '../gateway/stack.ts';

const PARAPET = path.resolve(import.meta.dirname, '../../bin/parapet.js');
const GUESSER = '198.51.100.7';
const OWNER = '203.0.113.9';
const PASSWORD = 'seven brave otters';

it.skipIf(!isBuilt)(
  `guessing at the dashboard is seen, told and slowed, and locks nobody out${isBuilt ? '' : SKIPPED}`,
  { timeout: 120_000 },
  async () => {
    const { folder, remove } = newFolder();
    const programs: Program[] = [];
    onTestFinished(async () => {
      for (const one of programs) await one.stop();
      remove();
    });
    const start = (...args: readonly string[]): Program => {
      const all = [PARAPET, ...args, '--data-dir', path.join(folder, 'data')];
      const program = startProgram(process.execPath, all, { cwd: folder });
      programs.push(program);
      return program;
    };
    const run = async (...args: readonly string[]): Promise<string> => {
      const program = start(...args);
      await program.ended;
      return program.text();
    };
    fs.writeFileSync(
      path.join(folder, 'parapet.yaml'),
      'dashboard:\n  listen: 127.0.0.1:0\n  behind_tls: true\n',
    );
    fs.writeFileSync(path.join(folder, 'access.log'), '');
    const engine = start('up', '--log', 'access.log=nginx', '--config', 'parapet.yaml');
    await engine.says('/welcome#');
    const [, base = '', token = ''] = /(http:\S+)\/welcome#(\S+)/.exec(engine.text()) ?? [];
    const post = (ip: string, address: string, body: object): Promise<Response> =>
      fetch(base + address, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': ip },
        body: JSON.stringify(body),
      });
    const login = async (ip: string, name: string, password: string): Promise<number> =>
      (await post(ip, '/data/login', { name, password })).status;

    expect((await post(OWNER, '/data/welcome', { token, name: 'anna', password: PASSWORD })).status).toBe(
      200,
    );
    const statuses: number[] = [];
    for (let i = 0; i < 15; i++) statuses.push(await login(GUESSER, 'anna', `guess ${i}`));
    expect(statuses.slice(0, 5)).toEqual([401, 401, 401, 401, 401]);
    expect(statuses).toContain(429);
    await expect
      .poll(
        async () => {
          await login(GUESSER, 'anna', 'one more guess');
          return run('alerts', 'list', '-o', 'json');
        },
        { timeout: 60_000 },
      )
      .toContain('parapet/signal-login-bf');
    const decided = await run('decisions', 'list', '-o', 'json');
    expect(decided).toContain(GUESSER);
    expect(decided).not.toContain(OWNER);

    // Who mistypes where they are at home: nothing is decided on the address, and they come in.
    for (let i = 0; i < 9; i++) await login(OWNER, 'anna', 'mistyped');
    expect(await run('decisions', 'list', '-o', 'json')).not.toContain(OWNER);
    expect(await login('127.0.0.1', 'anna', PASSWORD)).toBe(200);
    const link = await run('dashboard', 'link', '--user', 'anna', '-o', 'raw', '--url', base);
    const again = { token: link.trim().split('#')[1], name: 'anna', password: 'nine calm herons' };
    // A link is no guess, but whoever guessed from there has to wait as long as they were told to.
    await expect
      .poll(async () => (await post(GUESSER, '/data/welcome', again)).status, {
        timeout: 30_000,
        interval: 500,
      })
      .toBe(200);
  },
);

// The page behind a one-time link in a real browser, with scripts and without, and what axe says of it.

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import axe from 'axe-core';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Action, Answer } from '@parapet/kinds';
import { makeLinkPath } from '../../src/trust/oneTimeLink.ts';
import { guarded, NOON, SECRET, type Guarded } from '../ladder/guarded.ts';
import { makeClient } from '../requests.ts';

const executablePath =
  process.env['CHROMIUM'] ??
  ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
const QUIET = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];
const OPERATOR = '198.51.100.20';

interface AxeResult {
  readonly violations: ReadonlyArray<{
    readonly id: string;
    readonly nodes: ReadonlyArray<{ html: string }>;
  }>;
}

describe.skipIf(executablePath === undefined)(
  'a one-time link in Chromium (skipped where it is absent)',
  { timeout: 60_000 },
  () => {
    let browser: Browser;
    let server: Server;
    let site: Guarded;
    let url: string;

    beforeAll(async () => {
      browser = await chromium.launch({ executablePath: executablePath!, args: [...ARGS, ...QUIET] });
      site = guarded();
      site.decide('ip', OPERATOR, 'ban');
      const client = makeClient(OPERATOR, 'http');
      server = createServer((req, res) => {
        req.resume();
        const headers = Object.fromEntries(
          Object.entries(req.headers).map(([name, value]) => [name, String(value)]),
        );
        const action = site.ask(client, headers, req.url, req.method);
        void settle(action).then((answer) => {
          res.writeHead(
            answer?.status ?? 200,
            (answer?.headers ?? []).map(([name, value]) => [name, value] as [string, string]).flat(),
          );
          res.end(answer === undefined ? '<!doctype html><title>Shop</title><h1>The site</h1>' : answer.body);
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on TCP
    });
    afterAll(async () => {
      await browser.close();
      server.closeAllConnections();
      server.close();
    });

    function newLink(): string {
      return url + makeLinkPath(SECRET, 'example.org', NOON + 600_000, randomBytes(16));
    }

    async function violations(page: Page): Promise<readonly string[]> {
      // Evaluated over the debugging protocol, which the page's policy does not apply to.
      await page.evaluate(axe.source);
      const result = (await page.evaluate(
        'axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })',
      )) as AxeResult; // as axe documents it
      return result.violations.map((one) => `${one.id}: ${one.nodes[0]?.html}`);
    }

    it.each([true, false])(
      'lets the operator in at the press of a button (scripts: %s)',
      async (isScripted) => {
        const context = await browser.newContext({ locale: 'de-DE', javaScriptEnabled: isScripted });
        const page = await context.newPage();
        await page.goto(`${url}/`);
        await page.getByText('00000010').waitFor();
        await page.goto(newLink());
        await page.getByRole('button', { name: 'Einlassen' }).click();
        await page.getByRole('link', { name: 'Zur Website' }).click();
        expect(await page.getByRole('heading').textContent()).toBe('The site');
        await context.close();
      },
    );

    it('has no violation of WCAG 2.2 AA that axe can find, also when it is used up', async () => {
      for (const colorScheme of ['light', 'dark'] as const) {
        const context = await browser.newContext({ colorScheme, viewport: { width: 360, height: 800 } });
        const page = await context.newPage();
        const link = newLink();
        await page.goto(link);
        expect(await violations(page)).toEqual([]);
        await page.getByRole('button').click();
        await page.getByRole('link').waitFor();
        expect(await violations(page)).toEqual([]);
        await page.goto(link);
        expect(await violations(page)).toEqual([]);
        await context.close();
      }
    });
  },
);

async function settle(action: Action): Promise<Answer | undefined> {
  switch (action.kind) {
    case 'reply':
      return action.answer;
    case 'handle':
      return action.handle(new Uint8Array());
    case 'wait':
      return settle(await action.action);
    case 'read':
    case 'pass':
      return undefined;
  }
}

// People at browsers, in front of a Drupal: those who look, and those who sign in.

import fs from 'node:fs';
import { createRequire } from 'node:module';
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from 'playwright-core';
import { expect } from 'vitest';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((file) => fs.existsSync(file));

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

/** Why there are none; undefined when there can be. */
export const noBrowser: string | undefined = CHROMIUM === undefined ? 'Chromium is not installed' : undefined;

/** Starts a browser that does not say that a program drives it. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM!,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-blink-features=AutomationControlled',
    ],
  });
}

/** Returns somebody at this address, with a browser of their own. */
export function personAt(
  browser: Browser,
  url: string,
  ip: string,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  return browser.newContext({ baseURL: url, extraHTTPHeaders: { 'X-Forwarded-For': ip }, ...options });
}

/** Fills in the form of the login; what comes of it is for the caller to see. */
export async function tryToSignIn(context: BrowserContext, name: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto('/user/login');
  await page.fill('[name=name]', name);
  await page.fill('[name=pass]', 'right');
  await send(page);
  return page;
}

export async function signIn(context: BrowserContext, name: string): Promise<Page> {
  const page = await tryToSignIn(context, name);
  await page.waitForURL(/\/user\/\d+/);
  return page;
}

/** Sends the form of a page, and waits for the one that follows. */
export async function send(page: Page, button = page.locator('#edit-submit:visible').last()): Promise<void> {
  const next = page.waitForEvent('framenavigated');
  await button.click();
  await next;
  await page.waitForLoadState();
}

/** Messages come behind the rest of a page. */
export async function says(page: Page, text: string): Promise<void> {
  const words = (): Promise<string> => page.innerText('body').catch(() => '');
  await expect.poll(words, { timeout: 30_000 }).toContain(text);
}

/** Returns what axe finds against WCAG 2.2 AA in a part of the page. */
export async function axeFinds(page: Page, part: string): Promise<string[]> {
  await page.evaluate(fs.readFileSync(AXE, 'utf8'));
  const results = (await page.evaluate(
    `axe.run('${part}', { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })`,
  )) as AxeResults; // what axe promises
  return results.violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`);
}

/** By how many pixels a page is wider than a screen, a phone of 360 if nothing else is said. */
export async function overflow(page: Page, width = 360): Promise<number> {
  const size = page.viewportSize()!;
  await page.setViewportSize({ width, height: 800 });
  const wider = await page.evaluate(
    `Math.max(0, (document.querySelector('main') ?? document.body).scrollWidth - ${width})`,
  );
  await page.setViewportSize(size);
  return Number(wider);
}

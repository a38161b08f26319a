// The browser that tests drive; absent on a machine that has none.

import { existsSync } from 'node:fs';
import { chromium, type Browser, type Locator } from 'playwright-core';

export const executablePath: string | undefined =
  process.env['CHROMIUM'] ??
  ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));

const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
const QUIET = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** Starts it; `hidden` as a person's browser is: nothing says that a program drives it. */
export function launch(how: 'driven' | 'hidden'): Promise<Browser> {
  const more = how === 'hidden' ? ['--disable-blink-features=AutomationControlled'] : [];
  return chromium.launch({ executablePath: executablePath!, args: [...ARGS, ...QUIET, ...more] });
}

/** Waits until it is there. Playwright's own waiting needs scripts in the page, which some of ours are without. */
export async function appear(locator: Locator): Promise<void> {
  for (let i = 0; i < 1200; i++) {
    if (
      await locator
        .first()
        .isVisible()
        .catch(() => false)
    )
      return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`not seen: ${locator.toString()} on ${await locator.page().innerText('body')}`);
}

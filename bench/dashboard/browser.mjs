// What a person's browser makes of the dashboard: how soon the first page can be used, and how evenly the live view is
// drawn while 2,000 requests a second come.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const TIMES = 10;
const WATCHED_MS = 8000;
const PER_TICK = 20;
const TICK_MS = 10;

/** Returns the figures; undefined where there is no Chromium. `request` makes one more request happen. */
export async function measureBrowser({ url, cookie, request, turn, pulse }) {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  if (!existsSync(executablePath)) return undefined;
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const [name, value] = cookie.split('=', 2);
    const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 900 } });
    await context.addCookies([{ name, value, url }]);
    return {
      usableMs: await usable(context, url),
      live: await liveView(context, url, { request, turn, pulse }),
    };
  } finally {
    await browser.close();
  }
}

/** Milliseconds from asking for the page until its incidents are there and nothing holds up a click; the median. */
async function usable(context, url) {
  const runs = [];
  for (let i = 0; i < TIMES; i += 1) {
    const page = await context.newPage();
    await page.goto(url, { waitUntil: 'commit' });
    await page.locator('.incident').first().waitFor();
    runs.push(
      // What is still to be done before the next frame counts as well.
      await page.evaluate(
        'new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now()))))',
      ),
    );
    await page.close();
  }
  return runs.toSorted((a, b) => a - b)[TIMES / 2];
}

async function liveView(context, url, { request, turn, pulse }) {
  const page = await context.newPage();
  await page.goto(`${url}/live`);
  await page.getByRole('heading', { name: 'Live traffic' }).waitFor();
  let sent = 0;
  const timers = [
    setInterval(() => {
      for (let i = 0; i < PER_TICK; i += 1) request((sent += 1));
    }, TICK_MS),
    setInterval(() => turn(), 400),
    setInterval(() => pulse(), 1000),
  ];
  try {
    await page.locator('.requests tbody tr').nth(50).waitFor();
    const before = sent;
    const measured = await page.evaluate(`new Promise((done) => {
      const gaps = [];
      let tasks = 0;
      new PerformanceObserver((list) => (tasks += list.getEntries().length)).observe({ type: 'longtask' });
      let last = performance.now();
      const end = last + ${WATCHED_MS};
      const step = (now) => {
        gaps.push(now - last);
        last = now;
        if (now < end) requestAnimationFrame(step);
        else done({ gaps, tasks });
      };
      requestAnimationFrame(step);
    })`);
    const gaps = measured.gaps.toSorted((a, b) => a - b);
    return {
      requestsPerSecond: ((sent - before) * 1000) / WATCHED_MS,
      framesPerSecond: (gaps.length * 1000) / WATCHED_MS,
      frameP95Ms: gaps[Math.floor(gaps.length * 0.95)],
      longTasks: measured.tasks,
      watchedSeconds: WATCHED_MS / 1000,
    };
  } finally {
    timers.forEach(clearInterval);
    await page.close();
  }
}

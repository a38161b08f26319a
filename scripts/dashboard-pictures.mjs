// node scripts/dashboard-pictures.mjs
// Makes the pictures of docs/dashboard.md: the dashboard of the demo after its attack, in a real browser (needs
// chromium). The day before the attack is made up, for a demo that has just begun has none.
import { spawn, spawnSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { root, setUp } from './setup.mjs';

setUp({ quiet: true });
const { openStore } = await import(pathToFileURL(path.join(root, 'packages/store/dist/index.js')).href);
const program = path.join(root, 'packages/cli/bin/parapet.js');
const pictures = path.join(root, 'docs/pictures');
const MINUTE_MS = 60_000;

const demo = spawn(process.execPath, [program, 'demo'], { stdio: ['ignore', 'pipe', 'inherit'] });
let printed = '';
demo.stdout.on('data', (text) => (printed += text));
try {
  while (!printed.includes('The site is protected')) await pause(100);
  const [link] = /http:\S+welcome#\S+/.exec(printed);
  const [, url] = /in your browser:\s+(\S+)/.exec(printed);
  const [, dataDir] = /--data-dir (\S+)/.exec(printed);
  const store = await openStore({ dataDir, role: 'tool', now: () => new Date() });
  await store.minutes.add(madeUpDay());
  await store.addAppeal({
    ...{ site: '', recordId: '', ip: '198.51.100.77', email: '', language: 'en', at: new Date() },
    message: 'I forgot my password and tried a few times. Could you let me in again? Anna',
  });
  await store.close();
  spawnSync(process.execPath, [program, 'demo', 'attack', '--url', url], { stdio: 'ignore' });
  await visitAsBots(url);
  await take(link);
} finally {
  demo.kill('SIGINT');
}

async function take(link) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  const base = new URL(link).origin;
  const wide = { viewport: { width: 1180, height: 800 }, locale: 'en-GB' };
  const context = await browser.newContext(wide);
  const page = await context.newPage();
  await page.goto(link);
  await page.getByLabel('Name').fill('anna');
  await page.getByLabel('Password').fill('seven brave otters');
  await page.keyboard.press('Enter');
  await page.locator('.incident').first().waitFor();
  await pause(6000); // until the last requests are counted
  await page.reload();
  await page.locator('.plot canvas').waitFor();
  await page.screenshot({ path: path.join(pictures, 'dashboard-overview.png') });
  await page.goto(`${base}/incidents`);
  await page.locator('.incident', { hasText: '203.0.113' }).first().click();
  await page.getByRole('heading', { name: 'Evidence' }).waitFor();
  await page.screenshot({ path: path.join(pictures, 'dashboard-incident.png') });
  await page.goto(`${base}/decisions`);
  await page.getByRole('button', { name: 'Decide something' }).click();
  await page.getByLabel('Address or range').fill('198.51.100.0/24');
  await page.getByText('The site answered').waitFor();
  await page.screenshot({ path: path.join(pictures, 'dashboard-decide.png') });
  await page.goto(`${base}/rules`);
  await page
    .getByLabel('An address')
    .fill("GET /search?q=1'%20union%20select%20name,pass%20from%20users-- HTTP/1.1");
  await page.getByRole('button', { name: 'Test it' }).click();
  await page.locator('.tested').waitFor();
  await page.screenshot({ path: path.join(pictures, 'dashboard-rules.png') });
  await page.goto(`${base}/sites`);
  await page.locator('.facts').first().waitFor();
  await page.screenshot({ path: path.join(pictures, 'dashboard-sites.png') });
  await page.goto(`${base}/bots`);
  await page.locator('pre.robots').waitFor();
  await page.screenshot({ path: path.join(pictures, 'dashboard-bots.png') });
  const phone = await browser.newContext({
    ...{ viewport: { width: 390, height: 780 }, colorScheme: 'dark', locale: 'de-DE' },
    storageState: await context.storageState(),
  });
  const small = await phone.newPage();
  await small.goto(base);
  await small.locator('.incident').first().waitFor();
  await small.screenshot({ path: path.join(pictures, 'dashboard-phone.png') });
  await browser.close();
}

/** Some that say what they are, one of which is not believed. */
async function visitAsBots(url) {
  const bots = [
    ['GPTBot/1.2', '20.171.206.9'],
    ['ClaudeBot/1.0', '198.51.100.31'],
    ['curl/8.5.0', '198.51.100.32'],
  ];
  for (const [agent, ip] of bots)
    for (let i = 0; i < 12; i++)
      await fetch(`${url}/blog?page=${i}`, { headers: { 'user-agent': agent, 'x-forwarded-for': ip } });
}

/** A day with a quiet night and some noise, of which a few requests were stopped. */
function madeUpDay() {
  const now = Date.now();
  return Array.from({ length: 1430 }, (_, i) => {
    const at = new Date(Math.floor(now / MINUTE_MS - 1440 + i) * MINUTE_MS);
    const hour = at.getHours() + at.getMinutes() / 60;
    const busy = 6 + 26 * Math.max(0, Math.sin(((hour - 5) / 19) * Math.PI)) ** 1.4;
    const lines = Math.round(busy * (0.85 + 0.3 * Math.abs(Math.sin(i * 12.9898))));
    const stopped = i % 97 < 4 ? 6 + (i % 5) : i % 13 === 0 ? 1 : 0;
    return { at, lines, stopped, alerts: 0 };
  });
}

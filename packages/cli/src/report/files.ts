// The report and exports as files: one list for the verb, the dashboard and their tests.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { type Language, LANGUAGES } from '@parapet/kinds';
import { htmlOf, renderMessage, textOf, type Message } from '@parapet/notify';
import { alertsCsv, alertsJson, stixBundle } from '@parapet/reports';
import type { AlertSummary, Store } from '@parapet/store';
import type { ReportMaker } from '@parapet/dashboard';
import type { NotificationsConfig } from '../config/notificationsSchema.ts';
import { zoneOf } from '../notifications/channels.ts';
import { alertsBetween, readWeek } from './readWeek.ts';

export const EXPORTS = ['csv', 'json', 'stix'] as const;
export type ExportFormat = (typeof EXPORTS)[number];

/** In which words, for which place; as channels of notifications have it. */
export interface ReportSetting {
  readonly language: Language;
  readonly zone: string;
  readonly link?: string;
}

/** A spreadsheet opens no more, and no platform takes more at once. */
const MOST_ALERTS = 100_000;
const DAY_MS = 86_400_000;
const PDF_TIMEOUT_MS = 30_000;
const KEPT_MS = 60_000;
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** Returns the report of the week that ends now, as a message for any channel. */
export async function weekMessage(store: Store, now: Date): Promise<Message> {
  const week = await readWeek(store, now);
  const day = now.toISOString().slice(0, 10);
  return { id: `week-${day}`, kind: 'week', severity: 'low', site: '', atMs: now.getTime(), week };
}

export function reportText(message: Message, setting: ReportSetting): string {
  return `${textOf(renderMessage(message, setting))}\n`;
}

export function reportHtml(message: Message, setting: ReportSetting): string {
  return `${htmlOf(renderMessage(message, setting), setting, true)}\n`;
}

/** Returns what the dashboard offers for download. */
export function reportMaker(
  store: Store,
  now: () => Date,
  env: Readonly<Record<string, string | undefined>>,
  current: () => NotificationsConfig,
): ReportMaker {
  const browser = findBrowser(env);
  const { link } = current();
  const settingOf = (asked: string): ReportSetting => ({
    language: LANGUAGES.find((one) => one === asked) ?? current().language,
    zone: zoneOf(current()),
    ...(link === undefined ? {} : { link }),
  });
  let kept: Message | undefined;
  // Pages ask again with each alert, and a week does not change much in a minute.
  const week = async (): Promise<Message> => {
    const ageMs = now().getTime() - (kept?.atMs ?? -Infinity);
    return kept === undefined || ageMs < 0 || ageMs > KEPT_MS
      ? (kept = await weekMessage(store, now()))
      : kept;
  };
  const html = async (language: string): Promise<string> => reportHtml(await week(), settingOf(language));
  return {
    hasPdf: browser !== undefined,
    html,
    text: async (language) => reportText(await week(), settingOf(language)),
    pdf: async (language) => printPdf(browser ?? '', await html(language)),
    alertsOf: (format, ids) => exportFound(store, format, ids),
    alerts: (format, days) => exportAlerts(store, format, new Date(now().getTime() - days * DAY_MS), now()),
  };
}

/** Returns alerts in a form for other programs, the newest first; at most 100,000. */
export async function exportAlerts(
  store: Store,
  format: ExportFormat,
  since: Date,
  until: Date,
): Promise<string> {
  const alerts: AlertSummary[] = [];
  for await (const alert of alertsBetween(store, since, until)) {
    alerts.push(alert);
    if (alerts.length >= MOST_ALERTS) break;
  }
  return written(alerts, format);
}

async function exportFound(store: Store, format: ExportFormat, ids: readonly string[]): Promise<string> {
  const alerts: AlertSummary[] = [];
  for (const id of ids) {
    const alert = await store.findAlert(id);
    if (alert !== undefined) alerts.push(alert);
  }
  return written(alerts.toReversed(), format);
}

function written(alerts: readonly AlertSummary[], format: ExportFormat): string {
  switch (format) {
    case 'csv':
      return alertsCsv(alerts);
    case 'json':
      return `${JSON.stringify(alertsJson(alerts), undefined, 2)}\n`;
    case 'stix':
      return `${JSON.stringify(stixBundle(alerts, 'Parapet'), undefined, 2)}\n`;
  }
}

/** Returns the browser that can print, or undefined: $CHROMIUM, else one of the usual names on the path. */
export function findBrowser(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const named = env['CHROMIUM'];
  if (named !== undefined && named !== '') return existsSync(named) ? named : undefined;
  for (const folder of (env['PATH'] ?? '').split(path.delimiter))
    for (const name of BROWSERS) {
      const file = path.join(folder, name);
      if (folder !== '' && existsSync(file)) return file;
    }
  return undefined;
}

/** Prints a page that needs nothing from elsewhere; rejects when the browser cannot, or takes too long. */
export async function printPdf(browser: string, html: string): Promise<Buffer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'parapet-report-'));
  try {
    const page = path.join(folder, 'report.html');
    const file = path.join(folder, 'report.pdf');
    writeFileSync(page, html);
    await run(browser, [
      ...['--headless', '--disable-gpu', '--no-first-run', '--disable-extensions', '--no-pdf-header-footer'],
      // Chromium's sandbox cannot be had as root; the page is our own and runs no script.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ...[`--user-data-dir=${path.join(folder, 'profile')}`, `--print-to-pdf=${file}`],
      pathToFileURL(page).href,
    ]);
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

function run(program: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'ignore', timeout: PDF_TIMEOUT_MS, killSignal: 'SIGKILL' });
    child.on('error', reject);
    child.on('close', (code, signal) =>
      code === 0 ? resolve() : reject(new Error(`${path.basename(program)} ended with ${code ?? signal}`)),
    );
  });
}

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Alert } from '@parapet/kinds';
import type { Message } from '@parapet/notify';
import { IN_MEMORY, openStore } from '@parapet/store';
import { describe, expect, it } from 'vitest';
import { alertFrom } from '../../../reports/test/export/alerts.ts';
import { smtpReceiver } from '../../../notify/test/receivers.ts';
import { notificationsSchema } from '../../src/config/notificationsSchema.ts';
import { findBrowser, printPdf } from '../../src/report/files.ts';
import { nextMoment, weeklyReport } from '../../src/report/weekly.ts';
import { newSite, NOON, type Site } from '../commands/run.ts';
import { temporaryFolder } from '../../../store/test/temporary-folder.ts';

const BROWSER = findBrowser(process.env);

async function siteWithAlerts(count: number): Promise<Site> {
  const site = newSite();
  const alerts: Alert[] = Array.from({ length: count }, (_, i) => ({
    ...{ ...alertFrom(`203.0.113.${i % 250}`, -i - 10), id: `a-${i}`, events: [] },
  }));
  await site.withStore(async (store) => {
    store.record({ alerts, decisions: [] });
    await store.flush();
  }, 'engine');
  return site;
}

describe('parapet report week', () => {
  it('tells the week in plain words, in the language that is asked for', async () => {
    const site = await siteWithAlerts(2100);
    const { out, code } = await site.run('report week');
    expect([code, out]).toEqual([0, expect.stringContaining('2,100 times, from 250 addresses')]);
    expect((await site.run('report week --language de')).out).toContain('2.100 Mal Angriffe erkannt');
    const json = JSON.parse((await site.run('report week --json')).out) as { alerts: number };
    expect(json.alerts).toBe(2100);
  });

  it('writes a page that needs nothing from elsewhere', async () => {
    const site = await siteWithAlerts(3);
    const { out, code } = await site.run('report week --html week.html');
    expect([code, out]).toEqual([0, 'Written: week.html\n']);
    const page = readFileSync(path.join(site.folder, 'week.html'), 'utf8');
    expect(page).toMatch(/^<!doctype html><html lang="en">/);
    expect(page).not.toMatch(/<script|https?:\/\/|url\(/);
    expect((await site.run('report week --html no/such/folder.html')).code).toBe(2);
  });

  it('says so where there is no browser to print with', async () => {
    const site = await siteWithAlerts(1);
    const { code, err } = await site.run('report week --pdf week.pdf', { env: { PATH: '' } });
    expect([code, err]).toEqual([2, expect.stringContaining('E_REPORT_BROWSER')]);
  });

  it('is sent over a channel, and arrives as a mail', async () => {
    const site = await siteWithAlerts(3);
    const server = await smtpReceiver({});
    site.write(
      'parapet.yaml',
      `notifications:
  allow_targets: [127.0.0.1]
  channels:
    - { name: owner, type: email, url: "smtp-plain://127.0.0.1:${server.port}", from: p@example.org, to: [me@example.org] }
`,
    );
    mkdirSync(path.join(site.folder, '.parapet/notifications'), { recursive: true });
    const { out, code, err } = await site.run('report week --send owner');
    expect([code, out, err]).toEqual([0, expect.stringContaining('owner to me@example.org: sent'), '']);
    const mail = (server.mails[0]?.raw ?? '').replaceAll(/=\r?\n/g, '');
    expect(mail).toContain('Parapet recognised attacks 3 times, from 3 addresses.');
    const log = await site.run('notifications log --json');
    expect(JSON.parse(log.out)).toMatchObject([{ kind: 'week', outcome: 'delivered' }]);
    expect((await site.run('report week --send nobody')).code).toBe(2);
  });
});

describe.skipIf(BROWSER === undefined)('printing (skipped: no Chromium)', () => {
  it('makes a PDF with a real Chromium', { timeout: 60_000 }, async () => {
    const bytes = await printPdf(BROWSER!, '<!doctype html><title>Week</title><p>Hello');
    expect(bytes.subarray(0, 5).toString('latin1')).toBe('%PDF-');
  });

  it('fails with a reason when the program cannot print', async () => {
    await expect(printPdf('/bin/false', '<p>')).rejects.toThrow('false ended with 1');
  });
});

describe('parapet report export', () => {
  it('writes what was asked for, of the time that was asked for', async () => {
    const site = await siteWithAlerts(3000);
    const csv = (await site.run('report export --since 7d')).out.trim().split('\r\n');
    expect(csv).toHaveLength(3001);
    expect((await site.run('report export --since 1h')).out.trim().split('\r\n')).toHaveLength(53);
    const made = await site.run('report export --as stix --since 1h --to bundle.json');
    expect(made.out).toBe('Written: bundle.json\n');
    const bundle = JSON.parse(readFileSync(path.join(site.folder, 'bundle.json'), 'utf8')) as {
      type: string;
    };
    expect(bundle.type).toBe('bundle');
    expect(JSON.parse((await site.run('report export --as json --since 1h')).out)).toHaveLength(52);
    expect((await site.run('report export --as xml')).code).toBe(2);
  });
});

describe('the weekly report of an engine', () => {
  const config = notificationsSchema.parse({
    time_zone: 'Europe/Berlin',
    channels: [{ name: 'owner', type: 'ntfy', to: ['alerts'] }],
    weekly_report: { on: 'monday', at: '07:00', channels: ['owner'] },
  });

  it('is sent once, when its moment has come, also after a restart', async () => {
    const store = await openStore({ dataDir: IN_MEMORY, role: 'engine', now: () => NOON });
    const folder = temporaryFolder();
    const posted: (readonly [readonly string[], Message['kind']])[] = [];
    let nowMs = NOON.getTime(); // a Sunday
    const begin = (): (() => Promise<void>) =>
      weeklyReport({
        ...{ current: () => config, folder, store, now: () => new Date(nowMs) },
        post: (channels, message) => void posted.push([channels, message.kind]),
      });
    let look = begin();
    await look();
    nowMs = Date.parse('2026-03-02T05:59:00Z');
    await look();
    expect(posted).toEqual([]);
    nowMs += 60_000;
    await look();
    await look();
    expect(posted).toEqual([[['owner'], 'week']]);
    look = begin();
    nowMs += 3_600_000;
    await look();
    expect(posted).toHaveLength(1);
    nowMs += 7 * 86_400_000;
    await look();
    expect(posted).toHaveLength(2);
    expect(existsSync(path.join(folder, 'weekly-report.json'))).toBe(true);
    await store.close();
  });

  it('follows the clock on the wall through the change of summer time', () => {
    const after = Date.parse('2026-03-24T00:00:00Z');
    expect(new Date(nextMoment(after, 'monday', 420, 'Europe/Berlin')).toISOString()).toBe(
      '2026-03-30T05:00:00.000Z',
    );
  });
});

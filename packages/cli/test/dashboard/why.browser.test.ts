// Why something was done, in the language of who reads it: the page of an incident of each kind, in a real browser. What
// attackers and programs wrote (paths, names of rules) stays as it is, so only the sentences of ours are looked at.

import { parseIp, type Alert, type InspectionRecord } from '@parapet/kinds';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { START } from '../../../dashboard/test/server/site.ts';
import { CANNOT_OPEN, canOpen, openBuiltPage, type BuiltPage } from './builtPage.ts';

/** Words that no sentence in another language has. */
const ENGLISH =
  /\b(?:the|and|with|that|which|this|asked|sent|tried|put|looked|failed|requests?|looks like|seconds|times|is|has)\b/i;

interface Kind {
  readonly scenario: string;
  readonly ip: string;
  /** What inspection said of it. */
  readonly reasons: readonly string[];
  /** Why nothing was decided. */
  readonly spared?: string;
}

const KINDS: Readonly<Record<string, Kind>> = {
  'SQL injection': {
    ...{ scenario: 'crowdsecurity/http-sqli-probing', ip: '192.0.2.1' },
    reasons: [
      'looks like commands for a database',
      "adds a second query to the site's own",
      'has quotes and spaces, where the parameter q is always a number here',
    ],
  },
  'brute force': { scenario: 'parapet/drupal-login-bf', ip: '192.0.2.2', reasons: [] },
  flood: {
    ...{ scenario: 'crowdsecurity/http-dos-swithcing-ua', ip: '192.0.2.3', reasons: [] },
    spared: '192.0.2.3 belongs to a verified search engine (bing)',
  },
  scan: {
    ...{ scenario: 'parapet/http-404-burst', ip: '192.0.2.4' },
    reasons: ['asks for a file of secrets', 'names .env, a file of the server'],
  },
  'spam form': { scenario: 'parapet/signal-form-rejections', ip: '192.0.2.5', reasons: [] },
};

function alertOf(number: number, { scenario, ip, spared }: Kind): Alert {
  const at = new Date(START.getTime() - number * 1000);
  return {
    id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    ...{ scenario, scenarioVersion: '', scenarioHash: '' },
    source: { scope: 'ip', value: ip, ip: parseIp(ip)!, countryCode: 'FR' },
    ...{ startAt: new Date(at.getTime() - 20_000), stopAt: at, knownAt: at, eventsCount: 14 },
    events: [{ at, meta: [['http_path', '/q']] }],
    ...{ message: `Ip ${ip} performed '${scenario}'`, remediation: true, simulated: false, labels: {} },
    ...{ capacity: 5, leakSpeedMs: 10_000, ...(spared === undefined ? {} : { spared }) },
  };
}

function recordOf(number: number, { ip, reasons }: Kind): InspectionRecord {
  return {
    ...{ id: `bbbbbbb${number}`, site: 'shop', at: START, ip, method: 'GET', path: '/q', route: '/q' },
    ...{ action: 'block', isEnforced: true, score: 0.98, network: 7, isVouched: false, findings: [] },
    reasons: reasons.map((text) => ({
      ...{ detector: 'model', class: 'sqli', text, weight: 3 },
      foundIn: { placement: 'query', name: 'q', excerpt: '' },
    })),
  };
}

describe.skipIf(!canOpen)(`why something was done${canOpen ? '' : CANNOT_OPEN}`, { timeout: 120_000 }, () => {
  let built: BuiltPage;
  /** The number of each incident, by its address. */
  const ids = new Map<string, string>();

  beforeAll(async () => {
    built = await openBuiltPage();
    const { store } = built.site;
    store.record({ alerts: Object.values(KINDS).map((kind, i) => alertOf(i + 1, kind)), decisions: [] });
    await store.flush();
    await store.inspections.add(
      Object.values(KINDS).flatMap((kind, i) => (kind.reasons.length === 0 ? [] : [recordOf(i, kind)])),
    );
  }, 120_000);

  afterAll(() => built.close());

  async function pageIn(locale: string): Promise<Page> {
    const context = await built.browser.newContext({ locale });
    const page = await context.newPage();
    await page.goto(`${built.base}/welcome#${built.site.invitation('admin')}`);
    await page.locator('input').first().fill(`anna-${locale}`);
    await page.locator('input[type=password]').fill('seven brave otters');
    await page.keyboard.press('Enter');
    await page.locator('nav').first().waitFor();
    const { incidents } = (await (await page.request.get(`${built.base}/data/incidents`)).json()) as {
      incidents: readonly { readonly id: string; readonly source: { readonly value: string } }[];
    };
    for (const { id, source } of incidents) ids.set(source.value, id);
    return page;
  }

  it.each([
    ['de-DE', /\b(?:hat|ist|der|die|eine[rn]?|sieht|nach|mit|von|für)\b/],
    ['es-ES', /\b(?:ha|es|el|la|un|una|de|como|en|pide|para)\b/],
    ['fr-FR', /\b(?:a|est|le|la|un|une|de|en|demande|pour|des)\b/],
  ])('is told in %s of each kind of attack, and nowhere in English', async (locale, own) => {
    const page = await pageIn(locale);
    for (const [kind, { ip, reasons, spared }] of Object.entries(KINDS)) {
      await page.goto(`${built.base}/incidents/${ids.get(ip) ?? ''}`);
      await page.locator('.whys').waitFor();
      const told = await page.locator('.story-text, .whys p:nth-child(-n+3), .notice.care').allInnerTexts();
      const why = await page
        .locator('.reasons .reason > span:first-child')
        .evaluateAll((all) => all.map((one) => one.querySelector('span')?.textContent ?? ''));
      const scenario = /\([a-z]+\/[\w-]+\)|[a-z]+\/[\w-]+/g;
      const sentences = [...told, ...why].map((text) => text.replaceAll(scenario, ''));
      expect([kind, why.length]).toEqual([kind, reasons.length]);
      expect([kind, told.length]).toEqual([kind, spared === undefined ? 4 : 5]);
      expect([kind, ...sentences.filter((text) => ENGLISH.test(text))]).toEqual([kind]);
      expect([kind, sentences.join(' ')]).toEqual([kind, expect.stringMatching(own)]);
    }
    await page.context().close();
  });

  it('changes with the language that is chosen on the page', async () => {
    const page = await pageIn('en-GB');
    await page.goto(`${built.base}/incidents/${ids.get('192.0.2.1') ?? ''}`);
    await page.locator('.whys').waitFor();
    expect(await page.locator('main').innerText()).toContain('looks like commands for a database');
    await page.evaluate(`localStorage.setItem('parapet-language', 'de')`);
    await page.reload();
    await page.locator('.whys').waitFor();
    const german = await page.locator('main').innerText();
    expect(german).toContain('sieht aus wie Befehle für eine Datenbank');
    expect(german).not.toContain('looks like');
    await page.context().close();
  });
});

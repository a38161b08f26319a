// A dashboard on a store in memory, and browsers that keep their cookie.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { randomBytes } from 'node:crypto';
import {
  makeInvitation,
  createDashboard,
  Feed,
  type AccessTold,
  type Closing,
  type Dashboard,
  type DashboardOptions,
  type OidcOptions,
  type Role,
} from '../../src/server/index.ts';
import { Passwords } from '../../src/server/access/passwords.ts';
import { siteKey } from '../../src/server/rules/choiceKeys.ts';
import { hashOfSession } from '../../src/server/access/session.ts';
import { parseIpOrCidr } from '@parapet/kinds';
import { IN_MEMORY, openStore, type Store } from '@parapet/store';
import type { NotificationRule, SessionView } from '../../src/wire.ts';
import type { BotRow, NodeRow, RuleChoice, SettingRow, SitesView } from '../../src/wirePages.ts';
import { rulesOf } from './rulesOf.ts';
import { START } from './start.ts';

export { START };

export const PASSWORD = 'seven brave otters';
const HOST = 'localhost:8421';

/** Of everybody here: made once, for it takes long on purpose. */
let passwordHash: Promise<string> | undefined;

export interface TestSite {
  readonly store: Store;
  readonly secret: Uint8Array;
  readonly feed: Feed;
  readonly faults: unknown[];
  readonly told: AccessTold[];
  /** What reports here. */
  readonly nodes: NodeRow[];
  /** Modes of rules that were chosen. */
  readonly chosen: Map<string, RuleChoice>;
  /** Values of keys of the configuration that were chosen. */
  readonly choices: Map<string, string>;
  readonly closings: Map<string, Closing>;
  readonly dashboard: Dashboard;
  nowMs: number;
  invitation(role: Role, user?: string): string;
  browser(ip?: string): Browser;
  /** Somebody of that role, logged in; for all sites, or for these. */
  somebody(role: Role, sites?: readonly string[]): Promise<Browser>;
}

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  /** As it was sent; empty for what comes without an end. */
  readonly text: string;
  readonly headers: Headers;
}

export class Browser {
  readonly #site: TestSite;
  readonly #ip: string;
  cookie = '';
  csrf = '';

  constructor(site: TestSite, ip: string) {
    this.#site = site;
    this.#ip = ip;
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send('GET', path, undefined, headers);
  }

  async post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send('POST', path, JSON.stringify(body), headers);
  }

  /** Sends as a page of ours would; a header of `''` is left out. */
  async send(
    method: string,
    path: string,
    body: string | undefined,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const all: Record<string, string> = {
      host: HOST,
      ...(this.cookie === '' ? {} : { cookie: this.cookie }),
      ...(body === undefined
        ? {}
        : {
            'content-type': 'application/json',
            'sec-fetch-site': 'same-origin',
            origin: `http://${HOST}`,
            'x-parapet-csrf': this.csrf,
          }),
      ...headers,
    };
    for (const [name, value] of Object.entries(all)) if (value === '') delete all[name];
    const request = new Request(`http://${HOST}${path}`, {
      method,
      headers: all,
      ...(body === undefined ? {} : { body }),
    });
    const response = await this.#site.dashboard(request, { ip: this.#ip });
    const cookies = new Map(this.cookie.split('; ').map((one) => [one.split('=', 1)[0]!, one]));
    for (const set of response.headers.getSetCookie()) {
      const [cookie = ''] = set.split(';');
      const [name = ''] = cookie.split('=', 1);
      if (set.includes('Max-Age=0')) cookies.delete(name);
      else cookies.set(name, cookie);
    }
    this.cookie = [...cookies.values()].filter((one) => one !== '').join('; ');
    const type = response.headers.get('content-type') ?? '';
    const text = type.startsWith('text/event-stream') ? '' : await response.text();
    const answered = /json/.test(type) ? (JSON.parse(text) as Record<string, unknown>) : {};
    const { csrf } = answered as unknown as SessionView;
    if (csrf !== undefined) this.csrf = csrf;
    return { status: response.status, body: answered, text, headers: response.headers };
  }
}

function botOf(kind: BotRow['kind'], name: string, stopped: number): BotRow {
  const sums = { day: { requests: stopped, stopped }, week: { requests: stopped * 3, stopped: stopped * 3 } };
  const place =
    kind === 'ai' ? ({ purpose: 'training', place: 'gateway.ai_crawlers.training' } as const) : {};
  return { kind, name, lastMs: 0, ...sums, ...place };
}

export async function testSite(
  given: {
    readonly assets?: string;
    readonly isSecure?: boolean;
    readonly oidc?: OidcOptions;
    /** In the place of what is made up here. */
    readonly more?: Partial<DashboardOptions>;
  } = {},
): Promise<TestSite> {
  const site = {
    nowMs: START.getTime(),
    faults: [] as unknown[],
    told: [] as AccessTold[],
    nodes: [] as NodeRow[],
    chosen: new Map(),
    choices: new Map(),
    closings: new Map(),
    secret: randomBytes(32),
    feed: new Feed(),
  } as unknown as TestSite & { store: Store; dashboard: Dashboard };
  const now = (): Date => new Date(site.nowMs);
  site.store = await openStore({ dataDir: IN_MEMORY, role: 'engine', now });
  site.invitation = (role, user) =>
    makeInvitation(site.secret, {
      role,
      expiresAt: new Date(site.nowMs + 3_600_000),
      ...(user === undefined ? {} : { user }),
    });
  const rules: NotificationRule[] = [];
  site.dashboard = createDashboard({
    ...{ store: site.store, now, version: '1.2.3', secret: site.secret, feed: site.feed },
    assets: given.assets ?? mkdtempSync(`${tmpdir()}/parapet-assets-`),
    ...{ hosts: ['parapet.example'], isSecure: given.isSecure ?? false },
    engine: () => ({ startedMs: site.nowMs, lastLineMs: undefined, findings: [], isObserving: false }),
    diagnose: async () => [],
    readTarget: (_, value) => {
      const target = parseIpOrCidr(value);
      return target === undefined
        ? { problem: `${value} is no address` }
        : value.includes('/')
          ? { target: { scope: 'range', value: target.text } }
          : { target: { scope: 'ip', value } };
    },
    visits: (places, people) => ({
      people: places.filter(({ text }) => people.has(text.split('/')[0]!)).length,
      ...{ requests: 12, addresses: 2, days: 7, isEstimate: false },
      // Whoever comes from 198.18.7.0/24 has logged in.
      ...(places.some(({ text }) => text.startsWith('198.18.7.'))
        ? { logins: 3, examples: ['198.18.7.9'] }
        : { logins: 0, examples: [] }),
    }),
    reasonToSpare: async ({ value }) =>
      value.startsWith('10.')
        ? `${value} is private, loopback or reserved: no visitor from the Internet has it, so it is the site's own network or a proxy`
        : undefined,
    notifications: async () => ({
      view: async () => ({ channels: [], rules, log: [] }),
      test: async (channel) =>
        channel === 'owner' ? [{ target: 'me', isDelivered: true, answer: '250' }] : undefined,
      addRule: (rule) => rule.channels[0] === 'owner' && rules.push({ ...rule, id: 'r1' }) > 0,
      removeRule: (id) => rules.splice(0, id === 'r1' ? 1 : 0).length > 0,
    }),
    nodes: async () => site.nodes,
    siteNames: () => ['shop', 'blog', 'docs'],
    choices: {
      allows: (key, value) =>
        !key.includes('nobody') && !(key.startsWith('gateway.sites') && value === 'off') && value !== 'Mars',
      chosen: (key) => site.choices.get(key),
      choose: (key, value) =>
        void (value === undefined ? site.choices.delete(key) : site.choices.set(key, value)),
    },
    settings: async () => ({
      ...{ file: '/etc/parapet.yaml', hasFile: true, dataDir: '/data', version: '1.2.3', node: 'v20' },
      settings: [
        settingRow('notifications.time_zone', 'zone', site.choices),
        settingRow('dashboard.listen', 'fixed', site.choices),
      ],
    }),
    closings: {
      find: (id) => site.closings.get(id),
      keep: (id, closing) =>
        void (closing === undefined ? site.closings.delete(id) : site.closings.set(id, closing)),
    },
    sites: async () => ({
      ...{
        sites: ['shop', 'blog', 'docs'].map((name) => siteRow(name, site.choices)),
        workers: [],
        certificates: [],
        listening: [],
        restarts: 0,
        hasGateway: false,
      },
      ...{ version: '1.2.3', startedMs: site.nowMs, nowMs: site.nowMs },
    }),
    bots: async () => ({
      bots: [botOf('ai', 'GPTBot', 1), botOf('impostor', 'GPTBot', 2), botOf('program', 'curl', 100)],
      ...{ absent: [], robots: 'User-agent: *', isRobotsServed: false, nowMs: site.nowMs },
      hidden: { costly: 4, watched: 3, costlyDay: 2, asked: 0, passed: 0 },
      groups: [],
    }),
    rules: async () => rulesOf(site.chosen),
    reports: async (store) => ({
      hasPdf: false,
      html: async (language) => `<p>${language}</p>`,
      pdf: async () => new Uint8Array(),
      text: async (language) => `A week\n${language}\nTop: 1`,
      alertsOf: async (format, ids) => JSON.stringify({ format, ids }),
      alerts: async (format, days) =>
        JSON.stringify({
          format,
          days,
          alerts: (await store.listAlerts({})).map(({ source }) => source.value),
        }),
    }),
    ...(given.oidc === undefined ? {} : { oidc: given.oidc }),
    onAccess: (told) => void site.told.push(told),
    ...{ onAdded: () => {}, onLifted: () => {}, onFault: (error: unknown) => void site.faults.push(error) },
    ...given.more,
  });
  site.browser = (ip = '192.0.2.1') => new Browser(site, ip);
  let people = 0;
  site.somebody = async (role, sites) => {
    people += 1;
    const [name, at, token] = [`${role}-${people}`, now(), randomBytes(32).toString('base64url')];
    passwordHash ??= new Passwords().hash(PASSWORD);
    await site.store.users.put({
      ...{ name, passwordHash: await passwordHash, totpStep: 0, createdAt: at },
      ...(sites === undefined
        ? { role }
        : { role: '', siteRoles: new Map(sites.map((one) => [one, role] as const)) }),
    });
    await site.store.users.addSession({
      ...{ hash: hashOfSession(token), user: name, ip: '192.0.2.1', agent: 'a test' },
      ...{ createdAt: at, seenAt: at },
    });
    const browser = site.browser();
    browser.cookie = `${given.isSecure === true ? '__Host-' : ''}parapet-8421=${token}`;
    // Which tells the token against forged requests.
    await browser.get('/data/session');
    return browser;
  };
  return site;
}

function settingRow(key: string, kind: SettingRow['kind'], choices: ReadonlyMap<string, string>): SettingRow {
  return { key, group: 'messages', value: choices.get(key) ?? 'UTC', kind, isChosen: choices.has(key) };
}

function siteRow(name: string, choices: ReadonlyMap<string, string>): SitesView['sites'][number] {
  const mode = choices.get(siteKey(name, 'mode')) === 'observe' ? 'observe' : 'enforce';
  return {
    ...{ name, hosts: [`${name}.example`], isServed: true, upstreams: [], mode },
    ...{
      modePlace: 'gateway.mode',
      isModeChosen: false,
      isInspectionChosen: false,
      mayInspect: true,
      inspectionNow: mode,
    },
    ...{ inspection: 'enforce', inspectionPlace: 'inspection.mode' },
  };
}

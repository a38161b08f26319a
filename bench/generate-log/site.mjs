// The access log of a site: people who read pages with their images and styles, crawlers, monitoring, attackers.
import { campaignsOf, errorCampaignsOf } from './attacks.mjs';
import { address, zipf } from './random.mjs';

const SITE = 'https://www.example.org';
const TOPICS = 'bread cheese coffee garden harbour island kitchen library market museum orchard river'.split(
  ' ',
);
const BROWSERS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0',
];
const CRAWLERS = [
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
  'Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)',
];

export function actorsOfSite(random, { attackShare, withErrors }) {
  const pages = Array.from({ length: 3_000 }, (_, i) => makePage(random, i));
  const popular = zipf(random, pages.length);
  const visitors = Array.from({ length: 20_000 }, () => ({
    from: address(random, 0.15),
    agent: random.pick(BROWSERS),
    user: random.chance(0.01) ? random.pick(['anna', 'ben']) : '-',
  }));
  const regular = zipf(random, visitors.length, 0.6);
  const attackers = Array.from({ length: 2_000 }, () => address(random, 0.05));
  const notorious = zipf(random, attackers.length, 0.8);
  const campaigns = campaignsOf(random);
  const errorCampaigns = errorCampaignsOf(random);
  const ask = (who, method, target, status, referer = '-') => ({ who, method, target, status, referer });

  function* person() {
    const who = visitors[regular()];
    let referer = random.chance(0.5) ? 'https://www.google.com/' : '-';
    for (let i = random.int(1, 6); i > 0; i--) {
      const page = pages[popular()];
      const isGone = random.chance(0.01);
      yield {
        did: ask(who, 'GET', isGone ? `/old${page.path}` : page.path, isGone ? 404 : 200, referer),
        waitMs: random.int(80, 400),
      };
      referer = SITE + page.path;
      for (const asset of page.assets) {
        const status = random.chance(0.3) ? 304 : 200;
        yield { did: ask(who, 'GET', asset, status, referer), waitMs: random.int(5, 120) };
      }
      if (random.chance(0.04))
        yield { did: ask(who, 'POST', '/contact', random.chance(0.9) ? 303 : 500, referer), waitMs: 300 };
      yield {
        did: ask(who, 'GET', `/statistics?nid=${page.id}`, 200, referer),
        waitMs: random.int(3_000, 90_000),
      };
    }
  }

  function* crawler() {
    const who = { from: address(random), agent: random.pick(CRAWLERS), user: '-' };
    yield { did: ask(who, 'GET', '/robots.txt', 200), waitMs: 2_000 };
    for (let i = random.int(5, 40); i > 0; i--) {
      const isGone = random.chance(0.08);
      const page = pages[random.int(0, pages.length - 1)];
      yield {
        did: ask(
          who,
          'GET',
          isGone ? `/2019${page.path}` : page.path,
          isGone ? 404 : random.pick([200, 200, 301]),
        ),
        waitMs: random.int(2_000, 30_000),
      };
    }
  }

  function* monitoring() {
    const who = { from: '198.51.100.20', agent: 'Uptime/2.4 (+https://uptime.example/about)', user: '-' };
    yield { did: ask(who, 'HEAD', '/', 200), waitMs: 1 };
  }

  function* attacker() {
    const campaign = random.pick(campaigns);
    const agent = campaign.agent?.() ?? random.pick(BROWSERS);
    const from = attackers[notorious()];
    const pace = paceOf(campaign);
    for (const [method, target, status, ownAgent, referer] of campaign.requests())
      yield {
        did: ask({ from, agent: ownAgent ?? agent, user: '-' }, method, target, status, referer),
        waitMs: pace(),
      };
  }

  function* errorWriter() {
    const campaign = random.pick(errorCampaigns);
    const from = attackers[notorious()];
    const pace = paceOf(campaign);
    for (const [method, target, message] of campaign.errors())
      yield { did: { error: message, from, method, target }, waitMs: pace() };
  }

  /** An attacker has a pace of its own, somewhere between the least and the most of its campaign. */
  function paceOf({ paceMs: [least, most] }) {
    const usual = least * (most / least) ** random.real();
    return () => Math.round(usual * (0.5 + random.real()));
  }

  const peaceful = 1 - attackShare;
  return {
    arrivals: [
      { start: person, share: peaceful * 0.95, linesEach: 17.6 },
      { start: crawler, share: peaceful * 0.045, linesEach: 24 },
      { start: monitoring, share: peaceful * 0.005, linesEach: 1 },
      { start: attacker, share: attackShare * (withErrors ? 0.85 : 1), linesEach: 18 },
      { start: errorWriter, share: withErrors ? attackShare * 0.15 : 0, linesEach: 10 },
    ].filter(({ share }) => share > 0),
    write: (did, atMs) => [did.error === undefined ? accessLine(did, atMs) : errorLine(did, atMs)],
  };

  function accessLine({ who, method, target, status, referer }, atMs) {
    const size = status === 304 || method === 'HEAD' ? 0 : random.int(300, 60_000);
    return `${who.from} - ${who.user} [${accessTime(atMs)}] "${method} ${target} HTTP/${who.agent.startsWith('Mozilla/5.0 (') ? '2.0' : '1.1'}" ${status} ${size} "${referer}" "${who.agent}"`;
  }

  function errorLine({ error, from, method, target }, atMs) {
    const at = new Date(atMs).toISOString();
    return `${at.slice(0, 10).replaceAll('-', '/')} ${at.slice(11, 19)} [error] 30#30: *${random.int(1, 99_999)} ${error}, client: ${from}, server: www.example.org, request: "${method} ${target} HTTP/1.1", host: "www.example.org"`;
  }
}

function makePage(random, id) {
  const topic = () => random.pick(TOPICS);
  const path = random.chance(0.3)
    ? `/node/${id + 1}`
    : random.chance(0.2)
      ? `/search?keys=${topic()}+${topic()}&page=${random.int(0, 9)}`
      : `/${topic()}/${topic()}-and-${topic()}-${id}`;
  const assets = Array.from({ length: random.int(0, 6) }, () =>
    random.chance(0.4)
      ? `/sites/default/files/${random.pick(['css', 'js'])}/${topic()}_${random.int(10, 60)}.${random.pick(['css', 'js'])}`
      : `/sites/default/files/styles/large/public/2026-0${random.int(1, 2)}/${topic()}-${random.int(1, 400)}.${random.pick(['webp', 'jpg', 'svg'])}`,
  );
  return { id: id + 1, path: id === 0 ? '/' : path, assets };
}

function accessTime(atMs) {
  const [, day, month, year, time] = /^\w+, (\d\d) (\w+) (\d+) ([\d:]+)/.exec(new Date(atMs).toUTCString());
  return `${day}/${month}/${year}:${time} +0000`;
}

// Quiet hours, the digest, escalation and "back to normal" by the real clock: the built program as processes, and quiet
// hours that end, and a digest that is due, at the next full minute but one.

import process from 'node:process';
import { expect, it } from 'vitest';
import { httpReceiver, type HttpReceiver } from '../../../notify/test/receivers.ts';
import { gatewaySite, isBuilt, until } from '../up/gatewaySite.ts';

const skipped = isBuilt ? '' : ' (skipped: dist is not built, run npx tsc -b)';
const MINUTE_MS = 60_000;
/** So long at least until the quiet hours end: both attacks are over by then. */
const QUIET_MS = process.env['CI'] === undefined ? 40_000 : 60_000;
const SECRET = 'hours-of-quiet';
const ONE = '198.51.100.77';
const OTHER = '198.51.100.78';

interface Told {
  readonly type: string;
  readonly incident?: string;
  readonly title: string;
  readonly text: readonly string[];
  readonly attack?: { readonly examples: readonly { readonly value: string }[] };
}

function toldTo(receiver: HttpReceiver): readonly Told[] {
  return receiver.received.map(({ body }) => JSON.parse(body) as Told); // of our own webhooks
}

function typesOf(receiver: HttpReceiver, about: string): readonly string[] {
  return toldTo(receiver)
    .filter(({ attack }) => attack?.examples.some(({ value }) => value === about) === true)
    .map(({ type }) => type);
}

it.skipIf(!isBuilt)(
  `who sleeps is told when the quiet hours end, who helps out when nobody sees to it, and all of it once${skipped}`,
  { timeout: 180_000 },
  async () => {
    process.env['PARAPET_TEST_HOOK'] = SECRET;
    const [onDuty, asleep, boss] = [await httpReceiver(), await httpReceiver(), await httpReceiver()];
    const endMs = Math.ceil((Date.now() + QUIET_MS) / MINUTE_MS) * MINUTE_MS;
    const clock = (atMs: number): string => new Date(atMs).toISOString().slice(11, 16);
    const channel = (name: string, { url }: HttpReceiver): string =>
      `    - { name: ${name}, type: webhook, url: ${url}/in, secret_env: PARAPET_TEST_HOOK }`;
    const site = await gatewaySite();
    site.config(`
gateway: { trusted_proxies: [127.0.0.1], workers: 1 }
inspection: { mode: enforce }
notifications:
  time_zone: UTC
  gather: 1s
  calm: 12s
  allow_targets: [127.0.0.1]
  channels:
${channel('on-duty', onDuty)}
${channel('asleep', asleep)}
${channel('boss', boss)}
  rules:
    - { channels: [on-duty], severity: low, about: [attacks], in_quiet_hours: true, escalate: { after: 6s, channels: [boss] } }
    - { channels: [asleep], severity: low, about: [attacks] }
  quiet_hours: { from: "${clock(endMs - 10 * MINUTE_MS)}", to: "${clock(endMs)}" }
  digest: { at: "${clock(endMs)}", channels: [boss] }
`);
    const { port } = await site.start();
    await site.get(
      port,
      `/page?id=${encodeURIComponent("1' UNION SELECT name, pass FROM users_field_data-- -")}`,
      ONE,
    );
    for (const target of ['/.env', '/.git/config', '/wp-config.php.bak']) await site.get(port, target, OTHER);
    await until(
      () => [ONE, OTHER].every((ip) => typesOf(onDuty, ip).includes('parapet.attack')),
      'nobody was told at once',
    );
    const taken = toldTo(onDuty).find(({ attack }) => attack?.examples[0]?.value === OTHER)!.incident!;
    expect(await site.parapet('notifications', 'ack', taken)).toContain('Nobody else is told');

    await until(
      () => [ONE, OTHER].every((ip) => typesOf(onDuty, ip).includes('parapet.over')),
      'nobody was told that it is over',
    );
    expect(typesOf(onDuty, ONE)).toEqual(['parapet.attack', 'parapet.over']);
    // Nobody said that they see to the first one.
    expect(typesOf(boss, ONE)[0]).toBe('parapet.still-on');
    expect(typesOf(boss, OTHER)).toEqual([]);
    expect(Date.now()).toBeLessThan(endMs);
    expect(asleep.received).toEqual([]);

    const digests = (): readonly Told[] => toldTo(boss).filter(({ type }) => type === 'parapet.digest');
    await expect.poll(digests, { timeout: 120_000, interval: 500 }).toHaveLength(1);
    await until(() => asleep.received.length > 0, 'what waited was lost');
    expect(Date.now()).toBeGreaterThanOrEqual(endMs);
    const [held, ...more] = toldTo(asleep);
    expect(more).toEqual([]);
    // Of an attack that was over by then, one line.
    expect([held?.type, held?.title]).toEqual([
      'parapet.held',
      'While messages were held back: 2 attacks, 1 deserves a look',
    ]);
    expect(held?.text.slice(0, 2).map((line) => /blocked at [\d:]+ [AP]M/.test(line))).toEqual([true, true]);
    expect(digests()[0]?.title).toBe('Summary: 2 attacks, 1 deserves a look');
    expect(typesOf(boss, ONE)).toEqual(['parapet.still-on', 'parapet.over']);
    expect(onDuty.received).toHaveLength(4);
  },
);

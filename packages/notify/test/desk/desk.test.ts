// Who is told of what, and when, by a clock of the test's own.

import { describe, expect, it } from 'vitest';
import { Desk, type DeskState } from '../../src/desk/desk.ts';
import type { Post } from '../../src/desk/mailroom.ts';
import type { DeskSettings, Rule } from '../../src/desk/settings.ts';
import { alertOf, banOf } from '../samples.ts';

const NOON = Date.parse('2026-11-22T11:00:00Z');
const MINUTE = 60_000;
const HOUR = 3_600_000;

const RULE: Rule = {
  channels: ['mail'],
  severity: 'medium',
  about: ['attacks', 'appeals', 'health'],
  scenarios: [],
  sites: [],
  quiet: undefined,
  backToNormal: true,
  escalate: undefined,
};

class Clock {
  nowMs: number;
  readonly desk: Desk;
  readonly posts: Post[] = [];
  #number = 0;

  constructor(settings: Partial<DeskSettings> = {}, nowMs: number = NOON, state?: DeskState) {
    this.nowMs = nowMs;
    let id = 0;
    this.desk = new Desk({
      settings: {
        zone: 'Europe/Berlin',
        rules: [RULE],
        digest: undefined,
        gatherMs: 10_000,
        calmMs: 15 * MINUTE,
        atMost: new Map(),
        isEnforced: () => true,
        siteOf: (host) => host,
        ...settings,
      },
      newId: () => `id-${state === undefined ? '' : 'later-'}${++id}`,
      nowMs,
      ...(state === undefined ? {} : { state }),
    });
  }

  /** Alerts of so many new addresses, now. */
  attack(count = 1, changes: Parameters<typeof alertOf>[2] = {}, isBanned = true): void {
    for (let i = 0; i < count; i++) {
      const alert = alertOf(++this.#number, this.nowMs, changes);
      this.desk.alert(alert, isBanned ? [banOf(alert)] : []);
    }
  }

  /** Lets time pass, with a turn every second for a minute and then every ten. */
  pass(ms: number): void {
    const endMs = this.nowMs + ms;
    let step = 0;
    while (this.nowMs < endMs) {
      this.nowMs = Math.min(endMs, this.nowMs + (step++ < 60 ? 1000 : 10_000));
      this.posts.push(...this.desk.turn(this.nowMs));
    }
  }

  get told(): readonly string[] {
    return this.posts.map(({ channel, message }) => `${channel}: ${message.kind}`);
  }
}

function factsOf(post: Post | undefined): Record<string, unknown> {
  const message = post?.message;
  return message !== undefined && 'facts' in message ? { ...message.facts } : {};
}

describe('one attack is one message', () => {
  it('however many addresses a wave comes from', () => {
    const clock = new Clock();
    for (let i = 0; i < 40; i++) {
      clock.attack(100);
      clock.pass(1000);
    }
    expect(clock.told).toEqual(['mail: attack']);
    clock.pass(20 * MINUTE);
    expect(clock.told).toEqual(['mail: attack', 'mail: over']);
    expect(factsOf(clock.posts[1])).toMatchObject({
      alerts: 4000,
      sources: 4000,
      outcome: 'blocked',
      isMore: false,
    });
    expect(clock.posts[0]?.message.severity).toBe('high');
  });

  it('counts an address once, and says when there are more than it counts', () => {
    const clock = new Clock();
    clock.attack(15_000);
    clock.pass(1000);
    clock.attack(10_000);
    for (let i = 0; i < 3; i++) clock.desk.alert({ ...alertOf(1, clock.nowMs), id: `again-${i}` }, []);
    clock.pass(20 * MINUTE);
    expect(factsOf(clock.posts[1])).toMatchObject({ sources: 20_000, isMore: true });
  });

  it('takes the same alert once', () => {
    const clock = new Clock();
    const alert = alertOf(1, NOON);
    for (let i = 0; i < 5; i++) clock.desk.alert(alert, [banOf(alert)]);
    clock.pass(MINUTE);
    expect(factsOf(clock.posts[0])).toMatchObject({ alerts: 1, events: 3 });
  });

  it('whatever else its sources do', () => {
    const clock = new Clock();
    const alert = alertOf(1, NOON);
    clock.desk.alert(alert, [banOf(alert)]);
    const probing = {
      ...alert,
      id: 'other',
      scenario: 'parapet/http-404-burst',
      events: alert.events.map((event) => ({ ...event, meta: [['site', 'shop'] as const] })),
    };
    clock.desk.alert(probing, [banOf(probing)]);
    clock.pass(MINUTE);
    expect(clock.told).toEqual(['mail: attack']);
    expect(factsOf(clock.posts[0])).toMatchObject({
      attack: 'sql-injection',
      scenarios: ['parapet/request-attacks', 'parapet/http-404-burst'],
    });
  });

  it('but one on another site is another', () => {
    const clock = new Clock();
    clock.attack();
    clock.attack(1, {
      events: [
        {
          at: new Date(NOON),
          meta: [
            ['attack_class', 'sqli'],
            ['site', 'blog'],
          ],
        },
      ],
    });
    clock.pass(MINUTE);
    expect(clock.posts.map(({ message }) => message.site)).toEqual(['shop', 'blog']);
  });

  it('is told anew after it was over', () => {
    const clock = new Clock();
    clock.attack();
    clock.pass(20 * MINUTE);
    clock.attack();
    clock.pass(MINUTE);
    expect(clock.told).toEqual(['mail: attack', 'mail: over', 'mail: attack']);
  });
});

describe('severity and rules', () => {
  it('leave scanners that were stopped to the digest', () => {
    const clock = new Clock();
    clock.attack(5, { scenario: 'parapet/perimeter', events: [] });
    clock.pass(HOUR);
    expect(clock.told).toEqual([]);
  });

  it('tell of what was not stopped', () => {
    const clock = new Clock({ rules: [{ ...RULE, severity: 'high' }], isEnforced: () => false });
    clock.attack();
    clock.pass(MINUTE);
    expect(factsOf(clock.posts[0])).toMatchObject({ outcome: 'observed', needsReview: true });
  });

  it('tell a channel when the attack gets as grave as its rule asks, and each channel once', () => {
    const rules: Rule[] = [RULE, { ...RULE, channels: ['mail', 'phone'], severity: 'high' }];
    const clock = new Clock({ rules });
    clock.attack();
    clock.pass(MINUTE);
    expect(clock.told).toEqual(['mail: attack']);
    clock.attack(30);
    clock.pass(MINUTE);
    expect(clock.told).toEqual(['mail: attack', 'phone: attack']);
  });

  it('look at sites and scenarios', () => {
    const rules: Rule[] = [
      { ...RULE, channels: ['a'], sites: ['blog'] },
      { ...RULE, channels: ['b'], scenarios: ['parapet/request-*'] },
      { ...RULE, channels: ['c'], scenarios: ['sql-injection'] },
      { ...RULE, channels: ['d'], scenarios: ['*-bf'] },
    ];
    const clock = new Clock({ rules });
    clock.attack();
    clock.pass(MINUTE);
    expect(clock.told).toEqual(['b: attack', 'c: attack']);
  });

  it('tell nothing of last month when an old log is read', () => {
    const clock = new Clock();
    const old = alertOf(1, NOON - 30 * 86_400_000);
    clock.desk.alert(old, [banOf(old)]);
    clock.pass(HOUR);
    expect(clock.told).toEqual([]);
  });
});

describe('quiet hours', () => {
  const quiet = { from: 22 * 60, to: 7 * 60, except: 'critical' } as const;
  const night = Date.parse('2026-03-29T00:30:00Z'); // 01:30 in Berlin, half an hour before summer time begins

  it('hold back until they end by the clock on the wall, on the night it changes too', () => {
    const clock = new Clock({ rules: [{ ...RULE, quiet }] }, night);
    clock.attack();
    clock.pass(4 * HOUR + 29 * MINUTE);
    expect(clock.told).toEqual([]);
    clock.pass(2 * MINUTE);
    expect(clock.told).toEqual(['mail: over']);
    expect(new Date(clock.nowMs).toISOString()).toBe('2026-03-29T05:01:00.000Z');
  });

  it('end in one message, however much there was', () => {
    const clock = new Clock({ rules: [{ ...RULE, quiet }] }, night);
    for (let i = 0; i < 5; i++) {
      clock.attack();
      clock.pass(30 * MINUTE);
    }
    clock.pass(8 * HOUR);
    expect(clock.told).toEqual(['mail: held']);
    const [post] = clock.posts;
    expect(post?.message).toMatchObject({ kind: 'held', more: 0 });
    expect(post?.message.kind === 'held' && post.message.lines).toHaveLength(5);
  });

  it('do not hold back what is worse', () => {
    const clock = new Clock({ rules: [{ ...RULE, quiet }] }, night);
    clock.attack(1, {
      scenario: 'x/linux-postexploit',
      labels: { behavior: 'linux:post-exploitation' },
      events: [],
    });
    clock.pass(MINUTE);
    expect(clock.told).toEqual(['mail: attack']);
    expect(clock.posts[0]?.message.severity).toBe('critical');
  });
});

it('no channel gets more than so many messages an hour, and nothing is lost by it', () => {
  const clock = new Clock({ atMost: new Map([['mail', 3]]), calmMs: 30_000 });
  for (let i = 0; i < 10; i++) {
    clock.attack();
    clock.pass(2 * MINUTE);
  }
  expect(clock.told).toHaveLength(3);
  clock.pass(2 * HOUR);
  expect(clock.told).toHaveLength(4);
  const last = clock.posts.at(-1)!.message;
  expect(last.kind).toBe('held');
  // Two messages told one attack from its beginning to its end, the third began another one.
  expect(last.kind === 'held' && last.lines.length + last.more).toBe(9);
});

describe('the digest', () => {
  const digest = { at: 8 * 60, channels: ['mail'] };

  it('comes once a day at its time, with what nobody was told of', () => {
    const clock = new Clock({ digest, rules: [] });
    for (let i = 0; i < 3; i++) {
      clock.attack(2, { scenario: 'parapet/perimeter', events: [] });
      clock.pass(HOUR);
    }
    clock.attack();
    clock.pass(17 * HOUR - MINUTE);
    expect(clock.told).toEqual([]);
    clock.pass(2 * MINUTE);
    expect(clock.told).toEqual(['mail: digest']);
    const { message } = clock.posts[0]!;
    expect(message.kind === 'digest' && message.lines).toMatchObject([
      { attack: 'sql-injection', attacks: 1 },
      { attack: 'decoy', attacks: 3, sources: 6 },
    ]);
  });

  it('is left out when nothing happened', () => {
    const clock = new Clock({ digest });
    clock.pass(3 * 24 * HOUR);
    expect(clock.told).toEqual([]);
  });
});

describe('escalation', () => {
  const rules: Rule[] = [{ ...RULE, escalate: { afterMs: 30 * MINUTE, channels: ['phone'] } }];
  const goOn = (clock: Clock, minutes: number): void => {
    for (let i = 0; i < minutes; i += 5) {
      clock.attack();
      clock.pass(5 * MINUTE);
    }
  };

  it('tells others when the attack goes on, once, and that it is over', () => {
    const clock = new Clock({ rules });
    goOn(clock, 60);
    expect(clock.told).toEqual(['mail: attack', 'phone: still-on']);
    clock.pass(20 * MINUTE);
    expect(clock.told.slice(2).toSorted()).toEqual(['mail: over', 'phone: over']);
  });

  it('does not when somebody has taken care of it', () => {
    const clock = new Clock({ rules });
    goOn(clock, 15);
    const { message } = clock.posts[0]!;
    expect('incident' in message && clock.desk.acknowledge(message.incident)).toBe(true);
    expect(clock.desk.acknowledge('nobody')).toBe(false);
    goOn(clock, 60);
    expect(clock.told).toEqual(['mail: attack']);
  });

  it('does not when it is over', () => {
    const clock = new Clock({ rules });
    clock.attack();
    clock.pass(2 * HOUR);
    expect(clock.told).toEqual(['mail: attack', 'mail: over']);
  });
});

describe('what is no attack', () => {
  it('is told once in six hours, and that it is over', () => {
    const clock = new Clock();
    for (let i = 0; i < 5; i++) clock.desk.attention('store', 'no space left', 'critical', clock.nowMs);
    clock.pass(MINUTE);
    clock.desk.attention('store-ok', '', 'critical', clock.nowMs);
    clock.desk.attention('store-ok', '', 'critical', clock.nowMs);
    clock.pass(MINUTE);
    expect(clock.posts.map(({ message }) => message.kind === 'attention' && message.about)).toEqual([
      'store',
      'store-ok',
    ]);
  });

  it('each appeal is told, whatever severity the rule asks for', () => {
    const clock = new Clock({ rules: [{ ...RULE, severity: 'critical' }] });
    clock.desk.attention('appeal', '#1', 'low', clock.nowMs);
    clock.desk.attention('appeal', '#2', 'low', clock.nowMs);
    clock.pass(MINUTE);
    expect(clock.told).toEqual(['mail: attention', 'mail: attention']);
  });
});

it('goes on after a restart as if there had been none', () => {
  const rules: Rule[] = [{ ...RULE, escalate: { afterMs: 30 * MINUTE, channels: ['phone'] } }];
  const before = new Clock({ rules });
  before.attack(50);
  before.pass(MINUTE);
  expect(before.told).toEqual(['mail: attack']);
  const state = JSON.parse(JSON.stringify(before.desk.save(before.nowMs))) as DeskState;
  const after = new Clock({ rules }, before.nowMs + MINUTE, state);
  expect(after.desk.hasSeen(alertOf(1, NOON).id)).toBe(true);
  after.attack(60); // 50 of which were taken before
  after.pass(20 * MINUTE);
  expect(after.told).toEqual(['mail: over']);
  expect(factsOf(after.posts[0])).toMatchObject({ sources: 60, alerts: 60 });
});

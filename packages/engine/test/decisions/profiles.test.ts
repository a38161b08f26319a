import type { Alert } from '@parapet/kinds';
import { describe, expect, test } from 'vitest';
import { DEFAULT_PROFILES, loadProfiles, type Profiles } from '../../src/decisions/index.ts';

const KNOWN = new Date('2020-01-01T10:00:00Z');

function alertOf(draft: Partial<Alert> = {}): Alert {
  return {
    id: 'alert-1',
    scenario: 'x/flood',
    scenarioVersion: '0.1',
    scenarioHash: 'abc',
    source: { scope: 'ip', value: '203.0.113.7', ip: '203.0.113.7', countryCode: 'FR' },
    startAt: new Date(KNOWN.getTime() - 5000),
    stopAt: KNOWN,
    knownAt: KNOWN,
    eventsCount: 12,
    events: [{ at: KNOWN, meta: [['http_path', '/']] }],
    message: 'm',
    remediation: true,
    simulated: false,
    labels: {},
    capacity: 5,
    leakSpeedMs: 10_000,
    ...draft,
  };
}

function profilesOf(text: string): Profiles {
  let next = 0;
  const { profiles, problems } = loadProfiles('profiles.yaml', text, {}, () => `id-${++next}`);
  expect(problems).toEqual([]);
  return profiles;
}

const HOUR_MS = 3_600_000;

describe('the built-in profiles', () => {
  test('ban the address of an alert with remediation for four hours', () => {
    const { decisions } = profilesOf(DEFAULT_PROFILES).decide(alertOf());
    expect(decisions).toEqual([
      {
        id: 'id-1',
        target: { scope: 'ip', value: '203.0.113.7' },
        remediation: 'ban',
        startAt: KNOWN,
        expiresAt: new Date(KNOWN.getTime() + 4 * HOUR_MS),
        scenario: 'x/flood',
        origin: 'scenario',
        mode: 'live',
        alertId: 'alert-1',
      },
    ]);
  });

  test('ban ranges too', () => {
    const source = { scope: 'range', value: '203.0.113.0/24' };
    expect(profilesOf(DEFAULT_PROFILES).decide(alertOf({ source })).decisions[0]!.target).toEqual(source);
  });

  test('do nothing without remediation, about other scopes, or when a never-rule spared the source', () => {
    const profiles = profilesOf(DEFAULT_PROFILES);
    expect(profiles.decide(alertOf({ remediation: false })).decisions).toEqual([]);
    expect(profiles.decide(alertOf({ source: { scope: 'username', value: 'bob' } })).decisions).toEqual([]);
    expect(profiles.decide(alertOf({ spared: 'it is the office' })).decisions).toEqual([]);
  });

  test('make a simulated alert a simulated decision', () => {
    expect(profilesOf(DEFAULT_PROFILES).decide(alertOf({ simulated: true })).decisions[0]!.mode).toBe(
      'simulated',
    );
  });

  test('decide nothing on what is no address or range', () => {
    const profiles = profilesOf(DEFAULT_PROFILES);
    expect(profiles.decide(alertOf({ source: { scope: 'range', value: '' } })).decisions).toEqual([]);
    expect(profiles.decide(alertOf({ source: { scope: 'ip', value: 'unknown' } })).decisions).toEqual([]);
  });
});

test('filters are alternatives, and one match is enough', () => {
  const profiles = profilesOf(`
name: two
filters: ['Alert.GetScenario() == "y/other"', 'Alert.GetEventsCount() > 10']
decisions: [{ type: captcha, duration: 1h }]
`);
  expect(profiles.decide(alertOf()).decisions.map(({ remediation }) => remediation)).toEqual(['captcha']);
  expect(profiles.decide(alertOf({ eventsCount: 10 })).decisions).toEqual([]);
});

const chain = (onSuccess: string): string => `
name: first
filters: ['true']
decisions: [{ type: captcha, duration: 1h }]
notifications: [mail]
on_success: ${onSuccess}
---
name: second
filters: ['true']
decisions: [{ type: ban, duration: 2h }]
notifications: [chat]
`;

test('the first profile with decisions has its way; later ones may still notify', () => {
  const answer = profilesOf(chain('continue')).decide(alertOf());
  expect(answer.decisions.map(({ remediation }) => remediation)).toEqual(['captcha']);
  expect(answer.notifications).toEqual(['mail', 'chat']);
});

test('on_success: break keeps later profiles from being asked', () => {
  expect(profilesOf(chain('break')).decide(alertOf()).notifications).toEqual(['mail']);
});

test('scope, origin, simulation and days come from the profile', () => {
  const [decision] = profilesOf(`
name: all
filters: ['true']
decisions: [{ type: ban, duration: 1d12h, scope: Country, origin: night, simulated: true }]
`).decide(alertOf()).decisions;
  expect(decision).toMatchObject({
    target: { scope: 'country' },
    origin: 'scenario/night',
    mode: 'simulated',
  });
  expect(decision!.expiresAt.getTime() - KNOWN.getTime()).toBe(36 * HOUR_MS);
});

test('a decision without a duration lasts four hours', () => {
  const [decision] = profilesOf("{ name: short, filters: ['true'], decisions: [{ type: ban }] }").decide(
    alertOf(),
  ).decisions;
  expect(decision!.expiresAt.getTime() - KNOWN.getTime()).toBe(4 * HOUR_MS);
});

test('duration_expr says how long, and a profile’s own duration is taken when it fails', () => {
  const by = (expression: string) =>
    profilesOf(`
name: growing
filters: ['true']
decisions: [{ type: ban, duration: 4h }]
duration_expr: ${expression}
`).decide(alertOf());
  expect(by(`'"8h"'`).decisions[0]!.expiresAt.getTime() - KNOWN.getTime()).toBe(8 * HOUR_MS);
  const failing = by(`'"soon"'`);
  expect(failing.decisions[0]!.expiresAt.getTime() - KNOWN.getTime()).toBe(4 * HOUR_MS);
  expect(failing.faults).toEqual(['growing: duration_expr gave no duration']);
});

test('a filter that fails is told, and the profile decides nothing unless it says so', () => {
  const failing = (onError: string): string => `
name: broken
filters: ['Alert.Events[5].GetMeta("x") == "y"']
decisions: [{ type: ban, duration: 1h }]
${onError}
---
name: next
filters: ['true']
decisions: [{ type: captcha, duration: 1h }]
`;
  const remediations = (onError: string): string[] =>
    profilesOf(failing(onError))
      .decide(alertOf())
      .decisions.map(({ remediation }) => remediation);
  expect(profilesOf(failing('')).decide(alertOf()).faults[0]).toMatch(/^broken: /);
  expect(remediations('')).toEqual(['captcha']);
  expect(remediations('on_error: continue')).toEqual(['captcha']);
  expect(remediations('on_error: apply')).toEqual(['ban']);
  expect(remediations('on_error: break')).toEqual([]);
});

test('every mistake is one problem with its place, and the other profiles load', () => {
  const text = `name: bad
filters:
  - Alert.Nonsense == true
decisions:
  - type: ban
    duration: forever
  - duration: 4h
on_success: stop
speed: 3
---
name: good
filters: ['true']
decisions: [{ type: ban }]
`;
  const { profiles, problems } = loadProfiles('profiles.yaml', text, {}, () => 'id');
  expect(profiles.size).toBe(1);
  expect(problems.map(({ code, line }) => [code, line])).toEqual([
    [expect.stringMatching(/^E_EXPRESSION/), 3],
    ['E_DURATION', 6],
    ['E_PROFILE_TYPE', 7],
    ['E_PROFILE_CHOICE', 8],
    ['E_UNKNOWN_KEY', 9],
  ]);
});

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainAct, explainAlert, familyOf } from '../../src/words/explain.ts';
import { makeAlert } from '../samples.ts';

const hub = path.join(process.env['PARAPET_SHARED'] ?? path.resolve('../shared'), 'data/hub/scenarios');

function scenarioFiles(): string[] {
  try {
    return readdirSync(hub, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.yaml'));
  } catch {
    return [];
  }
}

describe('explainAlert', () => {
  it('says who, what, how often, over how long and by which scenario', () => {
    expect(explainAlert(makeAlert())).toBe(
      '203.0.113.7 (France, AS64500 Example) asked for 11 different pages that are missing or forbidden in 20 seconds, as scanners do (crowdsecurity/http-probing)',
    );
  });

  it('gives two examples of what was asked for, shortened', () => {
    const alert = makeAlert({
      scenario: 'crowdsecurity/http-sensitive-files',
      paths: ['/.env', '/.env', `/${'x'.repeat(200)}`, '/third'],
      eventsCount: 5,
    });
    expect(explainAct(alert)).toBe(
      `asked for 5 files that are never meant for visitors in 20 seconds, such as /.env and /${'x'.repeat(46)}…`,
    );
  });

  it('names the weakness from the classification and what it is from the label', () => {
    const alert = makeAlert({
      scenario: 'crowdsecurity/http-cve-2021-41773',
      eventsCount: 1,
      labels: {
        service: 'apache',
        label: 'Apache path traversal',
        classification: ['attack.T1190', 'cve.CVE-2021-41773'],
      },
    });
    expect(explainAct(alert)).toBe('tried to use the weakness CVE-2021-41773 (Apache path traversal)');
  });

  it.each([
    [
      'signal-rights-changed',
      ['role.granted', 'editor'],
      'gave an account more rights (the role editor); look whether that was you',
    ],
    [
      'signal-rights-changed',
      ['account.deleted', undefined],
      'deleted an account; look whether that was you',
    ],
    [
      'signal-site-changed',
      ['module.installed', 'php_filter'],
      'switched on the module php_filter; look whether that was you',
    ],
    ['signal-site-changed', ['x.y', 'z'], 'changed modules or settings; look whether that was you'],
    ['signal-program-uploaded', ['file.uploaded', 'php'], 'uploaded a file that can run as a program (php)'],
    [
      'signal-card-testing',
      ['payment.declined', undefined],
      'had a payment declined, as happens when somebody tries stolen cards',
    ],
  ])('of %s names what the application told: %s', (name, [type, subject], sentence) => {
    const meta: Array<readonly [string, string]> = [['signal_type', type!]];
    if (subject !== undefined) meta.push(['signal_subject', subject]);
    const alert = makeAlert({
      scenario: `parapet/${name}`,
      events: [{ at: new Date(0), meta }],
      eventsCount: 1,
    });
    expect(explainAct(alert)).toBe(sentence);
  });

  it('names the service and counts the accounts of failed logins', () => {
    const events = ['root', 'admin', 'root'].map((user) => ({
      at: new Date(0),
      meta: [['target_user', user] as const],
    }));
    const alert = makeAlert({
      scenario: 'crowdsecurity/ssh-bf',
      labels: { service: 'ssh', behavior: 'ssh:bruteforce' },
      events,
      eventsCount: 6,
    });
    expect(explainAct(alert)).toBe(
      'failed to log in to SSH 6 times for 2 different accounts in 20 seconds, as password guessers do',
    );
  });

  it('names the tool of a bad user agent, made harmless', () => {
    const alert = makeAlert({
      scenario: 'crowdsecurity/http-bad-user-agent',
      paths: ['/'],
      agent: 'sqlmap\u001B[2J/1.5',
      eventsCount: 2,
    });
    expect(explainAct(alert)).toContain('("sqlmap\\x1b[2J/1.5")');
  });

  it('falls back on the behaviour, then on the label', () => {
    const labels = { behavior: 'http:bruteforce', label: 'Kopano Bruteforce' };
    expect(familyOf('someone/kopano', labels)?.key).toBe('login');
    expect(
      explainAct(makeAlert({ scenario: 'me/odd', labels: { label: 'Odd thing' }, eventsCount: 1 })),
    ).toBe('did what this scenario looks for ("Odd thing"): one event');
  });

  it('speaks of ranges, networks and accounts as such', () => {
    const of = (scope: string, value: string): string =>
      explainAlert(makeAlert({ source: { scope, value }, eventsCount: 1 }));
    expect(of('range', '203.0.113.0/24')).toMatch(/^The range 203\.0\.113\.0\/24 /);
    expect(of('as', '64500')).toMatch(/^The network AS64500 /);
    expect(of('user', 'alice')).toMatch(/^The account "alice" /);
    expect(of('country', 'de')).toMatch(/^The country Germany /);
  });

  it('never throws and never lets a control character through', () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 });
    fc.assert(
      fc.property(text, text, text, fc.anything(), fc.double(), (scenario, value, agent, labels, ms) => {
        const alert = makeAlert({
          scenario,
          source: { scope: value, value, countryCode: value, asn: agent, asName: agent },
          paths: [agent, value],
          agent,
          stopAt: new Date(ms),
          labels: { label: agent, behavior: labels, classification: labels, service: labels },
        });
        expect(explainAlert(alert)).not.toMatch(/[\u0000-\u001F\u007F-\u009F\u202A-\u202E]/);
      }),
    );
  });

  it.skipIf(scenarioFiles().length === 0)('has words for nearly every scenario of the hub that acts', () => {
    let acting = 0;
    const unknown: string[] = [];
    for (const file of scenarioFiles()) {
      for (const text of readFileSync(path.join(hub, file), 'utf8').split(/^---$/m)) {
        const name = /^name: *["']?([^"'\s]+)/m.exec(text)?.[1];
        if (name === undefined || !/^ *remediation: *true/m.test(text)) continue;
        acting++;
        const behavior = /^ *behaviors?: *["']?([^"'\s]+)/m.exec(text)?.[1];
        const cve = /cve\.CVE-\d+-\d+/i.exec(text)?.[0];
        const labels = { behavior, classification: cve === undefined ? [] : [cve] };
        if (familyOf(name, labels) === undefined) unknown.push(name);
      }
    }
    expect(acting).toBeGreaterThan(200);
    expect(unknown.length, unknown.join(' ')).toBeLessThan(acting * 0.02);
  });
});

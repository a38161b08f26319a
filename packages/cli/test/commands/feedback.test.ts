import type { InspectionRecord } from '@parapet/kinds';
import { describe, expect, it } from 'vitest';
import { newSite, NOON, type Site } from './run.ts';

// The shapes of two values: classes of tokens, the second one with another class in it.
const SHAPE = Buffer.from([2, 3, 4]).toString('base64');
const OTHER_SHAPE = Buffer.from([2, 3, 9]).toString('base64');

function record(id: string, changes: Partial<InspectionRecord> = {}, shape = SHAPE): InspectionRecord {
  return {
    id,
    at: NOON,
    site: 'main',
    ip: '192.0.2.7',
    method: 'POST',
    path: '/node/4/edit',
    route: '/node/*/edit',
    action: 'block',
    isEnforced: true,
    score: 0.987,
    reasons: [
      {
        detector: 'model',
        class: 'sqli',
        text: 'looks like SQL',
        weight: 6.5,
        foundIn: { placement: 'form', name: 'body[0][value]', excerpt: 'select\u001B[31m name from users' },
      },
      {
        detector: 'site',
        class: 'sqli',
        text: 'is HTML, as editors often send it in the field body[*][value]',
        weight: -1.2,
        foundIn: { placement: 'form', name: 'body[0][value]', excerpt: '' },
      },
    ],
    findings: [{ placement: 'form', name: 'body[*][value]', class: 'sqli', logOdds: 6.5, shape }],
    network: 7,
    isVouched: false,
    ...changes,
  };
}

async function siteWith(...records: readonly InspectionRecord[]): Promise<Site> {
  const site = newSite();
  await site.withStore((store) => store.inspections.add(records));
  return site;
}

describe('parapet inspections', () => {
  it('lists what was found, for people and for programs', async () => {
    const site = await siteWith(
      record('1a2b3c4d'),
      record('2b2b3c4d', { action: 'challenge', isEnforced: false, ip: '192.0.2.8' }),
    );
    const { out, code } = await site.run('inspections list');
    expect(out).toMatch(
      /1a2b3c4d +2026-03-01 .* 192\.0\.2\.7 +sqli +POST \/node\/4\/edit +form body\[0\]\[value\] +blocked/,
    );
    expect(out).toContain('would be challenged');
    expect(code).toBe(0);
    const json: unknown = JSON.parse((await site.run('inspections list --action block --json')).out);
    expect(json).toMatchObject([{ id: '1a2b3c4d', action: 'block', findings: [{ class: 'sqli' }] }]);
    expect(JSON.stringify(json)).not.toContain(SHAPE);
    expect((await site.run('inspections list -o raw --ip 192.0.2.8')).out.split('\t')).toHaveLength(11);
    expect((await site.run('inspections list --class xss')).code).toBe(1);
    expect((await site.run('inspections list --action stop')).err).toContain('E_CLI_ACTION');
    expect((await site.run('inspections list --limit 1')).out).toContain('1 of 2, the newest');
  });

  it('shows why, and what can be said', async () => {
    const site = await siteWith(record('1a2b3c4d'));
    const { out } = await site.run('inspections show 1A2B3C4D');
    expect(out).toContain('verdict blocked, 98.7 % likely an attack');
    expect(out).toContain('request POST /node/4/edit   (route /node/*/edit)');
    expect(out).toContain('+  6.5  form body[0][value] looks like SQL  (model, sqli)');
    expect(out).toContain('−  1.2  form body[0][value] is HTML, as editors often send it');
    expect(out).toContain('> select\\x1b[31m name from users');
    expect(out).toContain('parapet feedback no-attack 1a2b3c4d');
    expect((await site.run('inspections show ffffffff')).code).toBe(1);
    expect((await site.run('inspections show x')).err).toContain('E_CLI_ID');
  });
});

describe('parapet feedback no-attack', () => {
  it('makes a narrow exception at once when nothing else passes by it', async () => {
    const site = await siteWith(record('1a2b3c4d'), record('2b2b3c4d', {}, OTHER_SHAPE));
    const { out, code } = await site.run('feedback no-attack 1a2b3c4d --comment "our editor"');
    expect(out)
      .toBe(`An exception for values that are no more suspicious than this one, and have nothing in them that it does not have:
  sqli in form body[*][value] of /node/*/edit
None of the other 1 recent findings would have been let through.
The exception is made (#1). No engine is running here: it counts from the next \`parapet up\` on. To take it back: parapet feedback undo 1
`);
    expect(code).toBe(0);
    expect((await site.run('feedback list')).out).toMatch(
      /1 +no attack +1a2b3c4d +sqli in form body.* anna .* counts +our editor/,
    );
    expect((await site.run('inspections show 1a2b3c4d')).out).toContain('#1 anna called it no attack');
  });

  it('shows what else it lets through, and wants to be sure', async () => {
    const site = await siteWith(
      record('1a2b3c4d'),
      record('2b2b3c4d', { path: '/node/9/edit' }),
      record('3c2b3c4d', {
        findings: [...record('x').findings, { ...record('x').findings[0]!, class: 'xss' }],
      }),
    );
    const preview = await site.run('feedback no-attack 1a2b3c4d --preview');
    expect(preview.out).toContain('It would also have let through 1 of the other 2 recent findings:');
    expect(preview.out).toContain('/node/9/edit');
    expect(preview.out).toContain('In 1 more, something else would still have been found.');
    expect(preview.code).toBe(0);
    const refused = await site.run('feedback no-attack 1a2b3c4d');
    expect(refused.out).toContain('It was not made: look at these first, then add --yes.');
    expect(refused.code).toBe(1);
    expect((await site.run('feedback list')).code).toBe(1);
    const made = await site.run('feedback no-attack 1a2b3c4d --yes --json');
    expect(JSON.parse(made.out)).toMatchObject({
      number: 1,
      kind: 'no-attack',
      isMade: true,
      isInForce: true,
      letThrough: [
        { record: '3c2b3c4d', isWhole: false },
        { record: '2b2b3c4d', isWhole: true },
      ],
    });
  });

  it('expires when it shall, and is refused where it makes no sense', async () => {
    const site = await siteWith(record('1a2b3c4d'), record('2b2b3c4d', { findings: [] }));
    expect((await site.run('feedback no-attack 1a2b3c4d --expires 30d')).code).toBe(0);
    expect((await site.run('feedback list')).out).toContain('until 2026-03-31');
    const again = await site.run('feedback attack 1a2b3c4d');
    expect(again.err).toContain('E_FEEDBACK_SAID');
    expect(again.err).toContain('parapet feedback undo 1');
    expect((await site.run('feedback no-attack 2b2b3c4d')).err).toContain('E_FEEDBACK_NOTHING');
    expect((await site.run('feedback no-attack ffffffff')).err).toBe('There is no record ffffffff.\n');
    expect((await site.run('feedback no-attack 1a2b3c4d --expires soon')).err).toContain('E_CLI_PERIOD');
  });
});

describe('parapet feedback attack', () => {
  it('is noted, and undone', async () => {
    const site = await siteWith(record('1a2b3c4d', { action: 'pass', isEnforced: false }));
    const { out } = await site.run('feedback attack 1a2b3c4d');
    expect(out).toContain(
      'Noted (#1): its like is recognised anywhere, and less is needed to stop a request with it in form body[*][value] of /node/*/edit.',
    );
    expect((await site.run('feedback undo 1')).out).toContain('#1 anna called it an attack');
    expect((await site.run('feedback undo 1')).err).toBe('There is nothing to undo under 1.\n');
    expect((await site.run('feedback list')).out).toBe('Nothing was said.\n');
    expect((await site.run('feedback list --all')).out).toContain('undone');
    expect(JSON.parse((await site.run('feedback list --all -o json')).out)).toMatchObject([
      { number: 1, kind: 'attack', isInForce: false, undone: { by: 'anna' } },
    ]);
    expect((await site.run('feedback attack 1a2b3c4d')).code).toBe(0);
    expect((await site.run('feedback undo x')).err).toContain('E_CLI_ID');
  });
});

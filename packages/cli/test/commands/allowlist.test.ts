import { describe, expect, it } from 'vitest';
import { newSite, NOON, sampleDecision } from './run.ts';

describe('allowlist', () => {
  it('adds entries and frees whom they cover at once', async () => {
    const site = newSite();
    await site.withStore((store) =>
      store.addDecisions([sampleDecision('d1', '192.0.2.7'), sampleDecision('d2', '192.0.0.0/16')]),
    );
    const { out, code } = await site.run(
      'allowlist add 192.0.2.0/24 --list office --comment "our office" --expires 30d',
    );
    expect(code).toBe(0);
    expect(out.split('\n').slice(0, 3)).toEqual([
      '192.0.2.0/24 will never be decided on for 30d (list office).',
      '192.0.2.7 is free: ban for parapet/drupal-bf ended (#1).',
      '192.0.0.0/16: ban goes on for the others in this range (#2).',
    ]);
    expect(await site.withStore((store) => store.countDecisions({ activeAt: NOON }))).toBe(1);
  });

  it('is seen by a running engine', async () => {
    const site = newSite();
    await site.withStore(async (engine) => {
      engine.record({ decisions: [sampleDecision('d1', '192.0.2.7')] });
      await engine.flush();
      const { token } = await engine.changesSince(0);
      await site.run('allowlist add 192.0.2.7');
      const changes = await engine.changesSince(token, { foreignOnly: true });
      expect(changes.haveAllowlistsChanged).toBe(true);
      expect(changes.ended.map(({ id }) => id)).toEqual(['d1']);
    }, 'engine');
  });

  it('lists and removes entries', async () => {
    const site = newSite();
    await site.run('allowlist add 192.0.2.7 2001:DB8::1 --comment "monitoring"');
    await site.run('allowlist add 192.0.2.7 --list office --expires 1h');
    expect((await site.run('allowlist list')).out).toContain('in 1h 00m');
    expect(JSON.parse((await site.run('allowlist list default --json')).out)).toMatchObject([
      { list: 'default', value: '192.0.2.7', comment: 'monitoring' },
      { list: 'default', value: '2001:db8::1' },
    ]);
    expect((await site.run('allowlist list office -o raw')).out).toBe(
      'office\t192.0.2.7\t\t2026-03-01T12:00:00.000Z\t2026-03-01T13:00:00.000Z\n',
    );
    expect((await site.run('allowlist remove 192.0.2.7')).out).toContain('2 removed.');
    expect((await site.run('allowlist remove 192.0.2.7')).code).toBe(1);
    expect((await site.run('allowlist list office')).code).toBe(1);
  });

  it('refuses what is no address', async () => {
    const { err, code } = await newSite().run('allowlist add office.example.com');
    expect(err).toContain('office.example.com is no address and no range');
    expect(code).toBe(2);
  });
});

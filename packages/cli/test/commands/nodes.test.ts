import { describe, expect, it } from 'vitest';
import { newSite, NOON, type Site } from './run.ts';

const ago = (minutes: number): Date => new Date(NOON.getTime() - minutes * 60_000);

async function withNodes(minutes: number): Promise<Site> {
  const site = newSite();
  const machine = {
    isValidated: true,
    ip: '192.0.2.1',
    version: 'v1.6.8',
    scenarios: [],
    createdAt: ago(9000),
  };
  await site.withStore(async ({ clients }) => {
    await clients.putMachine({ ...machine, name: 'web1', seenAt: ago(minutes) });
    await clients.putMachine({ ...machine, name: 'new', isValidated: false, seenAt: ago(1) });
    await clients.putBouncer({
      ...{ name: 'fw', ip: '192.0.2.2', type: 'nginx-bouncer', version: 'v1.2', createdAt: ago(9000) },
      pulledAt: ago(1),
    });
  });
  return site;
}

describe('parapet nodes', () => {
  it('lists what reports here, and is fine while nobody is silent', async () => {
    const { run } = await withNodes(2);
    const { out, code } = await run('nodes -o raw');
    expect(code).toBe(0);
    expect(out).toContain('machine\tnew\twaiting\t192.0.2.1\t');
    expect(out).toContain('bouncer\tfw\theard\t192.0.2.2\t2026-03-01 11:59:00\tnginx-bouncer v1.2\n');
    expect((await run('nodes --help')).out).toContain('parapet nodes --json');
  });

  it('ends with 1 when one is silent, and says what to do first', async () => {
    const { run } = await withNodes(10);
    const { out, code } = await run('nodes');
    expect([code, out]).toEqual([1, expect.stringContaining('No engine is running here')]);
    const rows = JSON.parse((await run('nodes --json')).out) as readonly { name: string; state: string }[];
    expect(rows[0]).toMatchObject({ name: 'web1', state: 'silent' });
  });

  it('ends with 1 when a clock is wrong, and says what to do', async () => {
    const site = await withNodes(2);
    await site.withStore(async ({ clients }) => {
      const bouncer = (await clients.findBouncer('fw'))!;
      await clients.putBouncer({ ...bouncer, clockAheadMs: -90_000 });
    });
    const { out, code } = await site.run('nodes');
    expect(code).toBe(1);
    expect(out).toContain(
      "The clock of the bouncer fw (192.0.2.2) is 90 seconds behind this engine's: what it tells has wrong times. Set the clocks of both machines by a time server (chrony, systemd-timesyncd).",
    );
  });

  it('says how to admit one where there is none', async () => {
    const site = newSite();
    await site.withStore(async () => {});
    expect((await site.run('nodes')).out).toContain('parapet machines add NAME');
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { collectItems } from '../../src/hub/collectItems.ts';
import { openFolder } from '../../src/hub/from/folderSource.ts';
import { digestOf } from '../../src/hub/from/hubSource.ts';
import { changeInstalled } from '../../src/hub/installed/change.ts';
import { installItems } from '../../src/hub/installed/install.ts';
import { withLock } from '../../src/hub/installed/lock.ts';
import { readRecord } from '../../src/hub/installed/record.ts';
import { filesOf, newFolder, PACK, runHub } from './hubSite.ts';

/** The hub's own view of itself has to agree with its files: all of a state, or all of another. */
function expectWhole(dataDir: string): number {
  const hub = ['hub', 'hub.previous'].map((name) => path.join(dataDir, name)).find((at) => fs.existsSync(at));
  if (hub === undefined) return 0;
  const { items, data } = readRecord(hub);
  for (const { path: file, digest } of items)
    expect(digestOf(fs.readFileSync(path.join(hub, file)))).toBe(digest);
  const files = Object.keys(filesOf(hub)).filter((name) => name !== 'installed.json');
  expect(files).toHaveLength(items.length + data.length);
  return items.length;
}

describe('changes of the installed hub', () => {
  it('leave one state or the other when the process is killed', { timeout: 60_000 }, async () => {
    const [dataDir, from] = [newFolder(), newFolder(PACK)];
    const script = path.join(import.meta.dirname, 'changing.child.ts');
    const seen = new Set<number>();
    for (let kill = 0; kill < 8; kill++) {
      const options = ['--conditions=source', '--import', 'tsx'];
      const child = spawn(process.execPath, [...options, script, dataDir, from, 'acme/all'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      // A kill at another instant of the loop each time: after so many looks at the folder.
      for (let looks = 0; looks < 40 + kill * 37; looks++) await fs.promises.readdir(dataDir);
      child.kill('SIGKILL');
      await once(child, 'exit');
      seen.add(expectWhole(dataDir));
      expect(() => collectItems({ dataDir, folders: [], with: [], ownItems: false }, [])).not.toThrow();
    }
    // The lock of the dead is taken over, and what they left is cleared away.
    const source = openFolder(from);
    await installItems(dataDir, source, [source.items.get('collections:acme/all')!], false);
    expect(expectWhole(dataDir)).toBe(6);
    expect(fs.readdirSync(dataDir)).toEqual(['hub']);
    for (const count of seen) expect([0, 6]).toContain(count);
  });

  it('come back to the old state after a kill between the two renames', async () => {
    const [site, from] = [newFolder(), newFolder(PACK)];
    const dataDir = path.join(site, '.parapet');
    await runHub(site, ['install', 'acme/web', '--from', from]);
    fs.renameSync(path.join(dataDir, 'hub'), path.join(dataDir, 'hub.previous'));
    fs.cpSync(path.join(dataDir, 'hub.previous'), path.join(dataDir, 'hub.next'), { recursive: true });
    const { items } = collectItems({ dataDir, folders: [], with: [], ownItems: false }, []);
    expect(items).toHaveLength(3);
    expect((await runHub(site, ['list'])).out).toContain('acme/web-bf');
    await runHub(site, ['install', 'acme/extra']);
    expect(expectWhole(dataDir)).toBe(5);
    expect(fs.readdirSync(dataDir)).toEqual(['hub']);
  });

  it('are made one after the other when many come at once', async () => {
    const [site, from] = [newFolder(), newFolder(PACK)];
    const names = ['acme/extra', 'acme/web', 'acme/web-bf', 'acme/web-scan', 'acme/web-logs', 'acme/all'];
    const ran = await Promise.all(names.map((name) => runHub(site, ['install', name, '--from', from])));
    expect(ran.map(({ code, err }) => `${code}${err}`)).toEqual(names.map(() => '0'));
    expect(expectWhole(path.join(site, '.parapet'))).toBe(6);
    expect(readRecord(path.join(site, '.parapet/hub')).items.every(({ wanted }) => wanted)).toBe(true);
  });

  it('wait for a living process only so long, and say which it is', async () => {
    const dataDir = newFolder({ 'hub.lock': String(process.ppid) });
    await expect(withLock(dataDir, async () => 1, 100)).rejects.toThrow(
      `Process ${process.ppid} is changing the installed hub`,
    );
    expect(fs.existsSync(path.join(dataDir, 'hub.lock'))).toBe(true);
  });

  it('leave the old state when the work fails half-way', async () => {
    const dataDir = newFolder({ 'hub/scenarios/a/b.yaml': 'name: a/b\n' });
    const before = filesOf(dataDir);
    const failing = changeInstalled(dataDir, (draft) => {
      draft.write('scenarios/a/c.yaml', Buffer.from('x'));
      draft.write('scenarios/a/b.yaml/d.yaml', Buffer.from('x'));
      return { record: draft.record, result: 0 };
    });
    await expect(failing).rejects.toMatchObject({ code: 'E_HUB_WRITE' });
    expect(filesOf(dataDir)).toEqual(before);
  });
});

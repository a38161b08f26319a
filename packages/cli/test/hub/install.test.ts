import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { collectItems } from '../../src/hub/collectItems.ts';
import {
  answerWith,
  filesOf,
  indexOf,
  newFolder,
  PACK,
  runHub,
  serve,
  sha256,
  writeFiles,
} from './hubSite.ts';
import type { Index } from './hubSite.ts';

function states(out: string): Record<string, string> {
  const items: { kind: string; name: string; state: string }[] = JSON.parse(out);
  return Object.fromEntries(items.map(({ kind, name, state }) => [`${kind}:${name}`, state]));
}

/** The installed hub without its record. */
function installed(site: string): string[] {
  const hub = path.join(site, '.parapet/hub');
  return fs.existsSync(hub)
    ? Object.keys(filesOf(hub))
        .filter((name) => name !== 'installed.json')
        .toSorted()
    : [];
}

const WEB = [
  'collections/acme/web.yaml',
  'data/paths.txt',
  'parsers/s01-parse/acme/web-logs.yaml',
  'scenarios/acme/web-bf.yaml',
  'scenarios/acme/web-scan.yaml',
];

describe('hub install from a folder', () => {
  it('installs a collection with its parts and their data, and the engine loads them', async () => {
    const [site, from] = [newFolder(), newFolder(PACK)];
    const { out, code } = await runHub(site, ['install', 'acme/web', '--from', from]);
    expect(code).toBe(0);
    expect(out).toContain('added    scenarios acme/web-bf');
    expect(installed(site)).toEqual(WEB);
    const dataDir = path.join(site, '.parapet');
    const { items, dataFile } = collectItems({ dataDir, folders: [], with: [], ownItems: false }, []);
    expect(items.map(({ name }) => name)).toEqual(['acme/web-logs', 'acme/web-bf', 'acme/web-scan']);
    expect(dataFile('paths.txt')).toBe('/admin\n/.env\n');
    const record = JSON.parse(fs.readFileSync(path.join(dataDir, 'hub/installed.json'), 'utf8'));
    expect(record.items.find(({ name }: { name: string }) => name === 'acme/web-bf')).toMatchObject({
      kind: 'scenarios',
      digest: sha256(PACK['scenarios/acme/web-bf.yaml']!),
      from,
      wanted: false,
    });
  });

  it('says which data file the folder does not have, and installs the rest', async () => {
    const { 'data/paths.txt': _, ...files } = PACK;
    const [site, from] = [newFolder(), newFolder(files)];
    const { err, code } = await runHub(site, ['install', 'acme/web-scan', '--from', from]);
    expect(code).toBe(0);
    expect(err).toContain('missing data file paths.txt: acme/web-scan finds nothing');
  });

  it('refuses a file that is not what the index beside it says, and leaves the old state', async () => {
    const [site, from] = [newFolder(), newFolder(PACK)];
    await runHub(site, ['install', 'acme/extra', '--from', from]);
    const before = filesOf(path.join(site, '.parapet'));
    writeFiles(from, {
      '.index.json': JSON.stringify(indexOf(PACK, false)),
      'scenarios/acme/web-scan.yaml': 'name: acme/web-scan\nfilter: evil\n',
    });
    const { err, code } = await runHub(site, ['install', 'acme/web']);
    expect(code).toBe(1);
    expect(err).toContain('scenarios/acme/web-scan.yaml is not what the index');
    expect(err).toContain('E_HUB_DIGEST');
    expect(filesOf(path.join(site, '.parapet'))).toEqual(before);
  });

  it('refuses a link that leads out of the folder', async () => {
    const [site, from, outside] = [newFolder(), newFolder(PACK), newFolder({ 'secret.yaml': 'name: s\n' })];
    fs.symlinkSync(path.join(outside, 'secret.yaml'), path.join(from, 'scenarios/acme/leak.yaml'));
    const { err, code } = await runHub(site, ['install', 'acme/leak', '--from', from]);
    expect([code, err]).toEqual([1, expect.stringContaining('E_HUB_LINK')]);
    expect(installed(site)).toEqual([]);
  });

  it('does not write through a link in the installed hub', async () => {
    const [site, from, outside] = [newFolder(), newFolder(PACK), newFolder()];
    fs.mkdirSync(path.join(site, '.parapet/hub'), { recursive: true });
    fs.symlinkSync(outside, path.join(site, '.parapet/hub/scenarios'));
    const { err, code } = await runHub(site, ['install', 'acme/extra', '--from', from]);
    expect([code, err]).toEqual([1, expect.stringContaining('E_HUB_LINK')]);
    expect(filesOf(outside)).toEqual({});
  });

  it('refuses a collection with a part that is not there', async () => {
    const { 'scenarios/acme/web-bf.yaml': _, ...files } = PACK;
    const [site, from] = [newFolder(), newFolder(files)];
    const { err, code } = await runHub(site, ['install', 'acme/all', '--from', from]);
    expect([code, err]).toEqual([1, expect.stringContaining('asks for scenarios acme/web-bf')]);
    expect(installed(site)).toEqual([]);
  });

  it('refuses an item whose data file would lie outside', async () => {
    const evil = 'name: acme/evil\ndata:\n  - dest_file: ../../cron\n    type: string\n';
    const [site, from] = [newFolder(), newFolder({ 'scenarios/acme/evil.yaml': evil })];
    const { err, code } = await runHub(site, ['install', 'acme/evil', '--from', from]);
    expect([code, err]).toEqual([1, expect.stringContaining('E_HUB_DATA_NAME')]);
    expect(installed(site)).toEqual([]);
  });

  it('tells a folder, a name and a source that are not there apart', async () => {
    const [site, from] = [newFolder(), newFolder(PACK)];
    expect((await runHub(site, ['install', 'acme/web'])).code).toBe(2);
    expect((await runHub(site, ['install', 'acme/web', '--from', 'nowhere'])).err).toContain('E_HUB_FOLDER');
    expect((await runHub(site, ['install', 'acme/none', '--from', from])).err).toContain('E_HUB_NO_ITEM');
    expect((await runHub(site, ['install', 'acme/web', '--from', 'ftp://x/'])).err).toContain('E_HUB_URL');
    expect((await runHub(site, ['install', 'a/b', '--from', 'http://192.0.2.1/'])).err).toContain(
      'E_HUB_URL',
    );
  });
});

describe('hub install from a URL', () => {
  const DATA = 'data:\n  - source_url: ';

  async function hubAt(change: (index: Index, files: Record<string, string>) => void, carries = true) {
    const files: Record<string, string> = { ...PACK };
    const base = await serve((request, response) => answerWith(files)(request, response));
    const scan = `name: acme/web-scan\n${DATA}${base}/data/paths.txt\n    dest_file: paths.txt\n    type: string\n`;
    files['scenarios/acme/web-scan.yaml'] = scan;
    const index = indexOf(files, carries);
    change(index, files);
    files['.index.json'] = JSON.stringify(index);
    return base;
  }

  it('takes items from the index or from beside it, and data from where items say', async () => {
    for (const carries of [true, false]) {
      const site = newFolder();
      const base = await hubAt(() => {}, carries);
      const { err, code } = await runHub(site, ['install', 'acme/web', '--from', base]);
      expect([err, code]).toEqual(['', 0]);
      expect(installed(site)).toEqual(WEB);
    }
  });

  it.each<[string, string, (index: Index, files: Record<string, string>) => void]>([
    [
      'a text that differs from its digest',
      'E_HUB_DIGEST',
      (index) => (index['scenarios']!['acme/web-bf']!.content = Buffer.from('evil').toString('base64')),
    ],
    [
      'a path that leads out',
      'E_HUB_INDEX',
      (index) => (index['scenarios']!['acme/web-bf']!.path = '../../../etc/cron.d/x.yaml'),
    ],
    [
      'an absolute path',
      'E_HUB_INDEX',
      (index) => (index['scenarios']!['acme/web-bf']!.path = '/scenarios/acme/web-bf.yaml'),
    ],
    [
      'a path of another item',
      'E_HUB_INDEX',
      (index) => (index['scenarios']!['acme/web-bf']!.path = 'scenarios/acme/web-scan.yaml'),
    ],
    [
      'a hidden name',
      'E_HUB_INDEX',
      (index) =>
        (index['scenarios']!['acme/.x'] = {
          ...index['scenarios']!['acme/web-bf']!,
          path: 'scenarios/acme/.x.yaml',
        }),
    ],
    ['no digest', 'E_HUB_INDEX', (index) => (index['scenarios']!['acme/web-bf']!.versions = {})],
    [
      'an item of more than a megabyte',
      'E_HUB_TOO_LARGE',
      (index) =>
        Object.assign(
          index['scenarios']!,
          indexOf({ 'scenarios/acme/web-bf.yaml': '#'.repeat(1_000_001) }, true)['scenarios'],
        ),
    ],
    ['an item that is not there', 'E_HUB_PART_MISSING', (index) => delete index['scenarios']!['acme/web-bf']],
  ])('refuses %s and installs nothing', async (_, code, change) => {
    const site = newFolder();
    const ran = await runHub(site, ['install', 'acme/web', '--from', await hubAt(change)]);
    expect([ran.code, ran.err]).toEqual([1, expect.stringContaining(code)]);
    expect(installed(site)).toEqual([]);
  });

  it('refuses data from another place that is not https', async () => {
    const site = newFolder();
    const other = await serve(answerWith({ 'x.txt': 'x' }));
    const base = await hubAt((index, files) => {
      const text = `name: acme/web-scan\n${DATA}${other}/x.txt\n    dest_file: x.txt\n    type: string\n`;
      files['scenarios/acme/web-scan.yaml'] = text;
      Object.assign(
        index['scenarios']!,
        indexOf({ 'scenarios/acme/web-scan.yaml': text }, true)['scenarios'],
      );
    });
    const ran = await runHub(site, ['install', 'acme/web-scan', '--from', base]);
    expect([ran.code, ran.err]).toEqual([1, expect.stringContaining('E_HUB_DATA_URL')]);
  });

  it('does not follow a redirection to a less safe scheme, nor one without end', async () => {
    const site = newFolder();
    for (const target of ['ftp://127.0.0.1/x', 'http://192.0.2.1/x', '/.index.json']) {
      const base = await serve((_, response) => response.writeHead(302, { location: target }).end());
      const { err, code } = await runHub(site, ['install', 'acme/web', '--from', base]);
      expect([code, err]).toEqual([1, expect.stringContaining('E_HUB_DOWNLOAD')]);
    }
  });

  it('says what a server answers that is broken, absent or no hub', async () => {
    const site = newFolder();
    const broken = await serve((_, response) => response.writeHead(500).end());
    const page = await serve((_, response) => response.end('<html>'));
    const cut = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('{');
      response.destroy();
    });
    expect((await runHub(site, ['install', 'a/b', '--from', broken])).err).toContain('answers 500');
    expect((await runHub(site, ['install', 'a/b', '--from', page])).err).toContain('no JSON');
    expect((await runHub(site, ['install', 'a/b', '--from', cut])).err).toContain('E_HUB_DOWNLOAD');
    expect((await runHub(site, ['install', 'a/b', '--from', `${page}:1/`])).code).toBe(1);
  });
});

describe('hub update, list and remove', () => {
  it('updates what has changed, with new parts, and keeps what was changed by hand', async () => {
    const [site, from] = [newFolder(), newFolder(PACK)];
    await runHub(site, ['install', 'acme/web', '--from', from]);
    writeFiles(from, {
      'collections/acme/web.yaml': `${PACK['collections/acme/web.yaml']}  - acme/extra\n`,
      'scenarios/acme/web-bf.yaml': 'name: acme/web-bf\ncapacity: 5\n',
      'parsers/s01-parse/acme/web-logs.yaml': 'name: acme/web-logs\nfilter: new\n',
    });
    const mine = path.join(site, '.parapet/hub/parsers/s01-parse/acme/web-logs.yaml');
    fs.writeFileSync(mine, 'name: acme/web-logs\nfilter: mine\n');
    expect(states((await runHub(site, ['list', '--json'])).out)).toMatchObject({
      'parsers:acme/web-logs': 'tainted',
      'scenarios:acme/web-bf': 'up to date',
    });
    const { out, err } = await runHub(site, ['update']);
    expect(out).toContain('added    scenarios acme/extra');
    expect(out).toContain('updated  scenarios acme/web-bf');
    expect(err).toContain('kept parsers acme/web-logs');
    expect(fs.readFileSync(mine, 'utf8')).toContain('mine');
    await runHub(site, ['update', '--force']);
    expect(fs.readFileSync(mine, 'utf8')).toContain('new');
    expect((await runHub(site, ['update'])).out).toContain('0 added, 0 updated, 5 were up to date');
  });

  it('tells what could be installed and for what there are updates', async () => {
    const [site, from] = [newFolder(), newFolder(PACK)];
    const writeIndex = (files: Record<string, string>, version: string): void =>
      writeFiles(from, { ...files, '.index.json': JSON.stringify(indexOf(files, true, version)) });
    writeIndex(PACK, '0.1');
    await runHub(site, ['install', 'acme/web-bf', '--from', from]);
    writeIndex({ ...PACK, 'scenarios/acme/web-bf.yaml': 'name: acme/web-bf\ncapacity: 5\n' }, '0.2');
    writeFiles(site, { '.parapet/hub/scenarios/me/mine.yaml': 'name: me/mine\n' });
    const listed = states((await runHub(site, ['list', '--all', '--json'])).out);
    expect(listed).toMatchObject({
      'scenarios:acme/web-bf': 'update available',
      'scenarios:acme/extra': 'available',
      'scenarios:me/mine': 'local',
      'parsers:parapet/nginx-access': 'own',
    });
    const { out } = await runHub(site, ['list'], {}, true);
    expect(out).toContain('acme/web-bf');
    expect(out).not.toContain('acme/extra');
    expect((await runHub(newFolder(), ['list', '--all'])).code).toBe(2);
  });

  it('shows an own item as superseded when the hub item is installed', async () => {
    const file = 'parsers/s01-parse/crowdsecurity/nginx-logs.yaml';
    const [site, from] = [newFolder(), newFolder({ [file]: 'name: crowdsecurity/nginx-logs\n' })];
    await runHub(site, ['install', 'crowdsecurity/nginx-logs', '--from', from]);
    const { out } = await runHub(site, ['list']);
    expect(out).toMatch(/parapet\/nginx-access +superseded by crowdsecurity\/nginx-logs/);
  });

  it('removes a collection with the parts that nothing else needs', async () => {
    const [site, from] = [newFolder(), newFolder(PACK)];
    await runHub(site, ['install', 'acme/all', 'acme/web-bf', '--from', from]);
    const refused = await runHub(site, ['remove', 'acme/web']);
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('part of acme/all')]);
    const { code } = await runHub(site, ['remove', 'acme/all']);
    expect(code).toBe(0);
    expect(installed(site)).toEqual(['scenarios/acme/web-bf.yaml']);
    expect((await runHub(site, ['remove', 'acme/all'])).err).toContain('E_HUB_NO_ITEM');
  });

  it('keeps files of the hub folder that it has not installed', async () => {
    const [site, from] = [newFolder(), newFolder(PACK)];
    writeFiles(site, { '.parapet/hub/scenarios/me/mine.yaml': 'name: me/mine\n' });
    await runHub(site, ['install', 'acme/web', '--from', from]);
    await runHub(site, ['remove', 'acme/web']);
    expect(installed(site)).toEqual(['scenarios/me/mine.yaml']);
  });

  it('refuses a record that would write outside, and says what to do', async () => {
    const [site, from] = [newFolder(), newFolder(PACK)];
    await runHub(site, ['install', 'acme/extra', '--from', from]);
    const file = path.join(site, '.parapet/hub/installed.json');
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('scenarios/acme/extra', '../../../victim'));
    for (const words of [['list'], ['update'], ['remove', 'acme/extra']]) {
      const { code, err } = await runHub(site, words);
      expect([code, err]).toEqual([1, expect.stringContaining('E_HUB_RECORD')]);
    }
  });
});

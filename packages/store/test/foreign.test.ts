import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openForeign, openStore, STORE_FILE } from '../src/index.ts';
import { NOON, sampleDecision } from './samples.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe('a file of another program', () => {
  it('is read, and cannot be written, also while its owner has it open', async () => {
    const dataDir = temporaryFolder();
    const store = await openStore({ dataDir, role: 'engine', now: () => NOON });
    await store.addDecisions([sampleDecision('d1', '192.0.2.1')]);
    const foreign = openForeign(path.join(dataDir, STORE_FILE));
    expect(foreign.tables.has('decisions')).toBe(true);
    expect(foreign.rows('SELECT value FROM decisions WHERE id = ?', ['d1'])).toMatchObject([
      { value: '192.0.2.1' },
    ]);
    expect(() => foreign.rows('DELETE FROM decisions RETURNING id')).toThrow(/read.?only/i);
    expect(() => foreign.rows('SELECT x FROM nothing')).toThrow('nothing');
    foreign.close();
    expect(await store.countDecisions({})).toBe(1);
    await store.close();
  });

  it('that is not there, or is no database, is said to be so', () => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'odd name?.db');
    expect(() => openForeign(file)).toThrow(expect.objectContaining({ code: 'E_STORE_ABSENT' }));
    fs.writeFileSync(file, 'this is no database, but text that is long enough to look like a page of one');
    expect(() => openForeign(file)).toThrow(expect.objectContaining({ code: 'E_STORE_FOREIGN' }));
    expect(fs.readdirSync(folder)).toEqual(['odd name?.db']);
  });
});

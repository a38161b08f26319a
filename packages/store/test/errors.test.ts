import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toStoreError } from '../src/errors.ts';
import { openStore, requireStore, STORE_ERRORS, type StoreErrorCode } from '../src/index.ts';
import { NOON } from './samples.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe('toStoreError', () => {
  it.each<[object, StoreErrorCode]>([
    [{ rawCode: 13 }, 'E_STORE_FULL'],
    [{ errcode: 13 }, 'E_STORE_FULL'],
    [{ rawCode: 8 | (4 << 8) }, 'E_STORE_READONLY'],
    [{ rawCode: 11 }, 'E_STORE_CORRUPT'],
    [{ rawCode: 26 }, 'E_STORE_FOREIGN'],
    [{ rawCode: 5 }, 'E_STORE_BUSY'],
    [{ rawCode: 10 | (13 << 8) }, 'E_STORE_IO'],
    [{ rawCode: 19 }, 'E_STORE_BAD_ROW'],
    [
      { message: 'ConnectionFailed("Unable to open connection to local database /x: 14")' },
      'E_STORE_UNREACHABLE',
    ],
    [{ code: 'ENOSPC' }, 'E_STORE_FULL'],
    [{ code: 'EROFS' }, 'E_STORE_READONLY'],
    [{ code: 'EIO' }, 'E_STORE_IO'],
  ])('knows %j as %s, of both drivers and of the file system', (fields, code) => {
    const error = toStoreError(Object.assign(new Error('x'), fields), 'here');
    expect(error.code).toBe(code);
    expect(error.message).toContain(STORE_ERRORS[code].says);
    expect(error.message).toContain(code);
    expect(error.advice).toBe(STORE_ERRORS[code].advice);
    expect(error.message).not.toContain('ConnectionFailed');
  });

  it('takes anything that can be thrown', () => {
    fc.assert(
      fc.property(fc.anything(), (thrown) => {
        expect(toStoreError(thrown, 'here').code).toMatch(/^E_STORE_/);
      }),
      { examples: [[{ toString: {} }], [Object.create(null)]] },
    );
  });
});

describe('a folder that cannot be written', () => {
  it('is named, with what to do', async () => {
    const file = path.join(temporaryFolder(), 'file');
    fs.writeFileSync(file, '');
    const open = openStore({ dataDir: path.join(file, 'data'), role: 'engine', now: () => NOON });
    await expect(open).rejects.toMatchObject({
      code: 'E_STORE_UNREACHABLE',
      message: expect.stringContaining(file),
      advice: expect.stringContaining('data directory'),
    });
    expect(() => {
      requireStore(path.join(file, 'data'));
    }).toThrow('E_STORE_ABSENT');
  });
});

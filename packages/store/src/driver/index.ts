import { StoreError } from '../errors.ts';
import type { Driver, OpenDriver } from './driver.ts';
import { openLibsql } from './libsql.ts';
import { findNodeSqlite } from './node-sqlite.ts';

export type { Driver, OpenDriver, SqlRow, SqlValue, Statement } from './driver.ts';

/** Opens the file with the SQLite of this runtime, or with libsql where it has none. */
export const openDriver: OpenDriver = (path, options): Driver => {
  const openNodeSqlite = findNodeSqlite();
  if (openNodeSqlite !== undefined) return openNodeSqlite(path, options);
  try {
    return openLibsql(path, options);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND') {
      throw new StoreError('E_STORE_NO_DRIVER', error.message.split('\n')[0] ?? '', error);
    }
    throw error;
  }
};

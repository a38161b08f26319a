// node:sqlite: the SQLite inside Node.js 22.13 and later. The types here are the part we use: the oldest
// Node.js we support has no such module, so its type package does not know it.
import process from 'node:process';
import type { Driver, OpenDriver, SqlRow, SqlValue } from './driver.ts';

interface NodeSqlite {
  readonly DatabaseSync: new (
    path: string,
    options: { readonly readOnly: boolean },
  ) => {
    exec(sql: string): void;
    prepare(sql: string): {
      run(...params: readonly SqlValue[]): { readonly changes: number | bigint };
      all(...params: readonly SqlValue[]): SqlRow[];
    };
    close(): void;
  };
}

/** Returns the opener when this runtime brings SQLite, otherwise undefined. */
export function findNodeSqlite(): OpenDriver | undefined {
  const sqlite = loadQuietly();
  return sqlite === undefined ? undefined : (path, options) => open(sqlite, path, options?.readOnly === true);
}

function open(sqlite: NodeSqlite, path: string, readOnly: boolean): Driver {
  const database = new sqlite.DatabaseSync(path, { readOnly });
  return {
    name: 'node:sqlite',
    exec: (sql) => {
      database.exec(sql);
    },
    prepare: (sql) => {
      const statement = database.prepare(sql);
      return {
        run: (params) => Number(statement.run(...params).changes),
        all: (params) => statement.all(...params),
      };
    },
    close: () => {
      database.close();
    },
  };
}

/** Node 22 prints a warning on load that SQLite is experimental; a person listing decisions has no use for it. */
function loadQuietly(): NodeSqlite | undefined {
  if (typeof process.getBuiltinModule !== 'function') return undefined;
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => {};
  try {
    const loaded = process.getBuiltinModule('node:sqlite');
    // The module's documented shape; checked for the one member we use.
    return loaded !== undefined && 'DatabaseSync' in loaded ? (loaded as NodeSqlite) : undefined;
  } finally {
    process.emitWarning = emitWarning;
  }
}

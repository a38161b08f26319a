// libsql: SQLite with prebuilt binaries for every platform npm serves, so that no install needs a compiler.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type Libsql from 'libsql';
import type { Driver, SqlRow, SqlValue, Statement } from './driver.ts';

/** Returns a driver over the file; throws when the package has no binary for this platform. */
export function openLibsql(path: string, { readOnly = false }: { readonly readOnly?: boolean } = {}): Driver {
  // Loaded on use: a Node.js that has its own SQLite never maps the native library.
  const require = createRequire(import.meta.url);
  // The package's own types describe what require returns.
  const Database = require('libsql') as typeof Libsql;
  const database = new Database(readOnly ? `${pathToFileURL(path).href}?mode=ro` : path);
  return {
    name: 'libsql',
    exec: (sql) => {
      database.exec(sql);
    },
    prepare: (sql) => wrap(database.prepare<unknown[]>(sql)),
    close: () => {
      database.close();
    },
  };
}

// libsql takes one array as the list of parameters; spread out, a single null would be taken for an object.
function wrap(statement: Libsql.Statement): Statement {
  return {
    run: (params: readonly SqlValue[]) => statement.run(params).changes,
    // A row is an object by the contract of all().
    all: (params: readonly SqlValue[]) => statement.all(params) as SqlRow[],
  };
}

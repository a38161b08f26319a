// What can go wrong with the store, in the words of the person who has to mend it. SQLite's own result
// codes (https://sqlite.org/rescode.html) are the same for both drivers, so they are translated here once.

export const STORE_ERRORS = {
  E_STORE_FULL: {
    says: 'The disk that holds the store is full',
    advice:
      'Free some space or move the data directory. Nothing is half written; a running engine goes on by itself.',
  },
  E_STORE_READONLY: {
    says: 'The store cannot be written',
    advice: 'Give this user write permission on the data directory and on every file in it.',
  },
  E_STORE_BUSY: {
    says: 'Another process has been writing to the store for too long',
    advice: 'Wait until the other command (an import, a backup) has finished and try again.',
  },
  E_STORE_CORRUPT: {
    says: 'The store is damaged',
    advice:
      'Stop Parapet, move the damaged file aside and start again: the logs are still there. `sqlite3 FILE .recover` may save its history.',
  },
  E_STORE_FOREIGN: {
    says: 'The file is not a store of Parapet',
    advice: 'Check --data-dir: it must be an empty folder or one that Parapet made.',
  },
  E_STORE_NEWER: {
    says: 'The store was written by a newer Parapet',
    advice: 'Update this Parapet, or use another data directory.',
  },
  E_STORE_OLDER: {
    says: 'The store was written by an older Parapet and is only being read',
    advice: 'Start the engine, or run any command that writes, once: it brings the store up to date.',
  },
  E_STORE_LOCKED: {
    says: 'Another engine is using this data directory',
    advice: 'Stop that process, or give this one a data directory of its own with --data-dir.',
  },
  E_STORE_ABSENT: {
    says: 'There is no store here',
    advice: 'Name the right folder with --data-dir, or start Parapet once with `parapet up`.',
  },
  E_STORE_UNREACHABLE: {
    says: 'The store cannot be opened',
    advice: 'Check that the data directory exists, that this user may enter it and that its disk is mounted.',
  },
  E_STORE_IO: {
    says: 'The disk reported an error while the store was used',
    advice: 'Look at the system log for disk errors; Parapet goes on in memory and tries again.',
  },
  E_STORE_BAD_ROW: {
    says: 'Something could not be stored and was left out',
    advice: 'This is a defect of Parapet: please report it with this message.',
  },
  E_STORE_CLOSED: {
    says: 'The store is closed',
    advice: 'This is a defect of Parapet: please report it with this message.',
  },
  E_STORE_SITES: {
    says: 'This is for those who may see all sites',
    advice: 'This is a defect of Parapet: please report it with this message.',
  },
  E_STORE_NO_DRIVER: {
    says: 'This Node.js has no SQLite and the package libsql has no build for this platform',
    advice: 'Use Node.js 24, which brings its own SQLite.',
  },
} as const;

export type StoreErrorCode = keyof typeof STORE_ERRORS;

/** Everything the store throws: a stable code, one sentence in `message`, what to do in `advice`. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;
  readonly advice: string;

  constructor(code: StoreErrorCode, detail: string, cause?: unknown) {
    const { says, advice } = STORE_ERRORS[code];
    super(`${says}: ${detail} (${code})`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.advice = advice;
  }
}

/** Returns the error of a driver as ours; `path` is the file it happened to. */
export function toStoreError(error: unknown, path: string): StoreError {
  if (error instanceof StoreError) return error;
  const message = wordsOf(error);
  // libsql wraps this one in the name of a Rust type.
  const detail = OPEN_FAILED.test(message) ? 'the file cannot be opened' : message;
  return new StoreError(codeOf(error, message), `${path}: ${detail}`, error);
}

function wordsOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  try {
    return String(error);
  } catch {
    // Objects without a usable toString can be thrown too.
    return `a thrown ${typeof error}`;
  }
}

function codeOf(error: unknown, message: string): StoreErrorCode {
  const result = sqliteResult(error, message);
  if (result === undefined) {
    return /not open/i.test(message) ? 'E_STORE_CLOSED' : (systemCode(error) ?? 'E_STORE_BAD_ROW');
  }
  return BY_RESULT[result & 0xff] ?? 'E_STORE_BAD_ROW';
}

/** libsql has `rawCode`, node:sqlite has `errcode`; a libsql that cannot open says the number in its text. */
function sqliteResult(error: unknown, message: string): number | undefined {
  if (typeof error === 'object' && error !== null) {
    if ('rawCode' in error && typeof error.rawCode === 'number') return error.rawCode;
    if ('errcode' in error && typeof error.errcode === 'number') return error.errcode;
  }
  const opened = OPEN_FAILED.exec(message);
  return opened === null ? undefined : Number(opened[1]);
}

const OPEN_FAILED = /unable to open.*: (\d+)"?\)?$/i;

function systemCode(error: unknown): StoreErrorCode | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'E_STORE_FULL';
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') return 'E_STORE_READONLY';
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EEXIST') return 'E_STORE_UNREACHABLE';
  return code === 'EIO' ? 'E_STORE_IO' : undefined;
}

const BY_RESULT: Readonly<Record<number, StoreErrorCode>> = {
  3: 'E_STORE_READONLY', // PERM
  5: 'E_STORE_BUSY',
  6: 'E_STORE_BUSY', // LOCKED
  7: 'E_STORE_IO', // NOMEM
  8: 'E_STORE_READONLY',
  10: 'E_STORE_IO',
  11: 'E_STORE_CORRUPT',
  13: 'E_STORE_FULL',
  14: 'E_STORE_UNREACHABLE', // CANTOPEN
  15: 'E_STORE_BUSY', // PROTOCOL: the WAL's locks were contended
  22: 'E_STORE_UNREACHABLE', // NOLFS
  26: 'E_STORE_FOREIGN', // NOTADB
};

/** Whether the row went in. A row that the schema refuses must not keep all others from being stored. */
export function isRowStored(insert: () => unknown): boolean {
  try {
    insert();
    return true;
  } catch (error) {
    if (error instanceof StoreError && error.code !== 'E_STORE_BAD_ROW') throw error;
    return false;
  }
}

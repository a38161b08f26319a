// SQLite that fails when told to, at the border where the real one would: everything above it is ours.
import { openDriver, type Driver, type OpenDriver } from '../src/driver/index.ts';

export interface Failure {
  /** The call to SQLite that fails, counted from when the failure was set; Infinity for none. */
  at: number;
  /** SQLite's result code. */
  result: number;
  /** Whether every call after that one fails too. */
  lasting: boolean;
}

export function failingDriver(failure: Failure): {
  open: OpenDriver;
  calls: () => number;
  reset: () => void;
} {
  let calls = 0;
  const check = (): void => {
    calls += 1;
    const fails = failure.lasting ? calls >= failure.at : calls === failure.at;
    if (fails)
      throw Object.assign(new Error(`made to fail with ${failure.result}`), { rawCode: failure.result });
  };
  const open: OpenDriver = (path) => {
    const real: Driver = openDriver(path);
    return {
      name: real.name,
      exec: (sql) => {
        // What undoes a failed transaction works, as it does on a full disk.
        if (sql !== 'ROLLBACK') check();
        real.exec(sql);
      },
      prepare: (sql) => {
        const statement = real.prepare(sql);
        return {
          run: (params) => {
            check();
            return statement.run(params);
          },
          all: (params) => {
            check();
            return statement.all(params);
          },
        };
      },
      close: () => {
        real.close();
      },
    };
  };
  return {
    open,
    calls: () => calls,
    reset: () => {
      calls = 0;
    },
  };
}

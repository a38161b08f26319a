// `npm start [-- arguments]`: sets up what is missing and runs `parapet up` with the arguments; without any, and
// without a configuration in this folder, `parapet demo`.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { root, setUp } from './setup.mjs';

const args = process.argv.slice(2);
const folder = process.env.INIT_CWD ?? process.cwd();
const isDemo = args.length === 0 && !existsSync(path.join(folder, 'parapet.yaml'));

setUp({ quiet: !process.stdout.isTTY });
const child = spawn(
  process.execPath,
  [path.join(root, 'packages/cli/bin/parapet.js'), ...(isDemo ? ['demo'] : ['up', ...args])],
  {
    stdio: 'inherit',
    cwd: folder,
  },
);
// Ctrl-C reaches the child by itself; this process only waits for it to end cleanly.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 0)));

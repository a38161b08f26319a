// `npm start [-- arguments]`: sets up what is missing and runs `parapet up` with the arguments.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { root, setUp } from './setup.mjs';

setUp({ quiet: !process.stdout.isTTY });
const child = spawn(
  process.execPath,
  [path.join(root, 'packages/cli/bin/parapet.js'), 'up', ...process.argv.slice(2)],
  {
    stdio: 'inherit',
    cwd: process.env.INIT_CWD ?? process.cwd(),
  },
);
// Ctrl-C reaches the child by itself; this process only waits for it to end cleanly.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 0)));

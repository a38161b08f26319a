// `npm test`: sets up what is missing, then runs all tests, end to end ones included.
import { run, setUp } from './setup.mjs';

setUp();
run('npx', ['--no-install', 'vitest', 'run', ...process.argv.slice(2)]);

// `npm test`: sets up what is missing, then runs all tests, end to end ones included, and those of the Drupal module in
// PHP. With arguments, which are Vitest's, only that runs.
import { run, setUp } from './setup.mjs';

setUp();
run('npx', ['--no-install', 'vitest', 'run', ...process.argv.slice(2)]);
if (process.argv.length === 2) run('node', ['scripts/php.mjs']);

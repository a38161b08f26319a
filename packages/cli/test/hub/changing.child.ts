// Run as a process of its own by the test of kills: installs and removes the same collection again and again.
import process from 'node:process';
import { openFolder } from '../../src/hub/from/folderSource.ts';
import { installItems, removeItems } from '../../src/hub/installed/install.ts';

const [dataDir = '', from = '', name = ''] = process.argv.slice(2);
const source = openFolder(from);
process.stdout.write('ready\n');
for (;;) {
  await installItems(dataDir, source, [source.items.get(`collections:${name}`)!], false);
  await removeItems(dataDir, [name], false);
}

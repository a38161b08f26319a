// node bench/crowdsec.mjs FOLDER [COLLECTION...]
// Makes a CrowdSec of its own in a folder, out of the Debian package: its own configuration, database and port,
// nothing asked of the Internet, the collections linked in as `cscli` would. Prints where things are, as JSON. The
// installation of the machine is only read.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './measure.mjs';

const PACKAGE = '/usr/share/crowdsec';
const SETTINGS = '/etc/crowdsec';

/** What the package enables by itself on a server with nginx. */
export const DEFAULT_COLLECTIONS = ['crowdsecurity/linux', 'crowdsecurity/nginx', 'crowdsecurity/apache2'];

/** Returns the paths of the configuration file and of a hub folder (with its data) that Parapet can read too. */
export async function makeCrowdsec(folder, collections = DEFAULT_COLLECTIONS) {
  const inFolder = (...names) => path.join(folder, ...names);
  rmSync(folder, { recursive: true, force: true });
  for (const name of ['log', 'notifications', 'plugins']) mkdirSync(inFolder(name), { recursive: true });
  cpSync(path.join(PACKAGE, 'hub'), inFolder('hub'), { recursive: true, dereference: true });
  cpSync(path.join(PACKAGE, 'data'), inFolder('hub/data'), { recursive: true, dereference: true });
  cpSync(path.join(SETTINGS, 'patterns'), inFolder('patterns'), { recursive: true, dereference: true });
  for (const name of ['profiles.yaml', 'simulation.yaml']) cpSync(path.join(SETTINGS, name), inFolder(name));
  nameDataFiles(inFolder('hub'));
  enable(folder, collections);

  const port = await freePort();
  writeFileSync(inFolder('acquis.yaml'), '');
  writeFileSync(inFolder('console.yaml'), 'share_custom: false\n');
  writeFileSync(inFolder('config.yaml'), configuration(folder, port));
  const credentials = inFolder('local_api_credentials.yaml');
  writeFileSync(credentials, `url: http://127.0.0.1:${port}\n`);
  const config = inFolder('config.yaml');
  const added = spawnSync(
    'cscli',
    ['-c', config, 'machines', 'add', 'here', '--password', 'here', '-f', credentials, '--force'].concat(
      '--url',
      `http://127.0.0.1:${port}`,
    ),
    { encoding: 'utf8', timeout: 60_000 },
  );
  if (added.status !== 0) throw new Error(`cscli machines add: ${added.stderr}`);
  return { config, hub: inFolder('hub') };
}

function configuration(folder, port) {
  return `common: {daemonize: false, log_media: stdout, log_level: info, log_dir: ${folder}/log/, working_dir: .}
config_paths:
  config_dir: ${folder}/
  data_dir: ${folder}/hub/data/
  simulation_path: ${folder}/simulation.yaml
  hub_dir: ${folder}/hub/
  index_path: ${folder}/hub/.index.json
  notification_dir: ${folder}/notifications/
  plugin_dir: ${folder}/plugins/
crowdsec_service: {acquisition_path: ${folder}/acquis.yaml, parser_routines: 1, buckets_routines: 1, output_routines: 1}
cscli: {output: human}
db_config: {log_level: info, type: sqlite, db_path: ${folder}/crowdsec.db, use_wal: true}
api:
  client: {credentials_path: ${folder}/local_api_credentials.yaml}
  server:
    log_level: info
    listen_uri: 127.0.0.1:${port}
    profiles_path: ${folder}/profiles.yaml
    console_path: ${folder}/console.yaml
prometheus: {enabled: false}
`;
}

/** Links the items of collections, and of collections within them, to where CrowdSec looks for enabled items. */
function enable(folder, collections) {
  const index = JSON.parse(readFileSync(path.join(folder, 'hub/.index.json'), 'utf8'));
  const done = new Set();
  const link = (kind, name) => {
    if (done.has(`${kind}:${name}`)) return;
    done.add(`${kind}:${name}`);
    const item = index[kind]?.[name];
    if (item === undefined) throw new Error(`The package's hub has no ${kind} ${name}.`);
    const place = path.join(folder, kind, item.stage ?? '', path.basename(item.path));
    mkdirSync(path.dirname(place), { recursive: true });
    symlinkSync(path.join(folder, 'hub', item.path), place);
    if (kind !== 'collections') return;
    for (const part of Object.keys(index)) for (const other of item[part] ?? []) link(part, other);
  };
  for (const name of collections) link('collections', name);
}

/** Items ask for data under a name of their own choice (`dest_file`); the package has them by their source's name. */
function nameDataFiles(hub) {
  for (const file of readdirSync(hub, { recursive: true })) {
    if (!file.endsWith('.yaml')) continue;
    const text = readFileSync(path.join(hub, file), 'utf8');
    for (const [, source, name] of text.matchAll(/source_url: *(\S+)\s+dest_file: *(\S+)/g)) {
      const from = path.join(hub, 'data', path.posix.basename(source));
      const to = path.join(hub, 'data', name);
      if (!existsSync(to) && existsSync(from)) cpSync(from, to);
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder, ...collections] = process.argv.slice(2);
  if (folder === undefined) {
    console.error('usage: node bench/crowdsec.mjs FOLDER [COLLECTION...]');
    process.exit(2);
  }
  const made = await makeCrowdsec(path.resolve(folder), collections.length > 0 ? collections : undefined);
  console.log(JSON.stringify(made));
}

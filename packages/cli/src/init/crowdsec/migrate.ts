// Takes a CrowdSec over: its settings as files beside parapet.yaml, its items into the installed hub, its clients and
// decisions into the store; and says what it took and what it did not, and why. CrowdSec's own files are only read.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { formatProblem, parseIpOrCidr } from '@parapet/kinds';
import { openStore } from '@parapet/store';
import type { CommandContext } from '../../context.ts';
import { prepareEngine, SIMULATION_FILE } from '../../engine/prepareEngine.ts';
import { writeWhole } from '../../io/writeWhole.ts';
import { makeSpareCheck } from '../../target.ts';
import { UsageError } from '../../run-verb.ts';
import { readDatabase, type TakenRows } from './database.ts';
import { COPIES, takeAcquisitions, takeProfiles, type TakenFile } from './files.ts';
import { counted, Found } from './found.ts';
import { takeItems } from './items.ts';
import { readSettings, yamlFilesIn, type CrowdsecSettings } from './settings.ts';

export interface MigrationOptions {
  /** CrowdSec's folder, such as /etc/crowdsec. */
  readonly from: string;
  /** The parapet.yaml that is written; it must not be there. */
  readonly file: string;
  readonly dataDir: string | undefined;
  readonly isDryRun: boolean;
}

export interface Migration {
  readonly found: Found;
  /** The addresses that CrowdSec's local API has: it has to give them up. */
  readonly listen: readonly string[];
}

const BATCH = 1000;
const SHORTEST_TOKEN = 32;

/** Takes it over, or with `isDryRun` only says what it would; throws a UsageError when there is no CrowdSec. */
export async function migrate(context: CommandContext, options: MigrationOptions): Promise<Migration> {
  const settings = readSettings(options.from);
  const found = new Found();
  if (!options.isDryRun)
    return takeOver(context, settings, found, path.dirname(options.file), options.dataDir, options.file);
  const trial = mkdtempSync(path.join(tmpdir(), 'parapet-init-'));
  try {
    return await takeOver(context, settings, found, trial, undefined, path.join(trial, 'parapet.yaml'));
  } finally {
    rmSync(trial, { recursive: true, force: true });
  }
}

async function takeOver(
  context: CommandContext,
  settings: CrowdsecSettings,
  found: Found,
  folder: string,
  namedDataDir: string | undefined,
  file: string,
): Promise<Migration> {
  const dataDir = namedDataDir ?? path.join(folder, '.parapet');
  const acquisitions = takeAcquisitions(context, settings, found);
  const profiles = takeProfiles(settings, found);
  const { server } = settings;
  const lapi = lapiOf(settings, found);
  const rows = readDatabase(context, settings, found);
  const config = {
    ...(namedDataDir === undefined && folder === context.folder ? {} : { data_dir: dataDir }),
    acquisition: acquisitions.map(({ name }) => path.join(folder, name)),
    ...(profiles.length === 0 ? {} : { profiles: path.join(folder, COPIES, 'profiles.yaml') }),
    ...geoOf(settings, found),
    ...(lapi === undefined ? {} : { lapi }),
    ...(settings.metrics === undefined ? {} : { metrics: { enabled: true, listen: settings.metrics } }),
  };
  // The configuration comes last: without it, the next try begins anew.
  for (const one of [...acquisitions, ...profiles]) write(folder, one);
  takeSimulation(settings, dataDir, found);
  await takeItems(settings, dataDir, found);
  await store(context, dataDir, rows, found);
  sayWhatIsLeft(settings, found);
  const head = `# Taken over from ${settings.folder} by parapet init --from-crowdsec.\n# All keys: docs/configuration.md, or parapet config schema. After a change: parapet config check\n`;
  write('', { name: file, text: `${head}${stringify(config)}` });
  await checkItems(context, file, found);
  const listen = server.enable === false ? [] : (lapi?.listen ?? []);
  return { found, listen };
}

function write(folder: string, { name, text }: TakenFile): void {
  const file = path.join(folder, name);
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeWhole(file, text);
  } catch (error) {
    throw new UsageError('E_FILE_UNWRITABLE', `${file} cannot be written: ${(error as Error).message}`); // node:fs throws Errors
  }
}

function lapiOf({ server }: CrowdsecSettings, found: Found) {
  const listen = [
    ...(server.listen_uri === undefined ? [] : [server.listen_uri]),
    ...(server.listen_socket === undefined ? [] : [`unix:${server.listen_socket}`]),
  ];
  if (server.enable === false || listen.length === 0) {
    found.leave(
      'the local API',
      'it was switched off, or says no address; lapi.listen in parapet.yaml serves it',
    );
    return undefined;
  }
  found.take('local API', listen.length, `the local API on ${listen.join(', ')}`);
  const trusted = (server.trusted_ips ?? []).filter((value) => parseIpOrCidr(value) !== undefined);
  const { tls, auto_registration: registration } = server;
  const ranges = (registration?.allowed_ranges ?? []).filter((value) => parseIpOrCidr(value) !== undefined);
  const hasToken = registration?.enabled === true && (registration.token ?? '').length >= SHORTEST_TOKEN;
  if (registration?.enabled === true && !(hasToken && ranges.length > 0))
    found.leave(
      'automatic registration',
      `its token is shorter than ${SHORTEST_TOKEN} characters, or no range is named`,
    );
  return {
    listen,
    ...(trusted.length === 0 ? {} : { trusted_ips: trusted }),
    ...(tls?.cert_file === undefined || tls.key_file === undefined
      ? {}
      : {
          tls: {
            certificate: tls.cert_file,
            key: tls.key_file,
            ...(tls.ca_cert_path === undefined ? {} : { client_ca: tls.ca_cert_path }),
            ...(tls.agents_allowed_ou === undefined ? {} : { machine_units: tls.agents_allowed_ou }),
            ...(tls.bouncers_allowed_ou === undefined ? {} : { bouncer_units: tls.bouncers_allowed_ou }),
          },
        }),
    ...(hasToken && ranges.length > 0 ? { registration: { token: registration.token, ranges } } : {}),
  };
}

function geoOf({ dataFolder }: CrowdsecSettings, found: Found): object {
  const geo: Record<string, string> = {};
  for (const [key, name] of [
    ['city', 'GeoLite2-City.mmdb'],
    ['asn', 'GeoLite2-ASN.mmdb'],
  ] as const) {
    const file = path.join(dataFolder, name);
    if (existsSync(file)) geo[key] = file;
  }
  const count = Object.keys(geo).length;
  found.take(
    'places',
    count,
    `${counted(count, 'database')} of places, read where they are in ${dataFolder}`,
  );
  return count === 0 ? {} : { geo };
}

/** Into the data directory, where `parapet simulation` changes it. */
function takeSimulation({ simulation }: CrowdsecSettings, dataDir: string, found: Found): void {
  const file = path.join(dataDir, SIMULATION_FILE);
  if (simulation === undefined || existsSync(file)) return;
  mkdirSync(dataDir, { recursive: true, mode: 0o750 });
  // YAML 1.1, which CrowdSec reads, has more words for true and false; Debian's file says `off`.
  const text = readFileSync(simulation, 'utf8').replace(
    /^(simulation:[ \t]*)(on|yes|off|no)\b/im,
    (_, key: string, word: string) => `${key}${/^(on|yes)$/i.test(word)}`,
  );
  write('', { name: file, text });
  found.take('simulation', 1, `what is only simulated, from ${simulation}`);
}

async function store(
  context: CommandContext,
  dataDir: string,
  { bouncers, machines, decisions, allowlist }: TakenRows,
  found: Found,
): Promise<void> {
  const opened = await openStore({ dataDir, role: 'tool', now: context.now });
  try {
    const { clients } = opened;
    for (const one of bouncers) {
      const known =
        (await clients.findBouncer(one.name)) ?? (await clients.findBouncerByKey(one.keyHash ?? ''));
      if (known === undefined) await clients.putBouncer(one);
    }
    for (const one of machines)
      if ((await clients.findMachine(one.name)) === undefined) await clients.putMachine(one);
    if (allowlist.length > 0) await opened.addToAllowlist(allowlist, 'parapet init');
    const spares = makeSpareCheck(context);
    const wanted = decisions.filter(({ target }) => {
      const why = spares(target);
      if (why !== undefined) found.leave(`decision on ${target.value}`, why);
      return why === undefined;
    });
    for (let i = 0; i < wanted.length; i += BATCH) {
      const { allowlisted } = await opened.addDecisions(wanted.slice(i, i + BATCH));
      for (const { decision, entry } of allowlisted)
        found.leave(
          `decision on ${decision.target.value}`,
          `${entry.value} is on the allowlist ${entry.list}`,
        );
    }
  } finally {
    await opened.close();
  }
}

function sayWhatIsLeft(
  { notifications, console: file, server, folder }: CrowdsecSettings,
  found: Found,
): void {
  for (const one of notifications)
    found.leave(one, "CrowdSec's notification plug-ins are not run: set up Parapet's own");
  const credentials = server.online_client?.credentials_path;
  if (credentials !== undefined)
    found.leave(credentials, "CrowdSec's community and its blocklists are bound to its own engine");
  if (file !== undefined) found.leave(file, "CrowdSec's console shows CrowdSec engines only");
  const contexts = yamlFilesIn(path.join(folder, 'contexts'));
  if (contexts.length > 0)
    found.leave(
      contexts.join(', '),
      'alerts carry their whole evidence, without contexts to choose some of it',
    );
  const bouncers = yamlFilesIn(path.join(folder, 'bouncers'));
  if (bouncers.length > 0)
    found.leave(
      bouncers.join(', '),
      'bouncers keep their own configuration, with the key and the address they have',
    );
}

/** What the engine says of all that was taken. */
async function checkItems(context: CommandContext, file: string, found: Found): Promise<void> {
  const { problems } = await prepareEngine(context, { config: file, ownItems: true }, 'replay', {});
  for (const problem of problems) found.leave('as the engine reads it', formatProblem(problem));
}

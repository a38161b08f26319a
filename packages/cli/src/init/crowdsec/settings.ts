// What the configuration of a CrowdSec says: where its parts are, and how it listens. Only what can be taken over is
// read; what else is in the file does not matter here.

import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { UsageError } from '../../run-verb.ts';

const text = z.string().optional().catch(undefined);
const texts = z.array(z.string()).optional().catch(undefined);
const SCHEMA = z
  .looseObject({
    config_paths: z
      .looseObject({ data_dir: text, hub_dir: text, simulation_path: text, notification_dir: text })
      .optional(),
    crowdsec_service: z
      .looseObject({ enable: z.boolean().optional(), acquisition_path: text, acquisition_dir: text })
      .optional(),
    db_config: z.looseObject({ type: text, db_path: text }).optional(),
    api: z
      .looseObject({
        server: z
          .looseObject({
            enable: z.boolean().optional(),
            listen_uri: text,
            listen_socket: text,
            profiles_path: text,
            console_path: text,
            trusted_ips: texts,
            tls: z
              .looseObject({
                cert_file: text,
                key_file: text,
                ca_cert_path: text,
                agents_allowed_ou: texts,
                bouncers_allowed_ou: texts,
              })
              .optional(),
            auto_registration: z
              .looseObject({ enabled: z.boolean().optional(), token: text, allowed_ranges: texts })
              .optional(),
            online_client: z.looseObject({ credentials_path: text }).nullish(),
          })
          .nullish(),
      })
      .optional(),
    prometheus: z
      .looseObject({
        enabled: z.boolean().optional(),
        listen_addr: text,
        listen_port: z.number().optional().catch(undefined),
      })
      .optional(),
  })
  .catch({});

type Raw = z.infer<typeof SCHEMA>;

export interface CrowdsecSettings {
  readonly folder: string;
  readonly hubFolder: string;
  readonly dataFolder: string;
  readonly acquisitions: readonly string[];
  readonly profiles: string | undefined;
  readonly simulation: string | undefined;
  readonly notifications: readonly string[];
  readonly console: string | undefined;
  readonly database: { readonly type: string; readonly file: string };
  readonly server: NonNullable<NonNullable<Raw['api']>['server']>;
  readonly metrics: string | undefined;
}

/** Reads config.yaml, and config.yaml.local over it; throws a UsageError when the folder is none of CrowdSec's. */
export function readSettings(folder: string): CrowdsecSettings {
  const signs = ['config.yaml', 'acquis.yaml', 'parsers', 'scenarios', 'collections'];
  if (!signs.some((name) => existsSync(path.join(folder, name))))
    throw new UsageError(
      'E_INIT_CROWDSEC',
      `There is no CrowdSec configuration in ${folder}`,
      'Name the folder with its config.yaml: parapet init --from-crowdsec /etc/crowdsec',
    );
  const raw = SCHEMA.parse(
    over(readYaml(path.join(folder, 'config.yaml')), readYaml(path.join(folder, 'config.yaml.local'))),
  );
  const { config_paths: paths = {}, crowdsec_service: service = {}, db_config: database = {} } = raw;
  const server = raw.api?.server ?? {};
  const at = (named: string | undefined, usual: string): string => placeOf(folder, named ?? usual);
  const dataFolder = at(paths.data_dir, '/var/lib/crowdsec/data');
  const there = (file: string): string | undefined => (existsSync(file) ? file : undefined);
  const { enabled, listen_addr: address = '127.0.0.1', listen_port: port = 6060 } = raw.prometheus ?? {};
  return {
    folder,
    dataFolder,
    hubFolder: realHub(at(paths.hub_dir, '/var/lib/crowdsec/hub')),
    acquisitions: [
      at(service.acquisition_path, 'acquis.yaml'),
      ...yamlFilesIn(at(service.acquisition_dir, 'acquis.d')),
    ].filter((file) => existsSync(file)),
    profiles: there(at(server.profiles_path, 'profiles.yaml')),
    simulation: there(at(paths.simulation_path, 'simulation.yaml')),
    notifications: yamlFilesIn(at(paths.notification_dir, 'notifications')),
    console: there(at(server.console_path, 'console.yaml')),
    database: {
      type: database.type ?? 'sqlite',
      file: database.db_path === undefined ? path.join(dataFolder, 'crowdsec.db') : at(database.db_path, ''),
    },
    server,
    metrics: enabled === true ? `${address}:${port}` : undefined,
  };
}

/** Debian's hub folder is made of links into another one: that is where items are. */
function realHub(folder: string): string {
  const index = path.join(folder, '.index.json');
  return existsSync(index) ? path.dirname(realpathSync(index)) : folder;
}

/** A path that leads into the configuration's own folder is looked for in the folder that was named: it may be a copy. */
function placeOf(folder: string, named: string): string {
  const full = path.resolve(folder, named);
  const inside = /^\/(?:usr\/local\/)?etc\/crowdsec\/(.+)$/.exec(full)?.[1];
  const copy = inside === undefined ? full : path.join(folder, inside);
  return existsSync(copy) ? copy : full;
}

export function yamlFilesIn(folder: string): readonly string[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort((a, b) => (a < b ? -1 : 1))
    .map((name) => path.join(folder, name));
}

function readYaml(file: string): unknown {
  if (!existsSync(file)) return {};
  try {
    return parse(readFileSync(file, 'utf8'), { logLevel: 'error' }) ?? {};
  } catch (error) {
    const { message } = error as Error; // node:fs and yaml throw Errors
    throw new UsageError('E_INIT_CROWDSEC', `${file} cannot be read: ${message.split('\n')[0]}`);
  }
}

function over(base: unknown, change: unknown): unknown {
  if (!isMap(base) || !isMap(change)) return change ?? base;
  const merged = { ...base };
  for (const [key, value] of Object.entries(change)) merged[key] = over(base[key], value);
  return merged;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

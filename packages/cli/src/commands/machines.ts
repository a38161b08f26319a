// `parapet machines`: the machines that send alerts to the local API.

import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hostname } from 'node:os';
import type { Command } from 'commander';
import { formatInstant, plain } from '@parapet/reports';
import type { Machine } from '@parapet/store';
import { loadConfig } from '../config/loadConfig.ts';
import type { CommandContext, ExitCode } from '../context.ts';
import { runVerb, UsageError } from '../run-verb.ts';
import { answer, formatOf } from '../output.ts';
import { addStoreOptions, withStore, type StoreOptions } from '../store-options.ts';
import { forgetClients, listClients, registerPrune, type ClientListing } from './clients.ts';

interface AddOptions extends StoreOptions {
  readonly password?: string;
  readonly force?: true;
  readonly url?: string;
  readonly file?: string;
}

const NAME = /^[\w.@:-]{1,200}$/;
const PASSWORD_BYTES = 32;

export function register(program: Command, context: CommandContext): void {
  const machines = program
    .command('machines')
    .description('machines that send alerts to the local API: list, add, validate, delete, prune');
  addStoreOptions(machines.command('list').description('show them, and when each was last heard of'))
    .addHelpText('after', '\nExamples:\n  parapet machines list\n  parapet machines list --json')
    .action((options: StoreOptions) => runVerb(context, () => listClients(context, options, LISTING)));
  addStoreOptions(
    machines
      .command('add')
      .description('admit a machine and print the credentials file for it')
      .argument('[name]', 'how it is called (default: the name of this machine)')
      .option('-p, --password <password>', 'its password (default: a random one)')
      .option('-u, --url <url>', 'where it finds the local API (default: as the configuration says)')
      .option('-f, --file <file>', 'write the credentials there, for its owner alone')
      .option('-a, --auto', 'a random password, which is what happens anyway; cscli has to be told')
      .option('--force', 'also when one of that name is known: its password is replaced'),
  )
    .addHelpText(
      'after',
      `
Examples:
  parapet machines add web1 > local_api_credentials.yaml     as crowdsec and cscli read it
  parapet machines add web1 --force                          a new password for it`,
    )
    .action((name: string | undefined, options: AddOptions) =>
      runVerb(context, () => add(context, name ?? hostname(), options)),
    );
  addStoreOptions(
    machines
      .command('validate')
      .description('admit a machine that has registered itself')
      .argument('<name>', 'as parapet machines list shows it'),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  cscli lapi register --machine web1     on that machine\n  parapet machines validate web1         here',
    )
    .action((name: string, options: StoreOptions) =>
      runVerb(context, () => validate(context, name, options)),
    );
  addStoreOptions(
    machines
      .command('delete')
      .description('forget machines: their tokens are worth nothing from now on')
      .argument('<names...>', 'as parapet machines list shows them'),
  )
    .addHelpText('after', '\nExamples:\n  parapet machines delete web1')
    .action((names: readonly string[], options: StoreOptions) =>
      runVerb(context, () => forgetClients(context, options, 'machine', names)),
    );
  registerPrune(machines, context, 'machine', '30d');
}

const LISTING: ClientListing<Machine> = {
  find: (clients) => clients.listMachines(),
  titles: ['name', 'from', 'last heard of', 'last alert', 'admitted', 'version'],
  fieldsOf,
  publicOf: (one) => ({ ...one, passwordHash: undefined }),
  empty: 'No machine is known. Add one: parapet machines add NAME',
};

function fieldsOf({ name, ip, seenAt, pushedAt, isValidated, version }: Machine): string[] {
  const when = (at: Date | undefined): string => (at === undefined ? 'never' : formatInstant(at));
  return [name, ip, when(seenAt), when(pushedAt), isValidated ? 'yes' : 'no', version].map(plain);
}

async function add(context: CommandContext, name: string, options: AddOptions): Promise<ExitCode> {
  if (!NAME.test(name))
    throw new UsageError(
      'E_MACHINE_NAME',
      `'${plain(name)}' is no name for a machine`,
      'Letters, digits, . @ : _ and -, at most 200',
    );
  const url = options.url ?? (await urlOf(context, options));
  return withStore(context, options, 'maker', async ({ clients }): Promise<ExitCode> => {
    const known = await clients.findMachine(name);
    if (known !== undefined && options.force !== true)
      throw new UsageError(
        'E_MACHINE_KNOWN',
        `A machine '${name}' is known already`,
        'Give it a new password with --force, or take another name',
      );
    const { Passwords } = await import('@parapet/lapi');
    const password = options.password ?? randomBytes(PASSWORD_BYTES).toString('base64url');
    const passwordHash = await new Passwords().hash(password);
    const fresh: Machine = {
      name,
      isValidated: true,
      ip: '',
      version: '',
      scenarios: [],
      createdAt: context.now(),
    };
    await clients.putMachine({ ...(known ?? fresh), isValidated: true, passwordHash });
    const text = `url: ${url}\nlogin: ${name}\npassword: ${JSON.stringify(password)}\n`;
    if (options.file !== undefined) {
      const file = path.resolve(context.folder, options.file);
      writeSecret(file, text);
      await context.out.write(`The machine '${name}' is admitted. Its credentials are in ${plain(file)}.\n`);
      return 0;
    }
    await answer(context, options, {
      json: () => ({ url, login: name, password }),
      raw: () => text,
      human: () => text,
    });
    if (formatOf(options) !== 'json')
      await context.err.write(
        `The machine '${name}' is admitted. Its password is shown this once; keep it as local_api_credentials.yaml there.\n`,
      );
    return 0;
  });
}

function writeSecret(file: string, text: string): void {
  try {
    rmSync(file, { force: true });
    writeFileSync(file, text, { mode: 0o600 });
  } catch (error) {
    throw new UsageError('E_FILE_UNWRITABLE', `${file} cannot be written: ${(error as Error).message}`); // node:fs throws Errors
  }
}

/** The first address that the API listens on, as a client has to write it. */
async function urlOf(context: CommandContext, options: StoreOptions): Promise<string> {
  const { lapi } = (await loadConfig(context, options.config)).config;
  const [first] = lapi.listen;
  if (first === undefined) return 'http://127.0.0.1:8090';
  if (first.startsWith('unix:')) return first.slice(5);
  return `${lapi.tls === undefined ? 'http' : 'https'}://${first.replace(/^(0\.0\.0\.0|\[::\]|\*)?:/, '127.0.0.1:')}`;
}

async function validate(context: CommandContext, name: string, options: StoreOptions): Promise<ExitCode> {
  return withStore(context, options, 'changer', async ({ clients }): Promise<ExitCode> => {
    const known = await clients.findMachine(name);
    if (known === undefined) throw absent(name);
    await clients.putMachine({ ...known, isValidated: true });
    await context.out.write(`The machine '${plain(name)}' is admitted: it can log in now.\n`);
    return 0;
  });
}

function absent(name: string): UsageError {
  return new UsageError(
    'E_MACHINE_ABSENT',
    `No machine '${plain(name)}' is known`,
    'Look at them: parapet machines list',
  );
}

// `parapet simulation`: which scenarios only show what they would do. Edits simulation.yaml and leaves the
// comments in it as they are.

import { Option, type Command } from 'commander';
import { nearestName, PERIMETER_SCENARIO } from '@parapet/engine';
import { plain } from '@parapet/reports';
import { findEngine } from '@parapet/store';
import type { CommandContext, ExitCode } from '../context.ts';
import { addEngineOptions, prepareEngine, type EngineOptions } from '../engine/prepareEngine.ts';
import { runVerb, UsageError } from '../run-verb.ts';
import { SimulationFile } from '../engine/simulationFile.ts';

interface SimulationOptions extends EngineOptions {
  readonly global?: true;
  readonly output: 'human' | 'json' | 'raw';
  readonly json?: true;
}

export function register(program: Command, context: CommandContext): void {
  const simulation = program
    .command('simulation')
    .description('which scenarios only show what they would do, and decide nothing');
  addOptions(
    simulation.command('status').description('list the scenarios, and which of them are only simulated'),
  ).action((options: SimulationOptions) => runVerb(context, () => status(context, options)));
  for (const [verb, isOn, description] of [
    ['enable', true, 'let scenarios only show what they would do'],
    ['disable', false, 'let scenarios decide again'],
  ] as const) {
    addOptions(
      simulation
        .command(verb)
        .description(description)
        .argument('[scenarios...]', 'their names, as `parapet simulation status` lists them')
        .option('--global', 'all of them, those that come later too'),
    )
      .addHelpText(
        'after',
        `
Examples:
  parapet simulation ${verb} parapet/http-404-burst
  parapet simulation ${verb} --global`,
      )
      .action((names: string[], options: SimulationOptions) =>
        runVerb(context, () => change(context, names, isOn, options)),
      );
  }
}

function addOptions(command: Command): Command {
  command.option(
    '--data-dir <dir>',
    'where simulation.yaml is, if the configuration names none (default: $PARAPET_DATA_DIR, or .parapet here)',
  );
  return addEngineOptions(command)
    .addOption(
      new Option('-o, --output <format>', 'for people, for programs, or tab-separated fields')
        .choices(['human', 'json', 'raw'])
        .default('human'),
    )
    .option('--json', 'the same as -o json');
}

interface Loaded {
  readonly file: SimulationFile;
  readonly scenarios: readonly string[];
  readonly dataDir: string;
}

async function load(context: CommandContext, options: SimulationOptions): Promise<Loaded> {
  // What simulation.yaml says now must not keep the command from mending it, so its problems are not asked for.
  const { config, dataDir, scenarios } = await prepareEngine(context, options, 'replay', {});
  const names = new Set(scenarios.map(({ name }) => name));
  if (config.perimeter.enabled && options.ownItems) names.add(PERIMETER_SCENARIO);
  return { file: SimulationFile.open(context, config, dataDir), scenarios: [...names].toSorted(), dataDir };
}

async function status(context: CommandContext, options: SimulationOptions): Promise<ExitCode> {
  const { file, scenarios } = await load(context, options);
  const simulated = scenarios.filter((name) => file.isSimulated(name));
  const unknown = file.exclusions.filter((name) => !scenarios.includes(name));
  switch (formatOf(options)) {
    case 'json': {
      const list = scenarios.map((name) => ({ name, simulated: file.isSimulated(name) }));
      const answer = { file: file.path, global: file.isGlobal, scenarios: list, unknown };
      await context.out.write(`${JSON.stringify(answer, undefined, 2)}\n`);
      break;
    }
    case 'raw':
      for (const name of scenarios)
        await context.out.write(`${plain(name)}\t${file.isSimulated(name) ? 'simulated' : 'live'}\n`);
      break;
    case 'human': {
      const rule = file.isGlobal ? 'Scenarios are simulated unless named.' : 'Scenarios decide unless named.';
      await context.out.write(`${rule} (${plain(file.path)}${file.isNew ? ', not there yet' : ''})\n`);
      const list = file.isGlobal ? scenarios.filter((name) => !simulated.includes(name)) : simulated;
      const title = file.isGlobal ? 'Decide all the same' : 'Simulated';
      await context.out.write(`${title}:${list.length === 0 ? ' none' : ''}\n`);
      for (const name of list) await context.out.write(`  ${plain(name)}\n`);
      for (const name of unknown)
        await context.out.write(`  ${plain(name)} is in the file, but no such scenario is loaded\n`);
      break;
    }
  }
  return 0;
}

async function change(
  context: CommandContext,
  names: readonly string[],
  isOn: boolean,
  options: SimulationOptions,
): Promise<ExitCode> {
  const isGlobal = options.global === true;
  if (isGlobal === names.length > 0) {
    throw new UsageError(
      'E_SIMULATION_WHICH',
      isGlobal ? 'Scenarios and --global are both given' : 'No scenario is given',
      'Name scenarios, or give --global for all.',
    );
  }
  const { file, scenarios, dataDir } = await load(context, options);
  const known = new Set([...scenarios, ...file.exclusions]);
  for (const name of names) if (!known.has(name)) throw unknownScenario(name, scenarios);
  const exceptions = isGlobal ? file.exclusions : [];
  const changed = isGlobal ? file.setGlobal(isOn) : names.filter((name) => file.set(name, isOn));
  const hasChanged = typeof changed === 'boolean' ? changed : changed.length > 0;
  if (hasChanged) file.save();
  const engine = await findEngine(dataDir);
  const json = {
    file: file.path,
    changed: hasChanged,
    global: file.isGlobal,
    exclusions: file.exclusions,
    restartNeeded: hasChanged && engine !== undefined,
  };
  switch (formatOf(options)) {
    case 'json':
      await context.out.write(`${JSON.stringify(json, undefined, 2)}\n`);
      break;
    case 'raw':
      await context.out.write(`${hasChanged ? 'changed' : 'unchanged'}\t${plain(file.path)}\n`);
      break;
    case 'human': {
      const what = isOn ? 'only shows what it would do' : 'decides';
      for (const name of names) {
        const already = Array.isArray(changed) && !changed.includes(name) ? ' already' : '';
        await context.out.write(`${plain(name)}${already} ${what}.\n`);
      }
      if (isGlobal) {
        const all = isOn ? 'All scenarios only show what they would do' : 'All scenarios decide';
        await context.out.write(`${all}${hasChanged ? '' : ' already'}.\n`);
        if (exceptions.length > 0)
          await context.out.write(`No longer an exception: ${plain(exceptions.join(', '))}.\n`);
      }
      if (hasChanged) {
        const when =
          engine === undefined
            ? 'it counts from the next `parapet up` on'
            : `the running engine (process ${engine.pid}) reads it when it is started again`;
        await context.out.write(`Written to ${plain(file.path)}: ${when}.\n`);
      }
      break;
    }
  }
  return 0;
}

function formatOf({ json, output }: SimulationOptions): 'human' | 'json' | 'raw' {
  return json === true ? 'json' : output;
}

function unknownScenario(name: string, scenarios: readonly string[]): UsageError {
  const bare = scenarios.find((one) => one.endsWith(`/${name}`));
  const meant = bare ?? nearestName(name, scenarios);
  return new UsageError(
    'E_SCENARIO_UNKNOWN',
    `There is no scenario '${name}'`,
    meant === undefined ? 'All names: parapet simulation status -o raw' : `Did you mean '${meant}'?`,
  );
}

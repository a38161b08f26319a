// `parapet simulation`: which scenarios only show what they would do. Edits simulation.yaml and leaves the
// comments in it as they are.

import type { Command } from 'commander';
import { nearestName, PERIMETER_SCENARIO } from '@parapet/engine';
import { plain } from '@parapet/reports';
import { findEngine } from '@parapet/store';
import type { CommandContext, ExitCode } from '../context.ts';
import { addEngineOptions, prepareEngine, type EngineOptions } from '../engine/prepareEngine.ts';
import { addOutputOptions, answer, type OutputOptions } from '../output.ts';
import { runVerb, UsageError } from '../run-verb.ts';
import type { ChosenModes } from '../engine/chosenModes.ts';
import { SimulationFile } from '../engine/simulationFile.ts';

interface SimulationOptions extends EngineOptions, OutputOptions {
  readonly global?: true;
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
        .option('-g, --global', 'all of them, those that come later too'),
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
  return addOutputOptions(addEngineOptions(command));
}

interface Loaded {
  readonly file: SimulationFile;
  readonly chosen: ChosenModes;
  readonly scenarios: readonly string[];
  readonly dataDir: string;
}

async function load(context: CommandContext, options: SimulationOptions): Promise<Loaded> {
  // What simulation.yaml says now must not keep the command from mending it, so its problems are not asked for.
  const { config, dataDir, scenarios, chosen } = await prepareEngine(context, options, 'replay', {});
  const names = new Set(scenarios.map(({ name }) => name));
  if (config.perimeter.enabled && options.ownItems) names.add(PERIMETER_SCENARIO);
  return {
    ...{ file: SimulationFile.open(context, config, dataDir), chosen },
    ...{ scenarios: [...names].toSorted(), dataDir },
  };
}

async function status(context: CommandContext, options: SimulationOptions): Promise<ExitCode> {
  const { file, scenarios, chosen } = await load(context, options);
  const isSimulated = (name: string): boolean =>
    chosen.of(name) === undefined ? file.isSimulated(name) : chosen.of(name) === 'observe';
  const simulated = scenarios.filter(isSimulated);
  const unknown = file.exclusions.filter((name) => !scenarios.includes(name));
  await answer(context, options, {
    json: () => {
      const list = scenarios.map((name) => ({ name, simulated: isSimulated(name) }));
      return { file: file.path, global: file.isGlobal, scenarios: list, unknown };
    },
    raw: () => scenarios.map((name) => [plain(name), isSimulated(name) ? 'simulated' : 'live']),
    human: () => {
      const rule = file.isGlobal ? 'Scenarios are simulated unless named.' : 'Scenarios decide unless named.';
      const list = file.isGlobal ? scenarios.filter((name) => !simulated.includes(name)) : simulated;
      const title = file.isGlobal ? 'Decide all the same' : 'Simulated';
      return [
        `${rule} (${plain(file.path)}${file.isNew ? ', not there yet' : ''})\n`,
        `${title}:${list.length === 0 ? ' none' : ''}\n`,
        ...list.map((name) => `  ${plain(name)}\n`),
        ...unknown.map((name) => `  ${plain(name)} is in the file, but no such scenario is loaded\n`),
      ].join('');
    },
  });
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
  const { file, scenarios, dataDir, chosen } = await load(context, options);
  const known = new Set([...scenarios, ...file.exclusions]);
  for (const name of names) if (!known.has(name)) throw unknownScenario(name, scenarios);
  const exceptions = isGlobal ? file.exclusions : [];
  const changed = isGlobal ? file.setGlobal(isOn) : names.filter((name) => file.set(name, isOn));
  const hasChanged = typeof changed === 'boolean' ? changed : changed.length > 0;
  if (hasChanged) file.save();
  // The latest word counts: what was chosen in the dashboard before is over.
  for (const name of names) if (chosen.of(name) !== undefined) chosen.choose(name, undefined);
  const engine = await findEngine(dataDir);
  await answer(context, options, {
    json: () => ({
      file: file.path,
      changed: hasChanged,
      global: file.isGlobal,
      exclusions: file.exclusions,
      restartNeeded: hasChanged && engine !== undefined,
    }),
    raw: () => [[hasChanged ? 'changed' : 'unchanged', plain(file.path)]],
    human: () => {
      const what = isOn ? 'only shows what it would do' : 'decides';
      const lines = names.map((name) => {
        const already = Array.isArray(changed) && !changed.includes(name) ? ' already' : '';
        return `${plain(name)}${already} ${what}.\n`;
      });
      if (isGlobal) {
        const all = isOn ? 'All scenarios only show what they would do' : 'All scenarios decide';
        lines.push(`${all}${hasChanged ? '' : ' already'}.\n`);
        if (exceptions.length > 0) lines.push(`No longer an exception: ${plain(exceptions.join(', '))}.\n`);
      }
      if (hasChanged) {
        const when =
          engine === undefined
            ? 'it counts from the next `parapet up` on'
            : `the running engine (process ${engine.pid}) reads it when it is started again`;
        lines.push(`Written to ${plain(file.path)}: ${when}.\n`);
      }
      return lines.join('');
    },
  });
  return 0;
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

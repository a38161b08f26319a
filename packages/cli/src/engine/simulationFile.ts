// simulation.yaml as a text that people write in: it is changed in place, and what they wrote beside it stays.

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isMap, isScalar, isSeq, parseDocument, type Document, type YAMLSeq } from 'yaml';
import type { Config } from '../config/schema.ts';
import type { CommandContext } from '../context.ts';
import { writeWhole } from '../io/writeWhole.ts';
import { UsageError } from '../run-verb.ts';
import { SIMULATION_FILE, simulationFile } from './prepareEngine.ts';

const NEW_FILE = `# Which scenarios only show what they would do. \`simulation\` is the rule for all of them; those
# under \`exclusions\` do the opposite. Changed by: parapet simulation enable|disable
simulation: false
exclusions: []
`;

export class SimulationFile {
  readonly path: string;
  readonly isNew: boolean;
  readonly #document: Document;

  private constructor(file: string, text: string | undefined) {
    this.path = file;
    this.isNew = text === undefined;
    this.#document = parseDocument(text ?? NEW_FILE);
    const { contents, errors } = this.#document;
    const exclusions = isMap(contents) ? contents.get('exclusions') : undefined;
    const isFine =
      errors.length === 0 &&
      (contents === null || isMap(contents)) &&
      (exclusions === undefined || exclusions === null || isSeq(exclusions));
    if (!isFine) {
      const why = errors[0]?.message.split('\n')[0] ?? 'it has to be a map with a list of exclusions';
      throw new UsageError('E_SIMULATION_FILE', `${file} cannot be changed: ${why}`, 'Mend it first.');
    }
  }

  /** Opens the file that is named in the configuration, or the one in the data directory, which may be absent. */
  static open(context: CommandContext, config: Config, dataDir: string): SimulationFile {
    const file = simulationFile(context, config, dataDir) ?? path.join(dataDir, SIMULATION_FILE);
    if (!existsSync(file)) return new SimulationFile(file, undefined);
    try {
      return new SimulationFile(file, readFileSync(file, 'utf8'));
    } catch (error) {
      if (error instanceof UsageError) throw error;
      throw new UsageError('E_FILE_UNREADABLE', `${file} cannot be read: ${(error as Error).message}`); // node:fs throws Errors
    }
  }

  /** Whether scenarios are simulated unless they are exclusions. */
  get isGlobal(): boolean {
    return this.#document.get('simulation') === true;
  }

  get exclusions(): readonly string[] {
    return this.#list()?.items.map(textOf) ?? [];
  }

  isSimulated(scenario: string): boolean {
    return this.exclusions.includes(scenario) !== this.isGlobal;
  }

  /** Returns whether that changed anything. */
  set(scenario: string, isSimulated: boolean): boolean {
    if (this.isSimulated(scenario) === isSimulated) return false;
    const list = this.#list();
    if (this.isGlobal === isSimulated) {
      for (let i = (list?.items.length ?? 0) - 1; i >= 0; i--)
        if (textOf(list!.items[i]) === scenario) list!.delete(i);
    } else if (list === undefined) {
      this.#document.set('exclusions', this.#document.createNode([scenario]));
    } else {
      // An empty list stands there as []; with names in it, one a line is easier to read.
      if (list.items.length === 0) list.flow = false;
      list.add(this.#document.createNode(scenario));
    }
    return true;
  }

  /** Sets the rule for all. Exclusions end: they would come to mean the opposite. Returns whether that changed anything. */
  setGlobal(isSimulated: boolean): boolean {
    if (this.isGlobal === isSimulated && this.exclusions.length === 0) return false;
    this.#document.set('simulation', isSimulated);
    const list = this.#list();
    if (list !== undefined) {
      list.items = [];
      list.flow = true;
    }
    return true;
  }

  save(): void {
    try {
      mkdirSync(path.dirname(this.path), { recursive: true, mode: 0o750 });
      writeWhole(this.path, this.#document.toString({ lineWidth: 0 }));
    } catch (error) {
      const { message } = error as Error; // node:fs throws Errors
      throw new UsageError('E_FILE_UNWRITABLE', `${this.path} cannot be written: ${message}`);
    }
  }

  #list(): YAMLSeq | undefined {
    const list = this.#document.get('exclusions');
    return isSeq(list) ? list : undefined;
  }
}

function textOf(item: unknown): string {
  return String(isScalar(item) ? item.value : item);
}

// Reads parapet.yaml: every complaint has file, line and column, and a misspelt key the right one as a hint.

import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type Node } from 'yaml';
import type { Problem } from '@parapet/kinds';
import { configSchema, type Config } from './schema.ts';

/** Returns the configuration with defaults filled in; undefined when there are problems. */
export function readConfig(file: string, text: string, problems: Problem[]): Config | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const before = problems.length;
  for (const error of document.errors) {
    const at = lines.linePos(error.pos[0]);
    problems.push({
      code: 'E_YAML_SYNTAX',
      file,
      line: at.line,
      column: at.col,
      message: error.message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, ''),
    });
  }
  if (problems.length > before) return undefined;
  const parsed = configSchema.safeParse(document.toJS() ?? {});
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : [undefined];
    for (const key of keys) {
      const path = issue.path.map(String);
      const at = lines.linePos(offsetOf(document.contents, path, key));
      problems.push({
        code: key === undefined ? 'E_CONFIG_VALUE' : 'E_UNKNOWN_KEY',
        file,
        line: at.line,
        column: at.col,
        message:
          key === undefined
            ? `'${path.join('.')}': ${issue.message}`
            : `'${key}' is no key of ${path.length === 0 ? 'the configuration' : `'${path.join('.')}'`}`,
        hint: 'All keys with their meaning: parapet config schema',
      });
    }
  }
  return undefined;
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Returns a look-up of where the value at a path is written; undefined for one that is not in the text. */
export function configPositions(text: string): (path: readonly string[]) => Position | undefined {
  const lines = new LineCounter();
  const { contents } = parseDocument(text, { lineCounter: lines });
  return (path) => {
    const node = nodeAt(contents, path);
    if (node?.range === undefined || node.range === null) return undefined;
    const { line, col } = lines.linePos(node.range[0]);
    return { line, column: col };
  };
}

function nodeAt(root: unknown, path: readonly string[]): Node | undefined {
  let node = root;
  for (const step of path) {
    if (isMap(node)) node = node.get(step, true);
    else if (isSeq(node)) node = node.get(Number(step), true);
    else return undefined;
  }
  return isNode(node) ? node : undefined;
}

/** Where the value at a path stands, or the key `key` of the map there. */
function offsetOf(root: unknown, path: readonly string[], key: string | undefined): number {
  let node = root as Node | null;
  for (const step of path) {
    let next: unknown;
    if (isMap(node)) next = node.get(step, true);
    else if (isSeq(node)) next = node.get(Number(step), true);
    if (next === undefined || next === null) break;
    node = next as Node; // yaml's get(…, true) returns nodes
  }
  if (key !== undefined && isMap(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
    return (pair?.key as Node | undefined)?.range?.[0] ?? 0;
  }
  return node?.range?.[0] ?? 0;
}

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSimpleYaml } from '../../src/items/simpleYaml.ts';
import { parseAnyYaml, plainOf, type YamlNode } from '../../src/items/yamlTree.ts';

const HUB = path.join(process.env['PARAPET_SHARED'] ?? path.resolve('../shared'), 'data/hub');
const OWN = path.resolve('packages/cli/items');

function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.ya?ml$/.test(name))
      .map((name) => path.join(folder, name));
  } catch {
    return [];
  }
}

/** What a reader can see of a tree. */
function seen(node: YamlNode | undefined): unknown {
  if (node === undefined) return undefined;
  const { kind, start } = node;
  switch (node.kind) {
    case 'scalar': {
      const { value, style, source } = node;
      return { kind, start, value, style, source: typeof value === 'string' ? source !== undefined : source };
    }
    case 'map':
      return {
        kind,
        start,
        plain: plainOf(node),
        pairs: node.pairs.map((pair) => ({ ...pair, value: seen(pair.value) })),
      };
    case 'list':
      return { kind, start, plain: plainOf(node), items: node.items.map(seen) };
    case 'other':
      return { kind, start };
  }
}

/** Whether the text is simple; if it is, it has to be read as all YAML is. */
function isReadTheSame(text: string): boolean {
  const simple = parseSimpleYaml(text);
  if (simple === undefined) return false;
  const filled = simple.filter((root) => root !== undefined);
  const any = parseAnyYaml(text).filter((document) => !document.ok || document.root !== undefined);
  expect(filled.map(seen)).toEqual(
    any.map((document) => (document.ok ? seen(document.root) : document.errors)),
  );
  return true;
}

const hubFiles = ['parsers', 'scenarios', 'postoverflows', 'collections', 'contexts'].flatMap((kind) =>
  filesBelow(path.join(HUB, kind)),
);

describe('simple YAML', () => {
  it.skipIf(hubFiles.length === 0)(
    'is what most of the hub is made of, and is read as all YAML is',
    () => {
      const simple = hubFiles.filter((file) => isReadTheSame(readFileSync(file, 'utf8')));
      expect(simple.length).toBeGreaterThan(0.5 * hubFiles.length);
    },
    60_000,
  );

  it("is what Parapet's own items are made of", () => {
    const files = filesBelow(OWN).filter((file) => !file.includes('tests'));
    expect(files.length).toBeGreaterThan(10);
    expect(files.filter((file) => !isReadTheSame(readFileSync(file, 'utf8')))).toEqual([]);
  });

  it('is read as all YAML is, whatever lines come together', () => {
    const part = fc.constantFrom(
      ...[
        'a',
        'b',
        'name',
        'true',
        '404',
        '"q"',
        "'s'",
        ':',
        ': ',
        ' ',
        '  ',
        '- ',
        '-',
        '|',
        '|-',
        '>',
        '#',
        ' #',
      ],
      ...[
        '---',
        '...',
        '\n',
        '\n',
        '\n  ',
        '\n    ',
        '\n- ',
        '\n  - ',
        '"x\\n"',
        "'it''s'",
        '[a]',
        '{',
        '&a',
        '*a',
      ],
      ...[
        'null',
        '~',
        '1',
        '-1.5',
        '.5',
        '1e3',
        '0x1f',
        '.inf',
        '<<',
        '?',
        '!t',
        '%',
        '@',
        '`',
        ',',
        '\\',
        '\u00e9',
      ],
      ...[
        '\nkey: ',
        '\n  key: ',
        '\nb:',
        '\n  c:',
        ': |\n  ',
        ': >\n  ',
        ': >-\n  ',
        ': "x\n  y"',
        ': x\n   y',
        ': "',
        'https://x/y#z',
        '\u2028',
        '__proto__: ',
      ],
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 24 }), (parts) => {
        isReadTheSame(parts.join(''));
      }),
      { numRuns: 20_000 },
    );
  }, 60_000);

  it('is read as all YAML is when lines of items are lost, moved or doubled', () => {
    const files = filesBelow(OWN).map((file) => readFileSync(file, 'utf8'));
    const change = fc.record({
      at: fc.nat(),
      what: fc.constantFrom('drop', 'double', 'indent', 'outdent', 'cut'),
    });
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.array(change, { maxLength: 4 }), (text, changes) => {
        let lines = text.split('\n');
        for (const { at, what } of changes) {
          const i = at % lines.length;
          const line = lines[i] ?? '';
          const replacement = {
            drop: [],
            double: [line, line],
            indent: [`  ${line}`],
            outdent: [line.replace(/^ {1,2}/, '')],
            cut: [line.slice(0, at % (line.length + 1))],
          }[what];
          lines = lines.toSpliced(i, 1, ...(replacement ?? []));
        }
        isReadTheSame(lines.join('\n'));
      }),
      { numRuns: 1500 },
    );
  }, 60_000);
});

// The commands in the guides are run, in order, and print what the guides say; `*` stands for any text,
// and on a line of its own for any lines.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { newSite } from './commands/run.ts';

const DOCS = path.resolve(import.meta.dirname, '../../../docs');

/** The log of the pages that read one. */
const SCANNER = path.resolve(import.meta.dirname, 'stories/http-scanner-paths/lines.log');

interface Step {
  readonly command: string;
  readonly printed: string;
}

function stepsOf(text: string): Step[] {
  const blocks = [...text.matchAll(/^```console\n([^]*?)^```$/gm)].map(([, block]) => block!);
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((step) => {
        const [command = '', ...printed] = step.split('\n');
        return { command, printed: printed.join('\n').trimEnd() };
      }),
  );
}

function pattern(printed: string): RegExp {
  const lines = printed.split('\n').map((line) => {
    if (line === '*') return '[^]*';
    return line.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  });
  return new RegExp(`^${lines.join('\n')}$`);
}

describe.each([
  'guides/decisions.md',
  'lock-outs.md',
  'quick-start.md',
  'guides/gateway.md',
  'notifications.md',
])('the guide %s', (file) => {
  // Loading the sources of a whole engine takes long on a busy machine.
  it('prints what its commands print', { timeout: 120_000 }, async () => {
    const site = newSite();
    site.write('access.log', fs.readFileSync(SCANNER, 'utf8'));
    if (['lock-outs.md', 'guides/gateway.md'].includes(file)) await site.withStore(async () => {}); // a site that runs has one
    const text = fs.readFileSync(path.join(DOCS, file), 'utf8');
    const config = /^```yaml\n(# parapet\.yaml\n[^]*?)^```$/m.exec(text)?.[1];
    if (config !== undefined) site.write('parapet.yaml', config);
    const steps = stepsOf(text);
    expect(steps.length).toBeGreaterThan(2);
    for (const { command, printed } of steps) {
      const [, stdin = '', line = ''] = /^(?:printf '(.*)' \| )?parapet (.*)$/.exec(command) ?? [];
      const { out, err } = await site.run(line, { stdin: stdin.replaceAll('\\n', '\n') });
      const lines = (err + out).split('\n').map((text) => text.trimEnd());
      expect(lines.join('\n').trimEnd()).toMatch(pattern(printed));
    }
  });
});

// The commands in the guides are run, in order, and print what the guides say; `*` stands for any text.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { newSite } from './commands/run.ts';

const GUIDES = path.resolve(import.meta.dirname, '../../../docs/guides');

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
  const escaped = printed.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${escaped}$`);
}

describe.each(['decisions.md'])('the guide %s', (file) => {
  it('prints what its commands print', async () => {
    const site = newSite();
    const steps = stepsOf(fs.readFileSync(path.join(GUIDES, file), 'utf8'));
    expect(steps.length).toBeGreaterThan(5);
    for (const { command, printed } of steps) {
      const [, stdin = '', line = ''] = /^(?:printf '(.*)' \| )?parapet (.*)$/.exec(command) ?? [];
      const { out, err } = await site.run(line, { stdin: stdin.replaceAll('\\n', '\n') });
      const lines = (err + out).split('\n').map((text) => text.trimEnd());
      expect(lines.join('\n').trimEnd()).toMatch(pattern(printed));
    }
  });
});

// What axe finds on a page (WCAG 2.2 AA, and what is good besides).

import axe from 'axe-core';
import type { Page } from 'playwright-core';

const RULES = '["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]';

interface AxeResult {
  readonly violations: ReadonlyArray<{
    readonly id: string;
    readonly nodes: ReadonlyArray<{ html: string }>;
  }>;
}

/** Returns a line for each rule that is broken, with the first place. */
export async function axeFindings(at: Page): Promise<readonly string[]> {
  // Evaluated over the debugging protocol, which the page's policy does not apply to.
  await at.evaluate(axe.source);
  // The shape is axe's documented result.
  const result = (await at.evaluate(
    `axe.run(document, { runOnly: { type: 'tag', values: ${RULES} } })`,
  )) as AxeResult;
  return result.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
}

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeHtml } from '../../src/page/escape.ts';
import { renderReplayHtml } from '../../src/page/replay-page.ts';
import { ReplayCollector } from '../../src/replay/collector.ts';
import { makeHostileSummary } from '../hostile-summary.ts';

describe('renderReplayHtml', () => {
  const page = renderReplayHtml(makeHostileSummary());

  it('escapes everything that comes from a log', () => {
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page.match(/<style/g)).toHaveLength(1);
    expect(page).not.toMatch(/<img/);
    expect(page).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u2028\u202E]/);
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  });

  it('forbids all but its own style and script, named by their hashes', () => {
    const csp = /Content-Security-Policy"\s+content="([^"]+)"/.exec(page)![1]!;
    const hashOf = (element: string): string => {
      const content = new RegExp(`<${element}>([^]*?)</${element}>`).exec(page)![1]!;
      return `&#39;sha256-${createHash('sha256').update(content).digest('base64')}&#39;`;
    };
    expect(csp).toContain('default-src &#39;none&#39;');
    expect(csp).toContain(`script-src ${hashOf('script')}`);
    expect(csp).toContain(`style-src ${hashOf('style')}`);
  });

  it('needs nothing from outside and has no inline handlers or styles', () => {
    const tags = page.match(/<[a-z][^>]*>/g)!;
    for (const tag of tags) {
      expect(tag).not.toMatch(/\s(?:on\w+|style|src|srcset|action)=/);
      expect(tag.match(/\shref="[^#]/)).toBeNull();
    }
  });

  it('gives each table a caption and each section a heading', () => {
    const count = (pattern: RegExp): number => (page.match(pattern) ?? []).length;
    expect(count(/<caption>/g)).toBe(count(/<table/g));
    expect(count(/<section/g)).toBe(count(/<h2/g));
    expect(count(/<h1/g)).toBe(1);
  });

  it('marks what the scenario saw', () => {
    expect(page).toMatch(/<mark>\/\.env<\/mark>/);
  });

  it('is a whole page when there is nothing to tell', () => {
    const empty = new ReplayCollector().finish({ files: [], lines: 0, parsed: 0, seconds: 0 });
    expect(renderReplayHtml(empty)).toContain('No event was read from 0 lines.');
  });
});

describe('escapeHtml', () => {
  it('leaves nothing that opens a tag, an entity or an attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(escapeHtml(text)).toMatch(/^(?:[^&<>"'`]|&(?:amp|lt|gt|quot|#39|#96);)*$/);
      }),
    );
  });
});

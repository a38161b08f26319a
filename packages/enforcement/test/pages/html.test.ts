import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeHtml, html, raw } from '../../src/pages/html.ts';
import { bytesOf, slot, Template } from '../../src/pages/template.ts';

describe('a fragment', () => {
  it('escapes what is put into it, but not other fragments, and leaves out what is not there', () => {
    const inner = html`<b>${'<&>"\''}</b>`;
    expect(html`<p title="${'"'}">${1}${undefined}${raw(inner)}</p>`).toBe(
      '<p title="&quot;">1<b>&lt;&amp;&gt;&quot;&#39;</b></p>',
    );
  });

  it('holds no control characters and none that turn the direction of text around', () => {
    expect(escapeHtml('a\u0000b\u202ec\u200bd\ud800e')).toBe('a b c d e');
    expect(escapeHtml('Zażółć “x” · 日本')).toBe('Zażółć “x” · 日本');
  });
});

describe('a template', () => {
  it('puts each value into its places', () => {
    const template = new Template(`é${slot(1)}-${slot(0)}${slot(1)}ż`);
    expect(template.fill(['zero', bytesOf('ü')]).toString()).toBe('éü-zeroüż');
  });

  it('without places is the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(new Template(text).fill([]).toString()).toBe(text);
      }),
    );
  });
});

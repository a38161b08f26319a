import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findScript, isScriptInjection } from '../../../../src/detectors/content/lexers/html.ts';

describe('a script that would run in a browser', () => {
  it.each([
    ['<script>alert(1)</script>', 'script-tag'],
    ['"><script src=//x.example/a.js></script>', 'script-tag'],
    ['<scr\0ipt>alert(1)</scr\0ipt>', 'script-tag'],
    ['<svg/onload=alert(1)', 'handler'],
    ['<x onfoo=alert(1)>', 'handler'],
    ['<IMG SRC=x OnErRoR = `alert(1)`>', 'handler'],
    ['<my-element onfocus=alert(1) tabindex=1>', 'handler'],
    ['" onmouseover="alert(1)', 'handler'],
    ["' autofocus onfocus='alert(1)", 'handler'],
    ['<a href="java\tscr\nipt:alert(1)">x</a>', 'script-url'],
    ['<a href="&#106;&#x61;vascript&colon;alert(1)">x</a>', 'script-url'],
    ['<a href="\u0001javascript:alert(1)">x</a>', 'script-url'],
    ['<iframe src="data:text/html;base64,PHN2Zz4=">', 'script-url'],
    ['<math><mi xlink:href="vbscript:x">', 'script-url'],
    ['javascript:alert(document.cookie)', 'script-url'],
    ['<div style="width:exp/**/ression(alert(1))">', 'style'],
    ['<style>*{-moz-binding:url(//x/#y)}</style>', 'style'],
    ['<iframe srcdoc="&lt;script&gt;">', 'frame'],
    ['<svg><animate attributeName=href values=javascript:alert(1)>', 'attribute'],
    ["{{constructor.constructor('alert(1)')()}}", 'expression'],
    ["';alert(1)//", 'javascript'],
    ['"-prompt(8)-"', 'javascript'],
    ["x=1;top['al'+'ert'](1)", 'javascript'],
    ['[][(![]+[])[+[]]+(![]+[])[!+[]+!+[]]]', 'javascript'],
    ['<!--#exec cmd="id" -->', 'server-include'],
    ['<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', 'entity'],
  ])('is found in %s', (text, construct) => {
    const found = findScript(text);
    expect(found?.construct).toBe(construct);
    expect(found?.strength).toBe('sure');
    expect(found?.isActive).toBe(true);
  });

  it.each([
    '<p>Hello <strong>world</strong>, see <a href="https://example.com/a?b=1">this</a>.</p>',
    '<p><img src="/sites/default/files/a.png" alt="A house" data-entity-type="file"></p>',
    '<iframe width="560" src="https://www.youtube.com/embed/abc" allowfullscreen></iframe>',
    '<blockquote cite="https://example.com"><table><tr><td>1 < 2</td></tr></table></blockquote>',
    'Why does the page show "<script>" in the title of the book?',
    'How do I use alert(message) in a JavaScript course?',
    'javascript: the good parts',
    'Once upon a time = long ago; online = always',
    'a < b and b > c',
    '<a href="javascript:void(0)">Menu</a>',
    'I like f(x) = x + 1 [1][2]',
    'read the documentation of document.cookie and eval for me',
  ])('is not found in %s', (text) => {
    expect(isScriptInjection(text)).toBeUndefined();
  });

  it('tells what editors write from what is active', () => {
    expect(findScript('<p>a</p>')?.isActive).toBe(false);
    expect(findScript('<iframe src="https://player.vimeo.com/video/1"></iframe>')?.isActive).toBe(false);
    expect(findScript('<iframe src="https://evil.example/"></iframe>')?.isActive).toBe(true);
    expect(findScript('plain words, and a full stop.')).toBeUndefined();
  });

  it('is looked for in any text without throwing', () => {
    const markup = fc.array(
      fc.constantFrom(
        '<',
        '>',
        '/',
        '"',
        "'",
        '=',
        'svg',
        'on',
        'onload',
        'script',
        'javascript',
        ':',
        '&#',
        'x6a',
        ';',
        '!--',
        '{{',
        '[]',
        '(',
        ')',
        ' ',
        '\0',
        'data:',
        'style',
        'alert',
        '`',
        '?',
      ),
      { maxLength: 100 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          markup.map((pieces) => pieces.join('')),
          fc.string({ unit: 'binary', maxLength: 200 }),
        ),
        (text) => {
          const found = findScript(text);
          expect(found?.start ?? 0).toBeGreaterThanOrEqual(0);
          expect(found?.end ?? 0).toBeLessThanOrEqual(text.length);
        },
      ),
    );
  });

  it('ends for tags and signs without end', () => {
    for (const piece of [
      '<a ',
      '<a b="',
      "<a b='<",
      '<svg',
      ':',
      'javascript:',
      '=',
      ' on=',
      '[]',
      '{{',
      'eval(',
      '<!--',
      'style=',
    ]) {
      expect(() => findScript(piece.repeat(30_000))).not.toThrow();
    }
  });
});

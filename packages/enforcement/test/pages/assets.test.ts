import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { CHECK_URL, ICON_URL, ownAsset, STYLE_URL } from '../../src/pages/assets/assets.ts';

describe('our own style, scripts and icon', () => {
  it('are kept for ever under a name that holds their hash', () => {
    for (const url of [CHECK_URL, ICON_URL, STYLE_URL]) {
      expect(url).toMatch(/^\/\.parapet\/s\/[\w-]{12}\.(css|js|svg)$/);
      const asset = ownAsset(url)!;
      expect(Object.fromEntries(asset.headers)['Cache-Control']).toContain('immutable');
      expect(ownAsset(`${url}?a=b`)).toBe(asset);
      // A file that somebody has to wait for on a slow phone.
      expect(gzipSync(asset.body).length).toBeLessThan(6 * 1024);
    }
  });

  it('name one another by where they are', () => {
    const script = ownAsset(CHECK_URL)!.body as string;
    const worker = /new Worker\('([^']+)'\)/.exec(script)![1]!;
    expect(ownAsset(worker)!.body).toContain('self.onmessage');
    expect(script).not.toContain('{work}');
  });

  it('ask nothing from outside and put no text into a page as markup', () => {
    for (const url of [CHECK_URL, STYLE_URL]) {
      const text = ownAsset(url)!.body as string;
      expect(text).not.toMatch(/https?:|@import|innerHTML|document\.write|eval\(/);
    }
  });

  it('are not at any other path', () => {
    for (const target of ['/.parapet/s/', '/.parapet/s/x.css', '/', '', '/.parapet/s/../style.css'])
      expect(ownAsset(target)).toBeUndefined();
  });
});

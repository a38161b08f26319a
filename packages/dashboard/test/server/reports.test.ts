import { describe, expect, it } from 'vitest';
import { testSite } from './site.ts';

describe('reports', () => {
  it('are told in the language of the page, and in English when it is none of ours', async () => {
    const viewer = await (await testSite()).somebody('viewer');
    expect((await viewer.get('/data/reports?language=fr')).body).toEqual({
      text: 'A week\nfr\nTop: 1',
      hasPdf: false,
    });
    expect((await viewer.get('/data/reports?language=<script>')).body['text']).toContain('\nen\n');
  });

  it.each([
    ['week.html', 'text/html; charset=utf-8'],
    ['alerts.csv', 'text/csv; charset=utf-8'],
    ['alerts.json', 'application/json'],
    ['attackers.stix.json', 'application/stix+json;version=2.1'],
  ])('are saved as %s and never shown as a page of ours', async (file, type) => {
    const viewer = await (await testSite()).somebody('viewer');
    const { status, headers } = await viewer.get(`/data/reports/${file}?days=30`);
    expect([status, headers.get('content-type')]).toEqual([200, type]);
    expect(headers.get('content-disposition')).toBe(`attachment; filename="parapet-${file}"`);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('are not there under other names, nor as PDF without a browser', async () => {
    const viewer = await (await testSite()).somebody('viewer');
    for (const file of ['week.pdf', 'constructor', '..%2fsecret', 'week.exe'])
      expect([file, (await viewer.get(`/data/reports/${file}`)).status]).toEqual([file, 404]);
  });
});

import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { newSite } from './run.ts';

const HONEST = '{"id":"a","method":"GET","path":"/node/1","headers":{"host":"www.example.org"}}';

describe('parapet inspect', () => {
  it('prints a verdict a line, in the order of the file, and ends with 0 when all would pass', async () => {
    const site = newSite();
    site.write('requests.jsonl', `${HONEST}\n\n${HONEST.replace('"a"', '2')}\n`);
    const { out, err, code } = await site.run('inspect requests.jsonl --json');
    expect(err).toBe('');
    expect(code).toBe(0);
    const verdicts = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(verdicts.map(({ id }) => id)).toEqual(['a', 2]);
    expect(verdicts[0]).toMatchObject({ action: 'pass', class: null, reasons: [] });
    expect(verdicts[0]!['score']).toBeLessThan(0.01);
  });

  it('ends with 1 when some would not pass, and says why', async () => {
    const site = newSite();
    const attack = `{"id":"b","path":"/?q=1%27%20union%20select%20pass%20from%20users--"}`;
    site.write('requests.jsonl', `${HONEST}\n${attack}\n`);
    const json = await site.run('inspect requests.jsonl --json');
    expect(json.code).toBe(1);
    const verdict = JSON.parse(json.out.split('\n')[1]!) as { reasons: unknown[] };
    expect(verdict).toMatchObject({ id: 'b', action: 'block', class: 'sqli' });
    expect(verdict.reasons[0]).toMatchObject({ placement: 'query', name: 'q' });
    const human = await site.run('inspect requests.jsonl');
    expect(human.out).toMatch(/^2 requests: 1 pass, 0 challenge, 1 block, 0 reject\n/);
    expect(human.out).toContain('sqli');
  });

  it('knows the rules of the owner’s', async () => {
    const site = newSite();
    const rule =
      'rules:\n  - name: acme/shop\n    class: other\n    text: asks for our old shop\n    strength: certain\n    in: path\n    match: ^/shop/\n';
    site.write('shop.yaml', rule);
    site.write('parapet.yaml', 'inspection:\n  rules: [shop.yaml]\n');
    const { out } = await site.run('inspect - --json', { stdin: '{"id":1,"path":"/shop/cart"}\n' });
    expect(JSON.parse(out)).toMatchObject({ action: 'block', reasons: [{ detector: 'acme/shop' }] });
  });

  it('reads gzip and standard input', async () => {
    const site = newSite();
    site.write('requests.jsonl.gz', gzipSync(HONEST));
    expect((await site.run('inspect requests.jsonl.gz -o json')).out).toMatch(/^\{"id":"a","action":"pass"/);
    expect((await site.run('inspect - --json', { stdin: HONEST })).out).toMatch(/^\{"id":"a"/);
  });

  it('names each line that it cannot read, inspects the others, and ends with 2', async () => {
    const site = newSite();
    site.write('requests.jsonl', `{\n${HONEST}\n{"id":3}\n`);
    const { out, err, code } = await site.run('inspect requests.jsonl --json');
    expect(code).toBe(2);
    expect(out.trimEnd().split('\n')).toHaveLength(1);
    expect(err).toMatch(/requests\.jsonl:1: is no JSON.*\(E_INSPECT_LINE\)\n/);
    expect(err).toContain("requests.jsonl:3: has no text 'path' (E_INSPECT_LINE)\n");
  });

  it('ends with 2 when there is no file, and when it is damaged', async () => {
    const site = newSite();
    const absent = await site.run('inspect none.jsonl');
    expect(absent).toMatchObject({ code: 2, err: 'error: There is no file none.jsonl (E_INSPECT_ABSENT)\n' });
    site.write('cut.jsonl.gz', gzipSync(`${HONEST}\n`.repeat(100)).subarray(0, 60));
    const damaged = await site.run('inspect cut.jsonl.gz --json');
    expect(damaged.code).toBe(2);
    expect(damaged.err).toContain('E_INSPECT_DAMAGED');
  });

  it('counts for people', async () => {
    const site = newSite();
    site.write('requests.jsonl', `${HONEST}\n`);
    const { out } = await site.run('inspect requests.jsonl');
    expect(out).toBe('1 request: 1 pass, 0 challenge, 0 block, 0 reject\n');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCsvLine, parseCsvLine } from '../../src/lists/csv.ts';
import type { ListItem, ListProblem } from '../../src/lists/item.ts';
import { jsonValues, type JsonText } from '../../src/lists/json-values.ts';
import { detectFormat, readList } from '../../src/lists/read-list.ts';
import { textLines } from '../../src/lists/text-lines.ts';

async function* chunked(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes[i % Math.max(1, sizes.length)] ?? bytes.length;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const read = (text: string, format: 'csv' | 'json' | 'plain'): Promise<Array<ListItem | ListProblem>> =>
  all(readList(chunked(Buffer.from(text), []), format));

const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 });

describe('a JSON list', () => {
  it('is cut into its values wherever the chunks end', async () => {
    const layout = fc.constantFrom(
      (values: unknown[]) => JSON.stringify(values),
      (values: unknown[]) => JSON.stringify(values, undefined, 2),
      (values: unknown[]) => values.map((value) => JSON.stringify(value)).join('\n'),
    );
    const value = fc.oneof(fc.object({ maxDepth: 2 }), fc.string(), fc.integer());
    await fc.assert(
      fc.asyncProperty(
        fc.array(value, { maxLength: 6 }),
        layout,
        sizes,
        async (values, write, chunkSizes) => {
          const found = await all(jsonValues(chunked(Buffer.from(write(values)), chunkSizes)));
          expect(found.map(({ text }) => JSON.parse(text))).toEqual(JSON.parse(JSON.stringify(values)));
        },
      ),
    );
  });

  it('names the line each value starts on', async () => {
    const found = await all(jsonValues(chunked(Buffer.from('[\n  {"a":\n 1},\n\n "x" ]'), [])));
    expect(found).toEqual<JsonText[]>([
      { line: 2, text: '{"a":\n 1}' },
      { line: 5, text: '"x"' },
    ]);
  });

  it('goes on after what is no decision', async () => {
    expect(
      await read('[{"value":"192.0.2.1"},{"scope":"ip"},7,null,{"value":{}},"192.0.2.2"]', 'json'),
    ).toEqual([
      { line: 1, value: '192.0.2.1' },
      { line: 1, problem: 'the value is missing' },
      { line: 1, problem: 'this is no decision' },
      { line: 1, problem: 'this is no decision' },
      { line: 1, problem: 'the value is missing' },
      { line: 1, value: '192.0.2.2' },
    ]);
    expect(await read('{"value":"192.0.2.1"}\n{"value":\n', 'json')).toEqual([
      { line: 1, value: '192.0.2.1' },
      { line: 2, problem: 'this is no JSON' },
    ]);
  });

  it('cannot reach into the prototype', async () => {
    expect(await read('[{"__proto__":{"value":"192.0.2.1"}}]', 'json')).toEqual([
      { line: 1, problem: 'the value is missing' },
    ]);
  });
});

describe('a CSV list', () => {
  it('reads back any fields without line ends', () => {
    const text = fc.string().map((s) => s.replace(/[\r\n]/g, ' ').trim());
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 6 }), (fields) => {
        expect(parseCsvLine(formatCsvLine(fields).slice(0, -1))).toEqual(fields);
      }),
    );
  });

  it('is refused by the line where a quote does not end, and goes on', async () => {
    expect(await read('value,reason\n"192.0.2.1,x\n192.0.2.2,"a ""b"" c"\n', 'csv')).toEqual([
      { line: 2, problem: 'a quote does not end on its line, or the line is too long' },
      { line: 3, value: '192.0.2.2', reason: 'a "b" c' },
    ]);
  });

  it("takes cscli's column of scope and value apart, not an IPv6 address", async () => {
    expect(await read('ip\nIp:192.0.2.1\nRange:2001:db8::/32\n2001:db8::1\n', 'csv')).toEqual([
      { line: 2, value: '192.0.2.1', scope: 'Ip' },
      { line: 3, value: '2001:db8::/32', scope: 'Range' },
      { line: 4, value: '2001:db8::1' },
    ]);
  });
});

describe('any bytes', () => {
  it('are read in every format without an error, in bounded memory per line', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), sizes, async (bytes, chunkSizes) => {
        for (const format of ['csv', 'json', 'plain'] as const) {
          for (const item of await all(readList(chunked(bytes, chunkSizes), format))) {
            expect(item.line).toBeGreaterThan(0);
          }
        }
      }),
    );
  });

  it('that never end a line are cut', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < 500; i++) yield Buffer.alloc(10_000, 'x');
      yield Buffer.from('\n192.0.2.1\n');
    }
    const lines = await all(textLines(endless()));
    expect(lines[0]!.text.length).toBeLessThan(100_000);
    expect(lines[1]).toEqual({ line: 2, text: '192.0.2.1' });
  });
});

describe('the format', () => {
  it.each([
    ['x.csv', '192.0.2.1\n', 'csv'],
    ['x.jsonl.gz', '', 'json'],
    ['-', '# c\n\n  [\n', 'json'],
    ['-', '\uFEFF{"value": 1}', 'json'],
    ['-', '# c\nduration,scope,value\n', 'csv'],
    ['-', '"Value",type\n', 'csv'],
    ['-', '; drop\n192.0.2.0/24 ; SBL\n', 'plain'],
    ['-', '192.0.2.1', 'plain'],
    ['-', '', 'plain'],
  ])('of %s with %j is %s, and no byte is lost in finding out', async (name, text, format) => {
    for (const size of [1, 3, 1000]) {
      const found = await detectFormat(name, chunked(Buffer.from(text), [size]));
      expect(found.format).toBe(format);
      expect(Buffer.concat(await all(found.chunks)).toString()).toBe(text);
    }
  });
});

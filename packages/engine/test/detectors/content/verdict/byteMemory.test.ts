import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteMemory, hashOf } from '../../../../src/detectors/content/verdict/byteMemory.ts';

function put(memory: ByteMemory, kind: number, text: string): void {
  const bytes = Buffer.from(text, 'latin1');
  memory.add(kind, hashOf(kind, bytes, 0, bytes.length), bytes, 0, bytes.length);
}

function has(memory: ByteMemory, kind: number, text: string): boolean {
  const bytes = Buffer.from(`<${text}>`, 'latin1');
  return memory.has(kind, hashOf(kind, bytes, 1, bytes.length - 1), bytes, 1, bytes.length - 1);
}

describe('a memory of byte strings', () => {
  it('knows only what was added, as the kind that it was added as', () => {
    const entry = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.string({ maxLength: 12 }));
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 40 }), entry, (added, [kind, text]) => {
        const memory = new ByteMemory();
        for (const one of added) put(memory, ...one);
        expect(has(memory, kind, text)).toBe(added.some((one) => one[0] === kind && one[1] === text));
      }),
    );
  });

  it('tells bytes apart that have one hash', () => {
    const memory = new ByteMemory();
    const [one, other] = [Buffer.from('one'), Buffer.from('two')];
    memory.add(1, 7, one, 0, 3);
    expect(memory.has(1, 7, other, 0, 3)).toBe(false);
    for (let i = 0; i < 10; i++) memory.add(1, 7, Buffer.from(`n${i}`), 0, 2);
    expect(memory.has(1, 7, one, 0, 3)).toBe(false);
    expect(memory.has(1, 7, Buffer.from('n9'), 0, 2)).toBe(true);
  });

  it('forgets the oldest when it is full, and never takes one for another', () => {
    const memory = new ByteMemory();
    const texts = Array.from({ length: 6000 }, (_, i) => `${i} ${'x'.repeat(i % 700)}`);
    for (const text of texts) put(memory, 1, text);
    const known = texts.filter((text) => has(memory, 1, text));
    expect(known.length).toBeGreaterThan(1500);
    expect(known.length).toBeLessThan(4000);
    expect(has(memory, 1, texts[0]!)).toBe(false);
    expect(texts.slice(-1000).every((text) => has(memory, 1, text))).toBe(true);
    expect(texts.some((text) => has(memory, 1, `${text}x`))).toBe(false);
  });

  it('takes nothing that is very long', () => {
    const memory = new ByteMemory();
    put(memory, 1, 'x'.repeat(5000));
    expect(has(memory, 1, 'x'.repeat(5000))).toBe(false);
  });
});

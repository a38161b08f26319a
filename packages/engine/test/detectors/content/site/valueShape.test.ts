import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shapeOf, VALUE_TYPES } from '../../../../src/detectors/content/site/index.ts';

describe('the type of a value', () => {
  it.each([
    ['', 'empty'],
    ['12', 'integer'],
    ['-1', 'integer'],
    ['3.14', 'decimal'],
    ['0,3', 'decimal'],
    ['title_asc', 'word'],
    ['2026-03-01', 'date'],
    ['2026-03-01T12:00:00Z', 'date'],
    ['9b2f0c1e-5b1a-4c39-8a55-0a1b2c3d4e5f', 'uuid'],
    ['5f4dcc3b5aa765d61d8327deb882cf99', 'hex'],
    ['form-QmF6T1k2wF1xk3Vn8u0y7Zr5', 'token'],
    ['SGVsbG8gd29ybGQsIGhlbGxvIQ==', 'token'],
    ['ada@example.org', 'email'],
    ['/node/12?page=1', 'url'],
    ['https://example.org/a%20b', 'url'],
    ["women's shoes", 'text'],
    ['<p>Bread</p>', 'html'],
    ['{"a": [1, 2]}', 'json'],
    ['[1, 2]', 'json'],
    ['{{7*7}}', 'text'],
    ['langcode: en\nstatus: true\nid: x', 'yaml'],
    ['function f() {\n  return a;\n}\nb = f();', 'code'],
    ['../../etc/passwd', 'text'],
  ])('%j is %s', (value, type) => {
    expect(VALUE_TYPES[shapeOf(value).type]).toBe(type);
  });

  it('is found for any text, at once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 6000 }), (value) => {
        const { type, alphabet, length } = shapeOf(value);
        expect(VALUE_TYPES[type]).toBeDefined();
        expect(alphabet >>> 16).toBe(0);
        expect(length).toBe(value.length);
      }),
    );
  });
});

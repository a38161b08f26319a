import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  foldText,
  GoodValues,
  TemplateBook,
  TemplateMatcher,
  type NewTemplate,
  type TemplateMatch,
} from '../../../../src/detectors/content/site/index.ts';
import { DAY_MS, START_MS } from './requests.ts';

const ATTACKER = 1;

function attempt(text: string, changes: Partial<NewTemplate> = {}): NewTemplate {
  return {
    class: 'sqli',
    folded: foldText(text),
    recordId: '1a2b3c4d',
    atMs: START_MS,
    network: ATTACKER,
    by: 'operator',
    ...changes,
  };
}

function bookWith(...attempts: readonly NewTemplate[]): TemplateBook {
  const book = new TemplateBook([], new GoodValues());
  for (const one of attempts) book.add(one);
  return book;
}

function found(book: TemplateBook, text: string, nowMs = START_MS): TemplateMatch | undefined {
  return new TemplateMatcher(book.inForce(nowMs)).find(foldText(text));
}

describe('after a confirmed attack', () => {
  it.each([
    ["1' or 1=1-- -", `x" OR/**/'a'='a' #`],
    ["1' or 1=1-- -", `7') oR (42 like 42)--`],
    ["1' or 1=1-- -", `Dear all, this is a question of mine about bread and butter: z' || 5=5 #`],
    ['<img src=x onerror=alert(1)>', '<ImG/sRc="y" onError=confirm`7`>'],
    ['<img src=x onerror=alert(1)>', '<video src=_ onloadstart=prompt(document)>'],
    ['; cat ../../etc/passwd', '|tac${IFS}....//....//....//etc/shadow'],
    [
      '1 union select user, pass from users where id=1 --',
      '9/**/UnIoN/**/aLl SeLeCt login,account frOm%0amembers wHeRe nr=77#',
    ],
    [
      '{{request.application.__globals__.__builtins__.__import__("os").popen("id")}}',
      "{{ request.application.__globals__.__builtins__.__import__('os').popen('id') }}",
    ],
  ])('of the form %s, %s is recognised', (attack, altered) => {
    const match = found(bookWith(attempt(attack)), altered);
    expect(match?.weight).toBeGreaterThanOrEqual(4.8);
    expect(match?.text).toBe('has the shape of the attack 1a2b3c4d, confirmed by an operator on 2026-03-02');
  });

  it.each([
    ["1' or 1=1-- -", "women's or men's shoes"],
    ["1' or 1=1-- -", 'a or b = c'],
    ['<img src=x onerror=alert(1)>', '<img src="/bread.jpg" alt="Bread" width="100">'],
    ['; cat ../../etc/passwd', 'see /etc/hosts and cat; they are on it'],
    ['1 union select user, pass from users where id=1 --', 'Select users from the union where you work'],
  ])('of the form %s, %s is not', (attack, honest) => {
    expect(found(bookWith(attempt(attack)), honest)).toBeUndefined();
  });

  it('nothing is left of what is too plain to be told from anything', () => {
    const book = new TemplateBook([], new GoodValues());
    expect(book.add(attempt('hello world'))).toBeUndefined();
    expect(book.add(attempt("o'brien"))).toBeUndefined();
    expect(book.add(attempt(''))).toBeUndefined();
    expect(book.list()).toEqual([]);
  });

  it('the same shape again is the same template', () => {
    const book = bookWith(
      attempt("1' or 1=1-- -", { by: 'score' }),
      attempt("9' OR 2=2#", { recordId: '99999999', atMs: START_MS + 5 }),
    );
    expect(book.list()).toHaveLength(1);
    expect(book.list()[0]).toMatchObject({ recordId: '1a2b3c4d', by: 'operator', usedAtMs: START_MS + 5 });
  });

  it('one that nobody confirmed weighs less until it is known what good requests look like', () => {
    const good = new GoodValues();
    const book = new TemplateBook([], good);
    book.add(attempt("1' or 1=1-- -", { by: 'score' }));
    expect(found(book, "2' or 3=3--")?.weight).toBe(1);
    for (let n = 0; n < 1000; n++) good.sawRequest();
    expect(found(book, "2' or 3=3--")?.weight).toBe(1.5);
    for (let n = 0; n < 1000; n++) good.sawRequest();
    expect(found(book, "2' or 3=3--")?.weight).toBe(2);
  });
});

describe('a template that good requests have too', () => {
  const attack = '<img src=x onerror=alert(1)>';
  const like = foldText('An <img src="a.png" onerror=alert("no picture")>.');

  it('stays off when editors send the like', () => {
    const good = new GoodValues();
    good.add({ folded: like, network: 0 });
    const book = new TemplateBook([], good);
    expect(book.add(attempt(attack))?.offBecause).toBe('editors send the like');
    expect(found(book, attack)).toBeUndefined();
  });

  it('stays off when several visitors do, but not for one, nor for the attacker', () => {
    const good = new GoodValues();
    good.add({ folded: like, network: ATTACKER });
    good.add({ folded: like, network: 7 });
    const book = new TemplateBook([], good);
    expect(book.add(attempt(attack))?.offBecause).toBeUndefined();
    expect(found(book, attack)).toBeDefined();
    expect(book.good({ folded: like, network: 8 })).toHaveLength(1);
    expect(found(book, attack)).toBeUndefined();
    expect(book.list()[0]?.offBecause).toBe('good requests of several visitors have the like');
  });
});

describe('templates', () => {
  it('are forgotten when they were not used for long, and when the attempt was none', () => {
    const book = bookWith(
      attempt("1' or 1=1-- -", { by: 'score' }),
      attempt('; cat /etc/passwd', { recordId: 'b' }),
    );
    book.used('t1a2b3c4d', START_MS + DAY_MS);
    expect(book.list()[0]).toMatchObject({ uses: 1, usedAtMs: START_MS + DAY_MS });
    expect(book.inForce(START_MS + 30 * DAY_MS)).toHaveLength(2);
    expect(book.inForce(START_MS + 32 * DAY_MS)).toHaveLength(1);
    expect(book.removeOf('b')).toBe(1);
    expect(book.list()).toEqual([]);
  });

  it('are of a bounded number: those that were used least lately go', () => {
    const book = new TemplateBook([], new GoodValues());
    const words = [
      'select',
      'from',
      'where',
      'sleep',
      'exec',
      'cat',
      'etc',
      'passwd',
      'onload',
      'alert',
      'file',
      'http',
    ];
    const shapes = new Set<string>();
    for (let n = 0; shapes.size < 900 && n < 100_000; n++) {
      const text = Array.from(
        { length: 12 },
        (_, i) =>
          `${words[(n * 7 + i * i * (1 + (n % 11)) + (n >> i)) % words.length]}${'<;|'[(n >> i) % 3]}`,
      ).join('');
      if (shapes.has(text)) continue;
      shapes.add(text);
      book.add(attempt(text, { recordId: String(n), atMs: START_MS + n, by: 'score' }));
    }
    expect(book.list()).toHaveLength(512);
    expect(Math.min(...book.list().map(({ usedAtMs }) => usedAtMs))).toBeGreaterThan(START_MS);
  });

  it('never fail on any text', () => {
    const book = bookWith(attempt("1' or 1=1-- -"));
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 5000 }), (text) => {
        const folded = foldText(text);
        expect(folded.length).toBeLessThanOrEqual(512);
        expect(folded.includes(0)).toBe(false);
        expect(found(book, text)?.weight ?? 5).toBeGreaterThan(0);
      }),
    );
  });
});

describe('the memory of good requests', () => {
  it('is bounded, and comes back from its saved form', () => {
    const folded = fc.uint8Array({ min: 1, max: 160, minLength: 4, maxLength: 512 });
    fc.assert(
      fc.property(fc.array(fc.record({ folded, network: fc.nat(5) }), { maxLength: 30 }), (values) => {
        const good = new GoodValues();
        for (const value of values) good.add(value);
        const saved = good.save();
        expect(GoodValues.restore(saved).save()).toEqual(saved);
        expect([...GoodValues.restore(saved.subarray(0, saved.length >> 1))].length).toBeLessThanOrEqual(
          good.size,
        );
      }),
    );
    const full = new GoodValues();
    for (let n = 0; n < 4000; n++)
      full.add({ folded: foldText(`<b>${';<'.repeat(250)}`).subarray(n % 2), network: n });
    expect(full.save().length).toBeLessThan(600_000);
  });
});

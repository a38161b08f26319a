import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  LEARNING_LIMITS,
  MOST_SHIFT,
  readNormal,
  SiteLearner,
} from '../../../../src/detectors/content/site/index.ts';
import {
  address,
  DAY_MS,
  HOUR_MS,
  KEY,
  normalOf,
  part,
  request,
  shiftOn,
  START_MS,
  usualVisits,
  visit,
} from './requests.ts';

const QUOTE = part('page', "1' or 1=1--");
const ARTICLE = '<p class="lead">Bread &amp; <a href="/butter">butter</a></p>';

describe('a parameter that is a number', () => {
  it('with a quote in it speaks for an attack, in words', () => {
    const learner = SiteLearner.create(KEY);
    usualVisits(learner, '/node/12', (n) => part('page', String(n)));
    const shift = shiftOn(learner, '/node/7', QUOTE);
    expect(shift?.logOdds).toBe(MOST_SHIFT);
    expect(shift?.text).toBe(
      'has quotes and equals signs and is far longer, where the parameter page is always a number here',
    );
    expect(shiftOn(learner, '/node/7', part('page', '99999'))?.logOdds ?? 0).toBeLessThanOrEqual(0);
  });

  it('is known on pages that were not seen, where it is a number on all others', () => {
    const learner = SiteLearner.create(KEY);
    usualVisits(learner, '/shop', (n) => part('page', String(n)));
    expect(shiftOn(learner, '/blog', QUOTE)?.logOdds).toBe(MOST_SHIFT);
    expect(shiftOn(learner, '/blog', part('other', QUOTE.value))).toBeUndefined();
  });

  it('says nothing before it is known', () => {
    const learner = SiteLearner.create(KEY);
    usualVisits(learner, '/node/12', (n) => part('page', String(n)), { hours: 2 });
    expect(learner.counts()).toEqual({ parameters: 2, known: 0 });
    expect(shiftOn(learner, '/node/7', QUOTE)).toBeUndefined();
  });
});

describe('the words of a search', () => {
  it('may have quotes where visitors use them, which lowers a little', () => {
    const learner = SiteLearner.create(KEY);
    usualVisits(learner, '/search', (n) => part('keys', n % 2 === 0 ? `o'brien ${n}` : `rock 'n' roll ${n}`));
    const shift = shiftOn(learner, '/search', part('keys', "women's shoes"));
    expect(shift?.logOdds).toBeGreaterThanOrEqual(-1);
    expect(shift?.logOdds).toBeLessThan(0);
    expect(shift?.classes).toContain('sqli');
    expect(shift?.classes).not.toContain('xss');
    const odd = shiftOn(learner, '/search', part('keys', "women's <b>"));
    expect(odd?.logOdds).toBeGreaterThan(0.3);
    expect(odd?.logOdds).toBeLessThan(1);
  });
});

describe('the HTML of editors', () => {
  const learned = (isVouched: boolean): SiteLearner => {
    const learner = SiteLearner.create(KEY);
    usualVisits(
      learner,
      '/node/add/article',
      (n) => part('body[0][value]', `${ARTICLE}${n}`, 'form', 'html'),
      {
        isVouched,
      },
    );
    return learner;
  };
  const post = part('body[1][value]', ARTICLE, 'form', 'html');

  it('lowers what speaks for an attack in the HTML of editors', () => {
    const shift = shiftOn(learned(true), '/node/add/article', post, true);
    expect(shift?.logOdds).toBeLessThan(-2);
    expect(shift?.logOdds).toBeGreaterThanOrEqual(-MOST_SHIFT);
    expect(shift?.text).toBe('is HTML, as editors often send it in the field body[*][value]');
    expect(shift?.classes).toContain('xss');
  });

  it('lowers it half as much for others, and less where others taught it', () => {
    expect(shiftOn(learned(true), '/node/add/article', post, false)?.logOdds).toBeGreaterThanOrEqual(-1.5);
    expect(shiftOn(learned(false), '/node/add/article', post, true)?.logOdds).toBeGreaterThanOrEqual(-1);
  });

  it('is known after two editors have worked for two hours', () => {
    const learner = SiteLearner.create(KEY);
    usualVisits(learner, '/node/3/edit', () => part('body[0][value]', ARTICLE, 'form', 'html'), {
      isVouched: true,
      clients: 2,
      hours: 4,
    });
    expect(shiftOn(learner, '/node/4/edit', post, true)?.logOdds).toBeLessThan(-1);
  });
});

describe('a choice from a list', () => {
  it('is recognised, and what is not in the list is judged as anywhere', () => {
    const learner = SiteLearner.create(KEY);
    const orders = ['title:asc', 'title:desc', 'date:asc'];
    usualVisits(learner, '/shop', (n) => part('sort', orders[n % 3]!), { hours: 12 });
    expect(shiftOn(learner, '/shop', part('sort', 'date:asc'))?.text).toBe(
      'is one of the few values that the parameter sort has here',
    );
    expect(shiftOn(learner, '/shop', part('sort', 'date:none'))?.text ?? '').not.toContain('few values');
  });
});

describe('whoever wants to teach an attack', () => {
  const known = (): SiteLearner => {
    const learner = SiteLearner.create(KEY);
    usualVisits(learner, '/node/1', (n) => part('page', String(n)));
    return learner;
  };
  const attack = shiftOn(known(), '/node/7', QUOTE)!.logOdds;

  it('cannot with values that look like one', () => {
    const learner = SiteLearner.create(KEY);
    for (let day = 0; day < 20; day++)
      for (let client = 0; client < 20; client++)
        visit(learner, {
          path: '/node/1',
          parts: [part('page', "1' or 1=1--")],
          ip: address(client),
          atMs: START_MS + day * DAY_MS,
          logOdds: LEARNING_LIMITS.suspicious,
        });
    expect(learner.counts().parameters).toBe(0);
  });

  it('cannot alone, however often', () => {
    const learner = SiteLearner.create(KEY);
    for (let n = 0; n < 2000; n++)
      visit(learner, {
        path: '/node/1',
        parts: [part('page', "o'brien")],
        ip: address(1),
        atMs: START_MS + n * 600_000,
      });
    expect(learner.counts().known).toBe(0);
  });

  it('cannot in a flash of many addresses', () => {
    const learner = known();
    for (let client = 100; client < 400; client++)
      visit(learner, {
        path: '/node/1',
        parts: [part('page', "a'b=c")],
        ip: address(client),
        atMs: START_MS + 7 * HOUR_MS + client * 1000,
      });
    expect(shiftOn(learner, '/node/7', QUOTE)?.logOdds).toBe(attack);
  });

  it('cannot with patience: some addresses for weeks, beside those who use it as always', () => {
    const learner = known();
    for (let day = 1; day < 40; day++) {
      usualVisits(learner, '/node/1', (n) => part('page', String(n)), { fromMs: START_MS + day * DAY_MS });
      for (const path of ['/node/1', '/node/2'])
        visit(learner, {
          path,
          parts: [part('page', `a'b=c`)],
          ip: address(500 + (day % 30)),
          atMs: START_MS + day * DAY_MS,
        });
    }
    const now = START_MS + 40 * DAY_MS;
    const shift = normalOf(learner, now).shift(request('/node/7', [QUOTE]), QUOTE);
    expect(shift?.logOdds).toBe(attack);
  });

  it('is not heard for a day after many invented names', () => {
    const learner = SiteLearner.create(KEY);
    for (let n = 0; n < 500; n++)
      visit(learner, {
        path: '/',
        parts: [part(`x${String.fromCharCode(97 + (n % 26))}${'y'.repeat(n / 26)}`, '1')],
        ip: address(1),
        atMs: START_MS + n,
      });
    const { parameters } = learner.counts();
    expect(parameters).toBeLessThanOrEqual(LEARNING_LIMITS.source.newParametersPerHour);
    visit(learner, { path: '/', parts: [part('late', '1')], ip: address(1), atMs: START_MS + 5 * HOUR_MS });
    expect(learner.counts().parameters).toBe(parameters);
    visit(learner, { path: '/', parts: [part('late', '1')], ip: address(1), atMs: START_MS + 25 * HOUR_MS });
    expect(learner.counts().parameters).toBe(parameters + 2);
  });

  it('does not push out what is known with a flood of names from many addresses', () => {
    const learner = known();
    for (let n = 0; n < 30_000; n++)
      visit(learner, {
        path: `/p${n}`,
        parts: [part(`q${n % 7}`, '1')],
        ip: address(1000 + (n >> 3)),
        atMs: START_MS + 7 * HOUR_MS + n * 100,
      });
    expect(learner.counts().parameters).toBeLessThanOrEqual(LEARNING_LIMITS.parameters);
    expect(shiftOn(learner, '/node/7', QUOTE)?.logOdds).toBe(attack);
    expect(learner.save().length).toBeLessThan(4 * 1_048_576);
  });
});

describe('a form that was changed', () => {
  it('is learned in some days, from people of several networks', () => {
    const learner = SiteLearner.create(KEY);
    usualVisits(learner, '/contact', (n) => part('subject', `${n}`, 'form'));
    const changed = part('subject', "what's <new>", 'form');
    expect(shiftOn(learner, '/contact', changed)?.logOdds).toBeGreaterThan(2);
    for (let day = 1; day < 15; day++)
      usualVisits(learner, '/contact', (n) => part('subject', `what's <new> ${n}`, 'form'), {
        clients: 16,
        hours: 2,
        fromMs: START_MS + day * DAY_MS,
      });
    expect(shiftOn(learner, '/contact', changed)?.logOdds ?? 0).toBeLessThan(0.5);
  });
});

describe('what was learned', () => {
  it('is the same after a restart, also for workers', () => {
    const learner = SiteLearner.create(KEY);
    usualVisits(learner, '/node/1', (n) => part('page', String(n)));
    usualVisits(learner, '/search', (n) => part('keys', `word ${n}`));
    const saved = learner.save();
    const restored = SiteLearner.restore(saved);
    expect(restored.ok && restored.learner.save()).toEqual(saved);
    expect(restored.ok && restored.learner.compile(START_MS)).toEqual(learner.compile(START_MS));
    expect(restored.ok && restored.learner.list()).toEqual(learner.list());
    expect(learner.list().find(({ route }) => route === '/search')).toMatchObject({
      place: 'query',
      name: 'keys',
      isKnown: true,
      sources: 6,
      types: [{ type: 'text', share: 1 }],
      alphabet: ['letters', 'digits', 'spaces'],
    });
  });

  it('is not sent to workers when nobody has used it for a season', () => {
    const learner = SiteLearner.create(KEY);
    usualVisits(learner, '/node/1', (n) => part('page', String(n)));
    const later = normalOf(learner, START_MS + 100 * DAY_MS);
    expect(later.shift(request('/node/1', [QUOTE]), QUOTE)).toBeUndefined();
  });

  it('is the same for the same samples', () => {
    const one = SiteLearner.create(KEY);
    const other = SiteLearner.create(KEY);
    for (const learner of [one, other]) usualVisits(learner, '/a', (n) => part('b', `${n}'`));
    expect(other.save()).toEqual(one.save());
  });

  it('comes back from any samples, and never from damaged bytes', () => {
    const sample = fc.record({
      path: fc.webPath(),
      name: fc.string({ maxLength: 80 }),
      value: fc.string({ unit: 'binary', maxLength: 200 }),
      client: fc.nat(300),
      afterMs: fc.nat(50 * DAY_MS),
    });
    fc.assert(
      fc.property(
        fc.array(sample, { maxLength: 60 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (all, at, change) => {
          const learner = SiteLearner.create(KEY);
          for (const { path, name, value, client, afterMs } of all)
            visit(learner, {
              path,
              parts: [part(name, value)],
              ip: address(client),
              atMs: START_MS + afterMs,
            });
          const saved = learner.save();
          const restored = SiteLearner.restore(saved);
          expect(restored.ok && restored.learner.save()).toEqual(saved);
          const damaged = saved.slice();
          damaged[at % saved.length]! ^= change;
          expect(SiteLearner.restore(damaged).ok).toBe(false);
          expect(SiteLearner.restore(saved.subarray(0, at % saved.length)).ok).toBe(false);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('moves no threshold beyond its bound, whatever the value is', () => {
    const learner = SiteLearner.create(KEY);
    usualVisits(learner, '/a', (n) => part('b', String(n)));
    usualVisits(learner, '/a', (n) => part('c', `${ARTICLE}${n}`), { isVouched: true });
    const normal = normalOf(learner, START_MS);
    fc.assert(
      fc.property(
        fc.constantFrom('b', 'c', 'd'),
        fc.string({ unit: 'binary', maxLength: 300 }),
        (name, value) => {
          const one = part(name, value);
          const { logOdds = 0, text = '-' } = normal.shift(request('/a', [one], true), one) ?? {};
          expect(Math.abs(logOdds)).toBeLessThanOrEqual(MOST_SHIFT);
          expect(text).not.toBe('');
        },
      ),
    );
  });

  it('says what cannot be read', () => {
    expect(readNormal(new Uint8Array(3))).toEqual({ ok: false, reason: 'it is cut short' });
    expect(readNormal(new Uint8Array(64))).toEqual({ ok: false, reason: 'it is something else' });
    const newer = SiteLearner.create(KEY).save();
    newer[4] = 9;
    expect(readNormal(newer)).toEqual({ ok: false, reason: 'it is of version 9, this is version 1' });
  });
});

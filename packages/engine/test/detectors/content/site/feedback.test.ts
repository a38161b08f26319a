import type { AttackClass, InspectionFeedback, InspectionReason, InspectionRecord } from '@parapet/kinds';
import { describe, expect, it } from 'vitest';
import type { Part } from '../../../../src/detectors/content/parts.ts';
import {
  attemptsIn,
  FeedbackRules,
  foldText,
  GoodValues,
  isInForce,
  NOTHING_KNOWN,
  previewOf,
  recordOf,
  redact,
  siteReasons,
  SiteLearner,
  TemplateBook,
  TemplateMatcher,
  type SiteKnowledge,
} from '../../../../src/detectors/content/site/index.ts';
import { DAY_MS, KEY, normalOf, part, request, START_MS, usualVisits } from './requests.ts';

const AT = new Date(START_MS);
const SNIPPET = "In SQL: select name from users where id = 1 or name like 'a%'";

function reason(one: Part, attackClass: AttackClass, weight: number): InspectionReason {
  const { placement, name, value } = one;
  return {
    detector: 'model',
    class: attackClass,
    text: 'looks like SQL',
    weight,
    foundIn: { placement, name, excerpt: value.slice(0, 120) },
  };
}

function recorded(
  one: Part,
  attackClass: AttackClass,
  weight: number,
  id = '1a2b3c4d',
  path = '/node/4/edit',
): InspectionRecord {
  const inspection = {
    action: 'block',
    score: 0.99,
    class: attackClass,
    reasons: [reason(one, attackClass, weight)],
  } as const;
  return recordOf(request(path, [one]), inspection, { id, at: AT, isEnforced: true, network: 5 });
}

function feedbackOn(record: InspectionRecord, changes: Partial<InspectionFeedback> = {}): InspectionFeedback {
  const { id, site, route, findings, network } = record;
  return {
    number: 1,
    kind: 'no-attack',
    recordId: id,
    site,
    route,
    findings,
    network,
    at: AT,
    by: 'ada',
    comment: '',
    ...changes,
  };
}

function rest(
  one: Part,
  attackClass: AttackClass,
  weight: number,
  knowledge: Partial<SiteKnowledge>,
  path = '/node/4/edit',
): number {
  const found = [reason(one, attackClass, weight)];
  const added = siteReasons(request(path, [one]), found, { ...NOTHING_KNOWN, ...knowledge });
  return [...found, ...added].reduce((sum, { weight: each }) => sum + each, 0);
}

const body = part('body[0][value]', SNIPPET, 'form');
const excused = { feedback: new FeedbackRules([feedbackOn(recorded(body, 'sqli', 6))], START_MS) };

describe('"this was no attack"', () => {
  it('excuses the like, and says who said so', () => {
    const found = [reason(body, 'sqli', 6)];
    const [added] = siteReasons(request('/node/9/edit', [body]), found, { ...NOTHING_KNOWN, ...excused });
    expect(added).toEqual({
      detector: 'exception',
      class: 'sqli',
      text: 'is like what ada called no attack on 2026-03-02 (feedback #1)',
      weight: -6,
      foundIn: { placement: 'form', name: 'body[0][value]', excerpt: '' },
    });
    expect(rest(part('body[3][value]', "select a from b where c = 'd'", 'form'), 'sqli', 5, excused)).toBe(0);
  });

  it('excuses no other class, parameter, place or route', () => {
    expect(rest(body, 'xss', 6, excused)).toBe(6);
    expect(rest(part('title', SNIPPET, 'form'), 'sqli', 6, excused)).toBe(6);
    expect(rest(part('body[0][value]', SNIPPET, 'query'), 'sqli', 6, excused)).toBe(6);
    expect(rest(body, 'sqli', 6, excused, '/node/add/page')).toBe(6);
  });

  it('excuses nothing that is more suspicious, or that has something else in it', () => {
    expect(rest(body, 'sqli', 6.5, excused)).toBeGreaterThan(5);
    const sleeping = part('body[0][value]', `${SNIPPET} and sleep(9)`, 'form');
    expect(rest(sleeping, 'sqli', 6, excused)).toBeGreaterThan(5);
  });

  it('does not excuse what is hidden in another reading of the value', () => {
    const hidden: Part = {
      ...part('body[0][value]', 'c2VsZWN0IHNsZWVwKDkpIGludG8gb3V0ZmlsZQ', 'form'),
      views: [{ text: "select sleep(9) into outfile 'x'", decodings: ['base64'] }],
    };
    expect(rest(hidden, 'sqli', 6, excused)).toBeGreaterThan(5);
  });

  it('does not excuse one value for the sake of another one of the same name', () => {
    const bad = part('body[0][value]', "1; drop table users; exec xp_cmdshell 'x' --", 'form');
    const found = [reason(body, 'sqli', 6)];
    const added = siteReasons(request('/node/9/edit', [body, bad]), found, { ...NOTHING_KNOWN, ...excused });
    expect(added.map(({ detector }) => detector)).toEqual(['feedback']);
  });

  it('leaves what else was found in the same value', () => {
    const found = [reason(body, 'sqli', 6), reason(body, 'xss', 5)];
    const added = siteReasons(request('/node/9/edit', [body]), found, { ...NOTHING_KNOWN, ...excused });
    expect(added).toHaveLength(1);
    expect(added[0]).toMatchObject({ class: 'sqli', weight: -6 });
  });

  it('lowers a little what else is found of that class there, and is bounded', () => {
    const more = part('body[0][value]', 'union select load_file(0x2f)', 'form');
    expect(rest(more, 'sqli', 6, excused)).toBe(5.5);
    const all = Array.from({ length: 20 }, (_, n) => feedbackOn(recorded(body, 'sqli', 6), { number: n }));
    expect(rest(more, 'sqli', 6, { feedback: new FeedbackRules(all, START_MS) })).toBe(4.5);
  });

  it('ends when it is undone, and when its time is over', () => {
    const undone = feedbackOn(recorded(body, 'sqli', 6), { undone: { at: AT, by: 'bob' } });
    expect(rest(body, 'sqli', 6, { feedback: new FeedbackRules([undone], START_MS) })).toBe(6);
    const short = feedbackOn(recorded(body, 'sqli', 6), { expiresAt: new Date(START_MS + DAY_MS) });
    expect(isInForce(short, START_MS)).toBe(true);
    expect(rest(body, 'sqli', 6, { feedback: new FeedbackRules([short], START_MS) })).toBe(0);
    expect(rest(body, 'sqli', 6, { feedback: new FeedbackRules([short], START_MS + DAY_MS) })).toBe(6);
  });

  it('counts as well after the site has learned that such values are odd', () => {
    const learner = SiteLearner.create(KEY);
    usualVisits(learner, '/node/4/edit', (n) => part('body[0][value]', `${n}`, 'form'));
    const normal = normalOf(learner, START_MS);
    expect(rest(body, 'sqli', 6, { normal })).toBe(9);
    expect(rest(body, 'sqli', 6, { ...excused, normal })).toBe(0);
  });
});

describe('a preview of what else would be let through', () => {
  it('has the findings alike, and says when something else would still be found', () => {
    const alike = recorded(part('body[2][value]', 'select a from b', 'form'), 'sqli', 4, 'aaaaaaaa');
    const other = recorded(part('title', SNIPPET, 'form'), 'sqli', 4, 'bbbbbbbb');
    const twice: InspectionRecord = {
      ...alike,
      id: 'cccccccc',
      findings: [...alike.findings, ...recorded(body, 'xss', 4).findings],
    };
    const own = recorded(body, 'sqli', 6);
    const elsewhere: InspectionRecord = { ...alike, id: 'dddddddd', site: 'shop' };
    const found = previewOf(feedbackOn(own), [own, alike, other, twice, elsewhere]);
    expect(found.map(({ record, isWhole }) => [record.id, isWhole])).toEqual([
      ['aaaaaaaa', true],
      ['cccccccc', false],
    ]);
  });
});

describe('"this was an attack"', () => {
  it('lowers the threshold for the class in the parameter, and is undone', () => {
    const said = feedbackOn(recorded(body, 'sqli', 3), { kind: 'attack' });
    const other = part('body[0][value]', 'x', 'form');
    expect(rest(other, 'sqli', 4, { feedback: new FeedbackRules([said], START_MS) })).toBe(5);
    expect(rest(other, 'xss', 4, { feedback: new FeedbackRules([said], START_MS) })).toBe(4);
    const undone = { ...said, undone: { at: AT, by: 'ada' } };
    expect(rest(other, 'sqli', 4, { feedback: new FeedbackRules([undone], START_MS) })).toBe(4);
  });
});

describe('what the site says of a request', () => {
  const bookOf = (text: string): TemplateMatcher => {
    const book = new TemplateBook([], new GoodValues());
    book.add({
      class: 'sqli',
      folded: foldText(text),
      recordId: '1a2b3c4d',
      atMs: START_MS,
      network: 1,
      by: 'operator',
    });
    return new TemplateMatcher(book.inForce(START_MS));
  };

  it('is nothing where nothing was found and no template is in force', () => {
    expect(siteReasons(request('/', [body]), [], { ...NOTHING_KNOWN, ...excused })).toEqual([]);
  });

  it('has a template that is in any reading of any part, though nothing else found it', () => {
    const hidden: Part = {
      ...part('q', 'MScgb3IgMj0yIw', 'cookie'),
      views: [{ text: "1' oR/**/2=2#", decodings: ['base64'] }],
    };
    const [found] = siteReasons(request('/other', [part('a', 'b'), hidden]), [], {
      ...NOTHING_KNOWN,
      templates: bookOf("9' or 1=1-- -"),
    });
    expect(found).toMatchObject({
      detector: 'template',
      class: 'sqli',
      weight: 6,
      foundIn: { placement: 'cookie', name: 'q', excerpt: "1' oR/**/2=2#" },
    });
  });

  it('does not look at secrets', () => {
    const secret = part('pass', "1' or 1=1 #", 'form', 'secret');
    const [found] = siteReasons(request('/', [secret]), [], {
      ...NOTHING_KNOWN,
      templates: bookOf("1' or 1=1 #"),
    });
    expect(found).toBeUndefined();
  });

  it('raises what was found by what is normal for the parameter, in words', () => {
    const learner = SiteLearner.create(KEY);
    usualVisits(learner, '/shop', (n) => part('page', String(n)));
    const one = part('page', "1'");
    const [added] = siteReasons(request('/shop', [one]), [reason(one, 'sqli', 1)], {
      ...NOTHING_KNOWN,
      normal: normalOf(learner, START_MS),
    });
    expect(added).toMatchObject({
      detector: 'site',
      class: 'sqli',
      text: 'has quotes, where the parameter page is always a number here',
    });
    expect(added!.weight).toBeGreaterThan(1);
  });

  it('lowers the classes that such values look like, and none below nothing', () => {
    const learner = SiteLearner.create(KEY);
    const html = '<p class="a">Bread</p>';
    usualVisits(learner, '/node/4/edit', (n) => part('body[0][value]', `${html}${n}`, 'form', 'html'), {
      isVouched: true,
    });
    const normal = normalOf(learner, START_MS);
    const post = part('body[0][value]', html, 'form', 'html');
    expect(rest(post, 'xss', 1, { normal })).toBe(0);
    expect(rest(post, 'sqli', 4, { normal })).toBe(4);
  });
});

describe('a confirmed attack', () => {
  it('leaves a template of the reading that is most like one', () => {
    const hidden: Part = {
      ...part('q', 'MScgb3IgMT0xIC0tIC0'),
      views: [{ text: "1' or 1=1 -- -", decodings: ['base64'] }],
    };
    const record = recorded(hidden, 'sqli', 6);
    const book = new TemplateBook([], new GoodValues());
    for (const one of attemptsIn(record, record.id, START_MS, 'operator')) book.add(one);
    expect(book.list()).toMatchObject([{ class: 'sqli', recordId: '1a2b3c4d', network: 5 }]);
    const templates = new TemplateMatcher(book.inForce(START_MS));
    expect(templates.find(foldText(`x" OR 'a' = 'a' #`))?.weight).toBe(6);
  });
});

describe('a record', () => {
  it('has a route, shapes, and no people in its excerpts', () => {
    const one = part('q', "ada@example.org ' or 1=1; card 4111 1111 1111 1111", 'query');
    const record = recorded(one, 'sqli', 6, 'abcdef01', '/users/ada@example.org/orders/12');
    expect(record).toMatchObject({
      id: 'abcdef01',
      route: '/users/*/orders/*',
      path: '/users/<e-mail>/orders/12',
      findings: [{ placement: 'query', name: 'q', class: 'sqli', logOdds: 6 }],
    });
    expect(record.reasons[0]?.foundIn.excerpt).toBe("<e-mail> ' or 1=1; card <number>");
    expect(JSON.stringify(record)).not.toMatch(/ada@|4111/);
    expect(redact('SESS9b2f0c1e5b1a4c398a550a1b2c3d4e5f')).toBe('<token>');
    expect(redact('information_schema_of_everything')).toBe('information_schema_of_everything');
  });
});

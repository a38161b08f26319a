import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bench, call } from './call.ts';

const EVENT = `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Sysmon' Guid='{5}'/>
<EventID>1</EventID><TimeCreated SystemTime='2023-01-02T03:04:05.5Z'/><Security UserID='S-1-5-18'/></System>
<EventData><Data Name='Image'>C:\\cmd.exe</Data><Data Name='CommandLine'>cmd /c &quot;a &amp; b&quot; &lt;&#x41;&#66;</Data>
<Data Name='Empty'></Data><Data Name='Mixed'>a<!-- c -->b<i>c</i>d</Data><Data Name='Raw'><![CDATA[<&>]]></Data></EventData></Event>`;

it('reads the values of a Windows event', () => {
  const cases: [path: string, value: string][] = [
    ["/Event/EventData[1]/Data[@Name='Image']", 'C:\\cmd.exe'],
    ["/Event/EventData[1]/Data[@Name='CommandLine']", 'cmd /c "a & b" <AB'],
    ["/Event/EventData[1]/Data[@Name='Empty']", ''],
    ["/Event/EventData[1]/Data[@Name='Mixed']", 'ab'],
    ["/Event/EventData[1]/Data[@Name='Raw']", '<&>'],
    ["/Event/EventData[1]/Data[@Name='None']", ''],
    ['/Event/System[1]/EventID', '1'],
    ['/Event/EventData[2]/Data', ''],
    ['//Data[2]', 'cmd /c "a & b" <AB'],
    ['//Data[-1]', '<&>'],
    ['//i/..', 'ab'],
    ["//Data[i='c']", 'ab'],
    ["//*[text()='1']", '1'],
    ["//*[namespace-uri()='http://schemas.microsoft.com/win/2004/08/events/event']/EventID", '1'],
    ['Event/System/EventID', '1'],
  ];
  for (const [path, value] of cases) expect(call('XMLGetNodeValue', EVENT, path), path).toBe(value);
  expect(call('XMLGetAttributeValue', EVENT, '/Event/System[1]/TimeCreated', 'SystemTime')).toBe(
    '2023-01-02T03:04:05.5Z',
  );
  expect(call('XMLGetAttributeValue', EVENT, '/Event/System[1]/Security', 'UserID')).toBe('S-1-5-18');
  expect(call('XMLGetAttributeValue', EVENT, '/Event/System[1]/Security', 'Other')).toBe('');
});

it('sees prefixes as they are written; a name without one matches any', () => {
  const xml = '<a:r xmlns:a="U"><b:c a:k="1" k="2">x</b:c></a:r>';
  expect(call('XMLGetNodeValue', xml, '/r/c')).toBe('x');
  expect(call('XMLGetNodeValue', xml, '/a:r/b:c')).toBe('x');
  expect(call('XMLGetNodeValue', xml, '/r/a:c')).toBe('');
  expect(call('XMLGetAttributeValue', xml, '/r/c', 'k')).toBe('1');
  expect(call('XMLGetAttributeValue', xml, "/*[namespace-uri()='U']", 'xmlns:a')).toBe('U');
});

it('answers with nothing for text that is not well-formed', () => {
  const cases = [
    '<root><',
    '<a>',
    '<a></b>',
    '<a x=1>t</a>',
    '<a>&nbsp;</a>',
    '<a>&amp</a>',
    '<a>]]></a>',
    '<a x="<">t</a>',
    '<a>t</a></a>',
    '<a>\u0001</a>',
    '<a><!-- -- -->t</a>',
    '<?xml version="1.1"?><a>t</a>',
    '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>',
    '<!DOCTYPE a [<a>t</a>',
  ];
  for (const xml of cases) expect(call('XMLGetNodeValue', xml, '//a'), xml).toBe('');
  expect(call('XMLGetNodeValue', '<!DOCTYPE a [<!ENTITY e "x">]>\n<?pi?><a>t</a>', '/a')).toBe('t');
});

it('says once that a path is none', () => {
  const { call: call_, log } = bench();
  for (const path of ['/a[', '/a[@', '/a[]', "/a[b='c]", '/a[f()]']) {
    expect(call_('XMLGetNodeValue', '<a>t</a>', path)).toBe('');
    expect(call_('XMLGetNodeValue', '<a>t</a>', path)).toBe('');
  }
  expect(log).toHaveLength(5);
});

it('refuses documents that are nested too deeply, and reads wide ones', () => {
  const deep = (depth: number): string => `${'<a>'.repeat(depth)}t${'</a>'.repeat(depth)}`;
  expect(call('XMLGetNodeValue', deep(200), `//a[text()='t']`)).toBe('t');
  expect(call('XMLGetNodeValue', deep(100_000), `//a[text()='t']`)).toBe('');
  expect(call('XMLGetNodeValue', `<r>${'<a/>'.repeat(100_000)}<b>t</b></r>`, '//b')).toBe('t');
});

it('never throws, whatever the text and the path', () => {
  const pieces = [
    '<',
    '>',
    '</',
    '/>',
    '<a>',
    '</a>',
    '<?',
    '?>',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '<!',
    '&',
    ';',
    '&#',
    '"',
    "'",
    '=',
    ' x="',
    'a',
    ':',
    '\r',
    '\ud800',
    '[',
    ']',
  ];
  const soup = fc.array(fc.constantFrom(...pieces)).map((parts) => parts.join(''));
  fc.assert(
    fc.property(soup, fc.oneof(soup, fc.constantFrom('//a', '/a/b[1]', '//*[@x]', '..')), (xml, path) => {
      expect(typeof call('XMLGetNodeValue', xml, path)).toBe('string');
      expect(typeof call('XMLGetAttributeValue', xml, path, path)).toBe('string');
    }),
    { numRuns: 2000 },
  );
});

it('takes time in proportion to the document', () => {
  const pieces = [
    '<a>',
    '<a/>',
    '<a x="',
    '<!--',
    '<![CDATA[',
    '<?x ',
    '<!',
    '<!"',
    '&',
    '&#x',
    "<?xml version='",
    ']]',
    '\r',
    '<a><b/></a>',
    '<a:',
  ];
  for (const piece of pieces) {
    for (const path of ['//a[@x]//b', "//*[namespace-uri()='x']"]) {
      const started = performance.now();
      call('XMLGetNodeValue', piece.repeat(50_000), path);
      expect(performance.now() - started, piece).toBeLessThan(2000);
    }
  }
});

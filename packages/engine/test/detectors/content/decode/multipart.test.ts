import { describe, expect, it } from 'vitest';
import { readParts } from '../../../../src/detectors/content/decode/index.ts';
import { listed, request, texts } from './request.ts';

function read(body: string, type = 'multipart/form-data; boundary=B') {
  const bytes = Buffer.from(body.replaceAll('\n', '\r\n'));
  const { parts, anomalies } = readParts(request('/', { 'content-type': type }, bytes));
  return {
    parts: listed(parts.slice(1)),
    texts: texts(parts),
    codes: anomalies.map((anomaly) => anomaly.code),
  };
}

function part(disposition: string, value: string, more = ''): string {
  return `--B\nContent-Disposition: form-data; ${disposition}${more}\n\n${value}\n`;
}

describe('multipart forms', () => {
  it('give fields, file names and text files', () => {
    const body =
      part('name="a[b.c][]"', '1 & 2') +
      part('name="f"; filename="x.txt"', '<b>') +
      part('name=d.e', 'é') +
      '--B--\n';
    expect(read(body)).toMatchObject({
      parts: ['multipart a[b.c][]=1 & 2', 'filename f=x.txt', 'file f=<b>', 'multipart d_e=é'],
      codes: ['multipart-odd-quotes'],
    });
  });

  it('are read with the boundary that PHP finds', () => {
    const body = part('name="a"', 'x') + '--B--';
    expect(read(body, 'multipart/form-data; boundary="B"')).toMatchObject({
      parts: ['multipart a=x'],
      codes: [],
    });
    for (const type of [
      'multipart/form-data; boundary=B; boundary=C',
      'multipart/form-data; xboundary=B; boundary=C',
      'multipart/form-data; boundary=B, x',
      'multipart/form-data; BOUNDARY =B;',
    ]) {
      expect(read(body, type)).toMatchObject({ parts: ['multipart a=x'], codes: ['multipart-boundary'] });
    }
  });

  it('without a boundary are looked at as text', () => {
    const { parts, codes } = read(part('name="a"', '<script>'), 'multipart/form-data');
    expect(codes).toContain('multipart-no-boundary');
    expect(parts.join()).toContain('<script>');
  });

  it.each([
    ['single quotes', part("name='a;b'", 'x'), 'multipart a;b=x', 'multipart-odd-quotes'],
    ['escaped quotes', part('name="a\\"b"', 'x'), 'multipart a"b=x', 'multipart-odd-quotes'],
    ['two names', part('name="a"; name="b"', 'x'), 'multipart b=x', 'multipart-parameter-twice'],
    [
      'another file name',
      part('name="a"; filename*=utf-8\'\'x%2ephp', 'x'),
      'filename a=x.php',
      'multipart-filename-star',
    ],
    [
      'two dispositions',
      part('name="a"', 'x', '\nContent-Disposition: form-data; name="b"'),
      'multipart a=x',
      'multipart-header-twice',
    ],
    [
      'a folded header',
      part('name="a";', 'x', '\n filename="y.php"'),
      'filename a=y.php',
      'multipart-folded-header',
    ],
    ['text in front', `hello <b>\n${part('name="a"', 'x')}`, 'body skipped=hello <b>', 'multipart-preamble'],
    [
      'parts after the end',
      `${part('name="a"', 'x')}--B--\n${part('name="b"', 'y')}`,
      'multipart b=y',
      'multipart-after-end',
    ],
    [
      'a delimiter with more in its line',
      `${part('name="a"', 'x')}--B x\n\ny\n${part('name="b"', 'z')}`,
      'body skipped=--B x\r\n\r\ny',
      'multipart-delimiter-line',
    ],
    ['no end', part('name="a"', 'x').slice(0, -1), 'multipart a=x', 'multipart-cut'],
    ['no disposition', '--B\nX: y\n\n<script>\n', 'body skipped=<script>', 'multipart-no-disposition'],
    ['a character set of its own', part('name="_charset_"', 'utf-7'), 'multipart _charset_=utf-7', 'charset'],
    [
      'an encoding of its own',
      part('name="a"', 'PHNjcmlwdD5h', '\nContent-Transfer-Encoding: base64'),
      'multipart a=PHNjcmlwdD5h',
      'multipart-transfer-encoding',
    ],
  ])('show what PHP sees, and that others may not: %s', (_title, body, expected, code) => {
    const { parts, codes } = read(body.endsWith('x') ? body : `${body}--B--\n`);
    expect(parts).toContain(expected);
    expect(codes).toContain(code);
  });

  it('withhold passwords of known forms wherever the form id stands', () => {
    const body = part('name="pass"', "s' or 1=1") + part('name="form_id"', 'user_login_form') + '--B--';
    expect(read(body).parts).toContain('multipart pass=');
    expect(read(part('name="pass"', "s' or 1=1") + '--B--').parts).toContain("multipart pass=s' or 1=1");
  });

  it('pass over pictures but not what would run in them', () => {
    const picture = '\x89PNG\r\n\x1a\n' + '\x00\x01\x02\x03'.repeat(500);
    expect(read(part('name="f"; filename="a.png"', picture)).parts).toEqual(['filename f=a.png']);
    const { parts, codes } = read(
      part('name="f"; filename="a.png"', `${picture}<?PHP eval($_POST[1]);${picture}`),
    );
    expect(parts.join()).toContain('<?PHP eval($_POST[1]);');
    expect(codes).toContain('file-polyglot');
  });
});

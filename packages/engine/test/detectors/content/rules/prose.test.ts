import { expect, test } from 'vitest';
import { readsLikeProse } from '../../../../src/detectors/content/rules/prose.ts';

test('a sentence reads like prose, in any alphabet with spaces', () => {
  expect(readsLikeProse('Who may read /etc/passwd on a host that many people share?')).toBe(true);
  expect(readsLikeProse('Wer darf die Datei lesen, wenn viele Leute einen Rechner teilen')).toBe(true);
  expect(readsLikeProse('кто может читать этот файл на сервере')).toBe(true);
});

test('a sentence with code in it reads like prose', () => {
  expect(readsLikeProse('The path ../../themes/x/style.css gives a 404.')).toBe(true);
  expect(readsLikeProse('Put <?php echo $title; ?> in your template.')).toBe(true);
  expect(readsLikeProse("Q: What's 1 and 1? A: 1 and 1 is 2; or 10 in base 2.")).toBe(true);
  expect(readsLikeProse("It's eval($x) that isn't safe, is it?")).toBe(true);
});

test('words that stand apart in a payload do not make it prose', () => {
  expect(readsLikeProse('1 or id=1 or x=null -- -')).toBe(false);
  expect(readsLikeProse("select 1, user(), 'a' from x where y=1 or z=2")).toBe(false);
  expect(readsLikeProse('cat /etc/passwd | grep root > /tmp/x')).toBe(false);
  expect(readsLikeProse('docker run --rm -it -v $(pwd):/app node:20 bash')).toBe(false);
});

test('payloads, lists of names and a few words do not', () => {
  expect(readsLikeProse('cat /etc/passwd; id; uname -a; ls /tmp; wget http://x/y')).toBe(false);
  expect(readsLikeProse('../../etc/passwd')).toBe(false);
  expect(readsLikeProse('only three words')).toBe(false);
  expect(readsLikeProse('a\nb\nc\nd\ne\nf')).toBe(false);
  expect(readsLikeProse('')).toBe(false);
});

test('a text of several lines reads like something pasted', () => {
  expect(
    readsLikeProse('if (a) {\n  b.c(d, $e);\n  return $f[0];\n}\n  $g->h(1, 2);\n  $i = (int) $j;\n}'),
  ).toBe(true);
});

test('code between fences reads like something pasted, and signs of a fence alone do not', () => {
  expect(readsLikeProse('```php\necho "hello";\n```')).toBe(true);
  expect(readsLikeProse('test=# SELECT 1;')).toBe(true);
  expect(readsLikeProse('see:\n```\nls -la\n```\n')).toBe(true);
  expect(readsLikeProse('```id```')).toBe(false);
  expect(readsLikeProse('x\n```\nid')).toBe(false);
});

test('a long text is looked at in its first part only', () => {
  expect(readsLikeProse(`${'/x'.repeat(4096)} these are six words of prose`)).toBe(false);
});

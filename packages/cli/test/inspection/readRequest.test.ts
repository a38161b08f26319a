import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRequest } from '../../src/inspection/readRequest.ts';

function requestOf(line: unknown) {
  const read = readRequest(JSON.stringify(line));
  if (!read.ok) throw new Error(read.problem);
  return read.line.request;
}

const textOf = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('utf8');

describe('a line of a file of requests', () => {
  it('gives the request, its header names in lower case', () => {
    const request = requestOf({
      id: 7,
      method: 'post',
      path: '/a?b=c',
      headers: { 'User-Agent': 'x', cookie: ['a=1', 'b=2'] },
      body: 'p=1',
      label: 'attack',
    });
    expect(request).toMatchObject({ method: 'POST', rawTarget: '/a?b=c', isBodyCut: false });
    expect(request.headers).toEqual([
      ['user-agent', 'x'],
      ['cookie', 'a=1'],
      ['cookie', 'b=2'],
    ]);
    expect(textOf(request.body)).toBe('p=1');
  });

  it('needs nothing but a path', () => {
    expect(requestOf({ path: '/' })).toMatchObject({ method: 'GET', headers: [], body: undefined });
    expect(requestOf({ path: '' }).rawTarget).toBe('/');
  });

  it('takes characters for their UTF-8, and bytes that were written as characters for these bytes', () => {
    expect(requestOf({ path: '/é' }).rawTarget).toBe('/Ã©');
    expect(requestOf({ path: '/Ã©' }).rawTarget).toBe('/Ã©');
    expect(requestOf({ path: '/＜' }).rawTarget).toBe('/ï¼\u009C');
    expect(textOf(requestOf({ path: '/', body: 'Grüße 😀' }).body)).toBe('Grüße 😀');
  });

  it('reads a body in base64', () => {
    expect([...(requestOf({ path: '/', bodyB64: 'AP8=' }).body ?? [])]).toEqual([0, 255]);
  });

  it('says what is wrong with a line that is none', () => {
    const problemOf = (text: string): string => {
      const read = readRequest(text);
      return read.ok ? '' : read.problem;
    };
    expect(problemOf('{')).toMatch(/^is no JSON: /);
    expect(problemOf('[]')).toBe('is no JSON object');
    expect(problemOf('{"id":1}')).toBe("has no text 'path'");
    expect(problemOf('{"path":"/","headers":"x"}')).toBe("has 'headers' that are no object of texts");
    expect(problemOf('{"path":"/","body":{}}')).toBe("has a 'body' that is no text");
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(typeof readRequest(text).ok).toBe('boolean');
      }),
    );
  });
});

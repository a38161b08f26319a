import { expect, test } from 'vitest';
import { BatchQueue } from '../../src/link/batchQueue.ts';

const frame = (text: string): Buffer => Buffer.from(text);

test('batches are sent in order, and again on a new connection until they are kept', () => {
  const queue = new BatchQueue(1000);
  for (const number of [1, 2, 3]) queue.add(number, frame(`b${number}`), 1);
  expect([queue.next(), queue.next()].map(String)).toEqual(['b1', 'b2']);
  queue.forget(1);
  expect(String(queue.next())).toBe('b3');
  expect(queue.next()).toBeUndefined();
  queue.rewind();
  expect([queue.next(), queue.next(), queue.next()].map(String)).toEqual(['b2', 'b3', 'undefined']);
  queue.forget(3);
  expect([queue.isEmpty, queue.bytes, queue.droppedEvents]).toEqual([true, 0, 0]);
});

test('when there are too many, the oldest go; only those that were never sent are lost', () => {
  const gone: string[] = [];
  const queue = new BatchQueue(10, (bytes) => gone.push(String(bytes)));
  queue.add(1, frame('aaaa'), 5);
  queue.add(2, frame('bbbb'), 7);
  queue.next();
  queue.add(3, frame('cccc'), 9);
  expect([queue.bytes, queue.droppedEvents]).toEqual([8, 0]);
  queue.add(4, frame('dddd'), 1);
  expect([queue.bytes, queue.droppedEvents]).toEqual([8, 7]);
  expect([queue.next(), queue.next()].map(String)).toEqual(['cccc', 'dddd']);
  expect(gone).toEqual(['aaaa', 'bbbb']);
  queue.forget(4);
  expect(gone).toEqual(['aaaa', 'bbbb', 'cccc', 'dddd']);
});

test('one batch is kept however long it is', () => {
  const queue = new BatchQueue(2);
  queue.add(1, frame('aaaa'), 1);
  expect(String(queue.next())).toBe('aaaa');
});

// Who acts next: a binary heap by time, and by order of arrival at the same time.

export class DueQueue {
  #heap = [];
  #serial = 0;

  peek() {
    return this.#heap[0];
  }

  add(atMs, actor) {
    const heap = this.#heap;
    heap.push({ atMs, serial: this.#serial++, actor });
    for (let i = heap.length - 1; i > 0;) {
      const parent = (i - 1) >> 1;
      if (!isBefore(heap[i], heap[parent])) break;
      [heap[i], heap[parent]] = [heap[parent], heap[i]];
      i = parent;
    }
  }

  take() {
    const heap = this.#heap;
    const last = heap.pop();
    if (heap.length === 0 || last === undefined) return;
    heap[0] = last;
    for (let i = 0; ;) {
      let first = i;
      for (const child of [2 * i + 1, 2 * i + 2])
        if (child < heap.length && isBefore(heap[child], heap[first])) first = child;
      if (first === i) return;
      [heap[i], heap[first]] = [heap[first], heap[i]];
      i = first;
    }
  }
}

function isBefore(one, other) {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.serial < other.serial);
}

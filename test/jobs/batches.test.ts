import { expect, test } from 'vitest';
import { inBatches } from '../../src/jobs/batches.js';

/** Batches as they were written. */
function world(most: number, more = () => false) {
  const written: number[][] = [];
  const add = inBatches<number>({
    most,
    moreToCome: more,
    async write(batch) {
      await new Promise((next) => setImmediate(next));
      written.push([...batch]);
    },
  });
  return { written, add };
}

test('what comes alone is written at once', async () => {
  const { written, add } = world(10);
  await add(1);
  expect(written).toEqual([[1]]);
});

test('what comes while others are under way waits for them, and goes with them', async () => {
  let left = 100;
  const { written, add } = world(1_000, () => left > 0);
  await Promise.all(
    Array.from({ length: 100 }, (_none, no) => {
      left -= 1;
      return add(no);
    }),
  );
  expect(written).toEqual([Array.from({ length: 100 }, (_none, no) => no)]);
});

test('not for ever: the others may take long', async () => {
  const { written, add } = world(10, () => true);
  await add(1);
  expect(written).toEqual([[1]]);
});

test('what comes while a batch is written is the next one, and none is larger than the most', async () => {
  const { written, add } = world(3);
  await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(add));
  expect(written).toEqual([[1], [2, 3, 4], [5, 6, 7], [8]]);
});

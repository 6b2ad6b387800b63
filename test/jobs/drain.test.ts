import { describe, expect, test, vi } from 'vitest';
import { createDrain } from '../../src/jobs/drain.js';

/** A queue of numbers and work that ends when it is told to. */
function world({
  due,
  atOnce = 4,
  most = 8,
  batch = 3,
}: {
  due: number;
  atOnce?: number;
  most?: number;
  batch?: number;
}) {
  const queue = Array.from({ length: due }, (_none, no) => no);
  const claims: number[] = [];
  const open = new Map<number, () => void>();
  let highest = 0;
  const drain = createDrain<number>({
    batch,
    atOnce,
    most,
    async claim(limit) {
      claims.push(limit);
      return queue.splice(0, limit);
    },
    work: (one) =>
      new Promise((resolve) => {
        open.set(one, resolve);
        highest = Math.max(highest, open.size);
      }),
  });
  const end = (one: number): void => {
    open.get(one)?.();
    open.delete(one);
  };
  return { drain, queue, claims, open, end, highest: () => highest };
}

describe('what is due', () => {
  test('is claimed until nothing is, never more at once than allowed', async () => {
    const { drain, queue, open, end, highest } = world({ due: 20 });
    const over = drain.run();
    while (queue.length > 0 || open.size > 0) {
      await expect.poll(() => open.size).toBeGreaterThan(0);
      for (const one of [...open.keys()]) end(one);
    }
    await over;
    expect(highest()).toBeLessThanOrEqual(4);
  });

  test('costs one claim where nothing is due', async () => {
    const { drain, claims } = world({ due: 0 });
    await drain.run();
    expect(claims).toHaveLength(1);
  });

  test('asked for again while it is being claimed is looked at once more, by one claim at a time', async () => {
    const { drain, queue, claims, end, open } = world({ due: 2 });
    const first = drain.run();
    queue.push(7);
    await Promise.all([drain.run(), drain.run(), drain.run()]);
    await expect.poll(() => open.has(7)).toBe(true);
    for (const one of [...open.keys()]) end(one);
    await first;
    expect(claims.length).toBeLessThanOrEqual(3);
  });

  test('behind work that hangs is begun all the same, up to the most', async () => {
    const { drain, open, end, queue } = world({ due: 12 });
    const over = drain.run();
    await expect.poll(() => open.size).toBe(4);
    await vi.waitFor(() => expect(open.size).toBe(8), { timeout: 60_000 });
    expect(queue).toHaveLength(4);
    while (queue.length > 0 || open.size > 0) {
      for (const one of [...open.keys()]) end(one);
      await new Promise((next) => setImmediate(next));
    }
    await over;
  });

  test('is left to others once it is stopped', async () => {
    const { drain, claims } = world({ due: 5 });
    drain.stop();
    await drain.run();
    expect(claims).toEqual([]);
  });

  test('is claimed by the next run where one claim failed', async () => {
    let failing = true;
    const seen: number[] = [];
    const drain = createDrain<number>({
      batch: 5,
      atOnce: 5,
      most: 5,
      async claim() {
        if (failing) throw new Error('away');
        return seen.length === 0 ? [1] : [];
      },
      work: async (one) => void seen.push(one),
    });
    await expect(drain.run()).rejects.toThrow('away');
    failing = false;
    await drain.run();
    expect(seen).toEqual([1]);
  });
});

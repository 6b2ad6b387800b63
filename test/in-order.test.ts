import { expect, test } from 'vitest';
import { createInOrder } from '../src/in-order.js';

/** Jobs that end when they are told to, and the order in which they began. */
function jobs() {
  const begun: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const job = (name: string) => () =>
    new Promise<string>((resolve, reject) => {
      begun.push(name);
      ends.set(name, (error) => (error ? reject(error) : resolve(name)));
    });
  return { begun, job, end: (name: string, error?: Error) => ends.get(name)?.(error) };
}

test('jobs of one key run one after another, those of others beside them', async () => {
  const { begun, job, end } = jobs();
  const inOrder = createInOrder<number>();
  const all = [inOrder(1, job('a'), false), inOrder(1, job('b'), false), inOrder(2, job('c'), false)];
  expect(begun).toEqual(['a', 'c']);
  end('a');
  await expect(all[0]).resolves.toBe('a');
  await expect.poll(() => begun).toEqual(['a', 'c', 'b']);
});

test('what comes first overtakes what has not begun, in its own order', async () => {
  const { begun, job, end } = jobs();
  const inOrder = createInOrder<number>();
  const commands = Array.from({ length: 30 }, (_, at) => inOrder(1, job(`command ${at}`), false));
  void inOrder(1, job('fact 1'), true);
  void inOrder(1, job('fact 2'), true);
  end('command 0');
  await commands[0];
  await expect.poll(() => begun).toEqual(['command 0', 'fact 1']);
  end('fact 1');
  await expect.poll(() => begun).toEqual(['command 0', 'fact 1', 'fact 2']);
  end('fact 2');
  await expect.poll(() => begun.at(-1)).toBe('command 1');
});

test('one that fails holds up nothing', async () => {
  const { job, end } = jobs();
  const inOrder = createInOrder<number>();
  const [first, second] = [inOrder(1, job('a'), false), inOrder(1, job('b'), false)];
  end('a', new Error('broken'));
  await expect(first).rejects.toThrow('broken');
  await expect.poll(() => end('b')).toBeUndefined();
  await expect(second).resolves.toBe('b');
});

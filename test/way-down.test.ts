import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createWayDown } from '../src/way-down.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function world() {
  const way = createWayDown();
  const went: string[] = [];
  const post = () => way.free().then(() => void went.push('post'));
  return { way, went, post };
}

test('a post waits for every lowering under way, and for none where there is none', async () => {
  const { way, went, post } = world();
  await post();
  expect(went).toEqual(['post']);
  const ends: (() => void)[] = [];
  const lower = () => way.first(() => new Promise<void>((end) => ends.push(end))).then(() => void went.push('lowered'));
  const lowerings = [lower(), lower()];
  const posted = post();
  ends[0]?.();
  await lowerings[0];
  expect(went).toEqual(['post', 'lowered']);
  ends[1]?.();
  await posted;
  expect(went).toEqual(['post', 'lowered', 'lowered', 'post']);
});

test('a lowering that failed holds no post up', async () => {
  const { way, went, post } = world();
  await expect(way.first(() => Promise.reject(new Error('no answer')))).rejects.toThrow('no answer');
  await post();
  expect(went).toEqual(['post']);
});

test('a lowering that hangs holds a post up for a second', async () => {
  const { way, went, post } = world();
  void way.first(() => new Promise(() => undefined));
  const posted = post();
  await vi.advanceTimersByTimeAsync(990);
  expect(went).toEqual([]);
  await vi.advanceTimersByTimeAsync(20);
  await posted;
  expect(went).toEqual(['post']);
});

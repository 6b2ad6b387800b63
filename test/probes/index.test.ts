import { expect, test } from 'vitest';
import { createProbe } from '../../src/probes/index.js';
import { memoryGauge } from '../../src/probes/memory.js';
import { json, startJsonServer } from './json-server.js';

const patient = new AbortController().signal;

test('an http probe is built with its values filled in', async () => {
  const server = await startJsonServer();
  server.answerWith(json('{"a": 1}'));
  const fill = (value: string) => value.replace('$HOST', `127.0.0.1:${server.port}`).replace('$KEY', 'k');
  const config = { url: 'http://$HOST/', value: 'a', headers: { 'x-key': '$KEY' }, timeoutMs: 1_000 };
  expect(await createProbe({ kind: 'http', ...config }, fill, {}).measure(patient)).toMatchObject({ value: 1 });
  expect(server.requests[0]?.headers['x-key']).toBe('k');
  await server.close();
});

test('a memory probe reads the gauge of its name', async () => {
  memoryGauge('by-index').set(9);
  const probe = createProbe({ kind: 'memory', name: 'by-index' }, (value) => value, {});
  expect(await probe.measure(patient)).toMatchObject({ value: 9 });
});

test('a kind nobody knows stops the start', () => {
  const unknown = JSON.parse('{"kind": "crystal-ball", "key": "canary"}');
  expect(() => createProbe(unknown, (value) => value, {})).toThrow(/^there is no probe of kind "crystal-ball"$/);
});

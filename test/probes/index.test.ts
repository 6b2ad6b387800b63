import { expect, test } from 'vitest';
import { createProbe } from '../../src/adapters/probes.js';
import { memoryGauge } from '../../src/probes/memory.js';
import { json, startJsonServer } from '../web/json-server.js';

const patient = new AbortController().signal;

test('an http probe is built with its values filled in', async () => {
  const server = await startJsonServer();
  server.answerWith(json('{"a": 1}'));
  const fill = (value: string) => value.replace('$HOST', `127.0.0.1:${server.port}`).replace('$KEY', 'k');
  const config = { url: 'http://$HOST/', value: 'a', headers: { 'x-key': '$KEY' }, timeoutMs: 30_000 };
  expect(await createProbe({ kind: 'http', ...config }, { fill, network: {} }).measure(patient)).toMatchObject({
    value: 1,
  });
  expect(server.requests[0]?.headers['x-key']).toBe('k');
  await server.close();
});

test('a memory probe reads the gauge of its name', async () => {
  memoryGauge('by-index').set(9);
  const probe = createProbe({ kind: 'memory', name: 'by-index' }, { fill: (value) => value, network: {} });
  expect(await probe.measure(patient)).toMatchObject({ value: 9 });
});

test('an exec probe is built with the values of the variables it names', async () => {
  const run = ['sh', '-c', 'echo $DEPTH'];
  const fill = (value: string) => (value === `\${DEPTH}` ? '12' : value);
  const probe = createProbe({ kind: 'exec', run, env: ['DEPTH'], timeoutMs: 30_000 }, { fill, network: {} });
  expect(await probe.measure(patient)).toMatchObject({ value: 12 });
});

test('a sql probe is built with its address filled in', async () => {
  const fill = (value: string) => value.replace('$DATABASE', 'postgres://me:canary@169.254.169.254/shop');
  const config = { url: '$DATABASE', query: 'select 1', timeoutMs: 30_000 };
  const reading = await createProbe({ kind: 'sql', ...config }, { fill, network: {} }).measure(patient);
  expect(reading).toMatchObject({ unknown: 'refused_address' });
});

test('a kind nobody knows stops the start', () => {
  const unknown = JSON.parse('{"kind": "crystal-ball", "key": "canary"}');
  expect(() => createProbe(unknown, { fill: (value) => value, network: {} })).toThrow(
    /^there is no probe of kind "crystal-ball"$/,
  );
});

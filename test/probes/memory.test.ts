import { expect, test } from 'vitest';
import { createMemoryProbe, memoryGauge } from '../../src/probes/memory.js';
import { FAULTS, testProbe } from '../contracts/probe-contract.js';

const patient = new AbortController().signal;

testProbe('memory', async (timeoutMs) => {
  const gauge = memoryGauge('contract');
  gauge.reset();
  return {
    probe: createMemoryProbe('contract', timeoutMs),
    secret: 'there is no secret',
    answer(next) {
      if ('number' in next) gauge.set(next.number);
      else
        gauge.set(
          next.fault === 'a number beyond all bounds' ? Number.POSITIVE_INFINITY : { unknown: FAULTS[next.fault] },
        );
    },
    hangNext: () => gauge.hangNext(),
    close: async () => {},
  };
});

test('a gauge nobody has set reads no value', async () => {
  const probe = createMemoryProbe('a fresh gauge');
  expect(await probe.measure(patient)).toMatchObject({ unknown: 'no_value' });
});

test('readings in the queue come first, each once, in order', async () => {
  const gauge = memoryGauge('queued');
  gauge.set(1);
  gauge.enqueue(2, { unknown: 'timeout' }, 3);
  const probe = createMemoryProbe('queued');
  const seen = [];
  for (let at = 0; at < 5; at += 1) seen.push(await probe.measure(patient));
  expect(seen).toMatchObject([{ value: 2 }, { unknown: 'timeout' }, { value: 3 }, { value: 1 }, { value: 1 }]);
});

test('NaN is not a number', async () => {
  memoryGauge('nan').set(Number.NaN);
  expect(await createMemoryProbe('nan').measure(patient)).toMatchObject({ unknown: 'not_a_number' });
});

test('gauges of different names are apart', async () => {
  memoryGauge('left').set(1);
  memoryGauge('right').set(2);
  expect(await createMemoryProbe('left').measure(patient)).toMatchObject({ value: 1 });
});

test('a reading that was given up before it began takes nothing from the queue', async () => {
  memoryGauge('untouched').enqueue(5);
  const probe = createMemoryProbe('untouched');
  await probe.measure(AbortSignal.abort());
  expect(await probe.measure(patient)).toMatchObject({ value: 5 });
});

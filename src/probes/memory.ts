import type { UnknownReason } from '../rollout/health/why-unknown.js';
import { measureWithin } from './measure-within.js';
import { PROBE_TIMEOUT_MS, type Probe } from './probe.js';

/** What a gauge shows: a number, or why there is none. A number that is not finite reads as `not_a_number`. */
type GaugeValue = number | { readonly unknown: UnknownReason };

/** A number kept in this process: for trying a plan out and for tests. Everyone who names it shares it. */
export interface MemoryGauge {
  /** What every reading shows from now on, once the queue is empty. */
  set(value: GaugeValue): void;
  /** Readings to show first, each once, in this order. */
  enqueue(...values: readonly GaugeValue[]): void;
  /** The next reading never answers; it ends by its timeout or its signal. */
  hangNext(): void;
  /** Back to the beginning: no queue, `no_value`. */
  reset(): void;
}

interface GaugeState {
  shown: GaugeValue;
  queue: (GaugeValue | 'hang')[];
}

const gauges = new Map<string, GaugeState>();

/** The gauge of this name in this process. A new one reads `no_value`: nothing passes by default. */
export function memoryGauge(name: string): MemoryGauge {
  const state = gaugeState(name);
  return {
    set(value) {
      state.shown = value;
    },
    enqueue(...values) {
      state.queue.push(...values);
    },
    hangNext() {
      state.queue.push('hang');
    },
    reset() {
      state.shown = { unknown: 'no_value' };
      state.queue = [];
    },
  };
}

/** A probe that reads `memoryGauge(name)`. */
export function createMemoryProbe(name: string, timeoutMs = PROBE_TIMEOUT_MS): Probe {
  const state = gaugeState(name);
  return {
    kind: 'memory',
    measure: (signal) =>
      measureWithin({ timeoutMs, signal }, async () => {
        const shown = state.queue.shift() ?? state.shown;
        if (shown === 'hang') return new Promise<never>(() => {});
        if (typeof shown !== 'number') return { unknown: shown.unknown, detail: `the gauge ${name} says so` };
        if (!Number.isFinite(shown)) return { unknown: 'not_a_number', detail: `the gauge ${name} is not finite` };
        return { value: shown };
      }),
    close: async () => {},
  };
}

function gaugeState(name: string): GaugeState {
  const known = gauges.get(name);
  if (known) return known;
  const fresh: GaugeState = { shown: { unknown: 'no_value' }, queue: [] };
  gauges.set(name, fresh);
  return fresh;
}

/**
 * A target that lives in this process: for dry runs of a plan and for tests. Everyone who names the same store shares
 * it, and the store can be told to misbehave in the ways real targets do: fail, never answer, answer and apply later.
 */
import { plainPercent } from '../rollout/plan/exposure.js';
import { requirePercent } from './exposure.js';
import { NotRaisedError, requireAsSeen, type Target, TargetError, type TargetReading } from './target.js';

type MemoryOperation = 'set' | 'read' | 'rehearse';

interface MemoryCall {
  readonly operation: MemoryOperation;
  /** What a write was asked for. */
  readonly exposure?: number;
}

export interface MemoryStore {
  /** Percent that users really get. Assign it to model drift. */
  exposure: number;
  /** Assign true to model parts that do not agree. A write that applies makes them agree. */
  partial: boolean;
  /** Every call in the order it began, also those that failed or hung. */
  readonly calls: readonly MemoryCall[];
  /** The next call (of this operation, when given) throws `error` and writes nothing. */
  failNext(error: TargetError, operation?: MemoryOperation): void;
  /** The next call (of this operation, when given) ends only by its signal. A `set` keeps its write for `applyLate`. */
  hangNext(operation?: MemoryOperation): void;
  /** The next `set` answers at once, and its write happens when `schedule` runs it. */
  delayNext(schedule: (apply: () => void) => void): void;
  /** Applies the writes of hung calls, also of those given up since: a raise that lands after the rollback. */
  applyLate(): void;
  /** Back to the beginning: 0 %, no calls, no faults. */
  reset(): void;
}

type Fault =
  | { readonly kind: 'fail'; readonly error: TargetError; readonly operation: MemoryOperation | undefined }
  | { readonly kind: 'hang'; readonly operation: MemoryOperation | undefined }
  | { readonly kind: 'delay'; readonly schedule: (apply: () => void) => void; readonly operation: 'set' };

class Store implements MemoryStore {
  /** Rises with every write, also one of what is there already. */
  version = 0;
  #exposure = 0;
  #partial = false;
  calls: MemoryCall[] = [];
  #faults: Fault[] = [];
  #held: (() => void)[] = [];

  get exposure(): number {
    return this.#exposure;
  }

  set exposure(percent: number) {
    this.#exposure = percent;
    this.version += 1;
  }

  get partial(): boolean {
    return this.#partial;
  }

  set partial(partial: boolean) {
    this.#partial = partial;
    this.version += 1;
  }

  failNext(error: TargetError, operation?: MemoryOperation): void {
    this.#faults.push({ kind: 'fail', error, operation });
  }

  hangNext(operation?: MemoryOperation): void {
    this.#faults.push({ kind: 'hang', operation });
  }

  delayNext(schedule: (apply: () => void) => void): void {
    this.#faults.push({ kind: 'delay', schedule, operation: 'set' });
  }

  applyLate(): void {
    for (const apply of this.#held.splice(0)) apply();
  }

  reset(): void {
    this.exposure = 0;
    this.partial = false;
    this.calls = [];
    this.#faults = [];
    this.#held = [];
  }

  /** Runs one call: logs it, then applies its write in the way the next fault says. */
  async run(call: MemoryCall, signal: AbortSignal, write: () => void): Promise<void> {
    if (signal.aborted) throw givenUp(call.operation);
    this.calls.push(call);
    const fault = this.#takeFault(call.operation);
    if (fault?.kind === 'fail') throw fault.error;
    if (fault?.kind === 'delay') return fault.schedule(write);
    if (fault?.kind !== 'hang') return write();
    this.#held.push(write);
    await new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(givenUp(call.operation)), { once: true });
    });
  }

  #takeFault(operation: MemoryOperation): Fault | undefined {
    const at = this.#faults.findIndex((fault) => fault.operation === undefined || fault.operation === operation);
    return at < 0 ? undefined : this.#faults.splice(at, 1)[0];
  }
}

const stores = new Map<string, Store>();

/** The store of this name in this process; a new one stands at 0 %. */
export function memoryStore(name: string): MemoryStore {
  return storeOf(name);
}

/** A target that moves `memoryStore(store)`. */
export function createMemoryTarget(name: string, storeName: string): Target {
  const store = storeOf(storeName);
  const reading = (): TargetReading => ({
    exposure: store.exposure,
    partial: store.partial,
    detail: `${storeName} ${plainPercent(store.exposure)} ${store.exposure > 0 ? 'on' : 'off'}${store.partial ? ', in part' : ''}`,
    version: String(store.version),
  });
  const write = async (exposure: number, signal: AbortSignal): Promise<void> => {
    requirePercent(name, exposure);
    await store.run({ operation: 'set', exposure }, signal, () => {
      store.exposure = exposure;
      store.partial = false;
    });
  };
  return {
    name,
    kind: 'memory',
    keys: [`memory:${storeName}`],
    async raise(exposure, { signal, seen, mayWrite }) {
      requirePercent(name, exposure);
      requireAsSeen(name, seen, reading());
      if (!mayWrite()) throw new NotRaisedError(name, 'over');
      await write(exposure, signal);
    },
    async lower(exposure, signal) {
      requirePercent(name, exposure);
      await store.run({ operation: 'set', exposure }, signal, () => {
        store.exposure = Math.min(store.exposure, exposure);
        if (store.exposure === 0) store.partial = false;
      });
      return { note: null };
    },
    async read(signal) {
      await store.run({ operation: 'read' }, signal, () => {});
      return reading();
    },
    async rehearse(_places, signal) {
      await store.run({ operation: 'rehearse' }, signal, () => {});
      return { reading: reading(), notes: [] };
    },
    byHand: (exposure) => `set ${storeName} to ${plainPercent(exposure)} in the memory of the bot`,
    close: async () => {},
  };
}

function storeOf(name: string): Store {
  const known = stores.get(name);
  if (known) return known;
  const fresh = new Store();
  stores.set(name, fresh);
  return fresh;
}

function givenUp(operation: MemoryOperation): TargetError {
  return new TargetError('timeout', `the ${operation} was given up`, { retryable: true });
}

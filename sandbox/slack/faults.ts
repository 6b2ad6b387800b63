import type { Fault } from './types.js';

/** What a call is about, as far as faults look at it. */
export interface Called {
  method: string;
  channel?: string;
  slot?: string;
}

/** Faults waiting to happen. The oldest one that fits a call is used up first. */
export class Faults {
  #waiting: { fault: Fault; left: number }[] = [];
  #late: (() => void)[] = [];

  add(fault: Fault): void {
    this.#waiting.push({ fault, left: fault.times ?? 1 });
  }

  clear(): void {
    this.#waiting = [];
  }

  take(called: Called): Fault | undefined {
    const found = this.#waiting.find(({ fault }) => fits(fault, called));
    if (!found) return undefined;
    found.left -= 1;
    if (found.left <= 0) this.#waiting = this.#waiting.filter((other) => other !== found);
    return found.fault;
  }

  /** Keeps what a call asked for, until `carryOutLate`. */
  keep(work: () => void): void {
    this.#late.push(work);
  }

  carryOutLate(): number {
    const all = this.#late;
    this.#late = [];
    for (const work of all) work();
    return all.length;
  }
}

function fits({ method, channel, slot }: Fault, called: Called): boolean {
  if (method !== '*' && method !== called.method) return false;
  if (channel !== undefined && channel !== called.channel) return false;
  return slot === undefined || slot === called.slot;
}

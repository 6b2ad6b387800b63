import type { Fault } from './types.js';

/** Faults waiting to happen. The oldest one that fits a call is used up first. */
export class Faults {
  #waiting: { fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.#waiting.push({ fault, left: fault.times ?? 1 });
  }

  clear(): void {
    this.#waiting = [];
  }

  take(method: string): Fault | undefined {
    const found = this.#waiting.find(({ fault }) => fault.method === method || fault.method === '*');
    if (!found) return undefined;
    found.left -= 1;
    if (found.left <= 0) this.#waiting = this.#waiting.filter((other) => other !== found);
    return found.fault;
  }
}

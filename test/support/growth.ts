/** Processor time, not the clock's: on a busy machine the rest is others' work. */
function processorMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  return process.cpuUsage(before).user / 1_000;
}

const TRIES = 3;
/** Less than this is noise. */
const LEAST_MS = 5;

/** How many times as long something takes for four times as much: about 4 where it is linear, 16 where it is quadratic. The best of three tries. */
export function growth(most: number, work: (size: number) => void): number {
  const best = (size: number): number =>
    Math.min(...Array.from({ length: TRIES }, () => processorMs(() => work(Math.floor(size)))));
  return best(most) / Math.max(LEAST_MS, best(most / 4));
}

/** Between linear and quadratic. */
export const LINEAR = 10;

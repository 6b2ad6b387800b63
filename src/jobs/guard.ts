import type { Logger } from 'pino';

/** Runs a job under its name; never rejects. `instead`: what is done while too many of it are under way. */
export type Guard = (name: string, job: () => Promise<unknown>, instead?: () => Promise<unknown>) => Promise<void>;

/**
 * As many of one job may be under way. Ticks do not wait for each other, so a job that never ends would pile up. Every wait
 * in a job has a limit, and none is so long that this many seconds of them meet it.
 */
export const MOST_UNDER_WAY = 30;
const SAY_AGAIN_MS = 60_000;

/**
 * One job's failure stops no other: the database may be away for a moment, and the next tick finds what is due. Nor does a
 * job that hangs.
 */
export function createGuard(log: Logger): Guard {
  const underWay = new Map<string, number>();
  const saidAt = new Map<string, number>();

  function sayHangs(job: string): void {
    if (performance.now() - (saidAt.get(job) ?? Number.NEGATIVE_INFINITY) < SAY_AGAIN_MS) return;
    saidAt.set(job, performance.now());
    log.error({ job, underWay: MOST_UNDER_WAY }, 'a job does not end; no more of it are begun until one does');
  }

  const guard: Guard = async (name, job, instead) => {
    const count = underWay.get(name) ?? 0;
    if (count >= MOST_UNDER_WAY) {
      sayHangs(name);
      return instead && guard(`${name}: the least`, instead);
    }
    underWay.set(name, count + 1);
    try {
      await job();
    } catch (error) {
      log.error({ err: error, job: name }, 'job failed; what it left stays due');
    } finally {
      underWay.set(name, (underWay.get(name) ?? 1) - 1);
    }
  };
  return guard;
}

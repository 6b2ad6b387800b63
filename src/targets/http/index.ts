import type { HttpTargetConfig } from '../../rollout/plan/http-requests.js';
import type { NetworkRules } from '../../web/network.js';
import { requirePercent } from '../exposure.js';
import { scaleDoubt, valuesFor } from '../scale.js';
import { requireAsSeen, type Target, TargetError, type TargetReading } from '../target.js';
import { tenantsAt } from '../tenants.js';
import { curlForEach, curlLine } from './by-hand.js';
import { createFlag, type Flag } from './flag.js';
import { keyOf } from './key.js';
import type { FlagState } from './state.js';
import { type HttpActions, tenantParts } from './tenant-parts.js';
import type { CallTime } from './tenants.js';
import { keyWrite, writesOf } from './writes.js';

export interface HttpTargetOptions {
  /** Puts values in place of `${NAME}`; throws when one is not set. */
  readonly fill: (text: string) => string;
  readonly network: NetworkRules;
  /** The longest a whole call may take, all its requests together. Below LONGEST_TARGET_CALL_MS. */
  readonly callMs?: number;
  /** The longest one request may take. */
  readonly requestMs?: number;
  /** The least time a request to one of many tenants has before the others go first. */
  readonly leastMs?: number;
}

const CALL_MS = 8_000;
const REQUEST_MS = 4_000;
const LEAST_MS = 500;

/**
 * Tells a flag service over HTTP what to be and asks it what it is. `config` still holds `${NAME}`, for what a person is
 * shown. Throws TargetError `missing` for a variable that is not set, `rejected` when the configuration cannot be used.
 */
export function createHttpTarget(name: string, config: HttpTargetConfig, options: HttpTargetOptions): Target {
  const { fill, network, callMs = CALL_MS, requestMs = REQUEST_MS, leastMs = LEAST_MS } = options;
  const flag = createFlag(config, fill, { target: name, network, requestMs });
  const parts = config.per
    ? tenantParts(name, flag, { per: config.per, leastMs, mostMs: requestMs })
    : onePart(name, flag, config.scale ?? 100);
  const calls = callsUnderWay(callMs);
  return {
    name,
    kind: 'http',
    keys: [keyOf(keyWrite(config).url, fill)],
    async raise(exposure, { signal, seen, mayWrite }) {
      requirePercent(name, exposure);
      await calls.write(signal, async (time) => {
        // Asking every tenant once more would take as long as telling them: their order holds by `mayWrite` alone.
        if (!config.per) requireAsSeen(name, seen, await parts.read(time));
        await parts.set(exposure, time, mayWrite);
      });
    },
    async lower(exposure, signal) {
      requirePercent(name, exposure);
      return { note: await calls.write(signal, (time) => parts.lower(exposure, time)) };
    },
    read: (signal) => calls.read(signal, parts.read),
    rehearse: (places, signal) => calls.write(signal, (time) => parts.rehearse(time, places)),
    byHand: (exposure) => byHand(config, exposure),
    close: async () => calls.giveUp(),
  };
}

function onePart(target: string, flag: Flag, scale: number): HttpActions {
  const readingOf = ({ exposure, detail }: FlagState): TargetReading => ({
    exposure,
    partial: false,
    detail,
    version: null,
  });
  return {
    set: (exposure, { signal }, mayWrite) => flag.write(exposure, { signal, ...(mayWrite && { mayWrite }) }),
    lower: (exposure, { signal }) => flag.lower(exposure, { signal }),
    read: async ({ signal }) => readingOf(await flag.state({ signal })),
    async rehearse({ signal }, places) {
      const state = await flag.state({ signal });
      const doubt = scaleDoubt(state.value, scale, places);
      if (doubt !== undefined) throw new TargetError('rejected', doubt, { target, retryable: false });
      const note = await flag.writeBack(state, { signal });
      return { reading: readingOf(state), notes: note === null ? [] : [note] };
    },
  };
}

/** Each call ends by its signal and in its time. A newer write ends an older one that is still at it: the newer is what is wanted. */
function callsUnderWay(callMs: number) {
  const writes = new Set<AbortController>();
  const reads = new Set<AbortController>();
  const run = async <T>(kind: Set<AbortController>, signal: AbortSignal, work: (time: CallTime) => Promise<T>) => {
    const own = new AbortController();
    kind.add(own);
    try {
      const ends = AbortSignal.any([signal, own.signal, AbortSignal.timeout(callMs)]);
      return await work({ signal: ends, endsAt: performance.now() + callMs });
    } finally {
      kind.delete(own);
    }
  };
  return {
    read: <T>(signal: AbortSignal, work: (time: CallTime) => Promise<T>) => run(reads, signal, work),
    write<T>(signal: AbortSignal, work: (time: CallTime) => Promise<T>): Promise<T> {
      for (const older of writes) older.abort();
      return run(writes, signal, work);
    },
    giveUp() {
      for (const call of [...writes, ...reads]) call.abort();
    },
  };
}

/** Several requests are told one after the other, whatever became of those before. */
function byHand({ set, off, per, scale }: HttpTargetConfig, exposure: number): string {
  const line = (percent: number, tenants?: readonly string[]) => {
    const values = valuesFor(percent, percent > 0, scale);
    return writesOf(percent === 0 && off ? off : set)
      .map((request) => (tenants ? curlForEach(request, values, tenants) : curlLine(request, values)))
      .join('; ');
  };
  if (!per) return line(exposure);
  const on = tenantsAt(per, exposure);
  const parts = [line(0, per.list.slice(on.length)), line(100, on)];
  return parts.filter((part) => part !== '').join('; ');
}

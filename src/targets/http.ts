import type { HttpTargetConfig } from '../rollout/http-requests.js';
import type { NetworkRules } from '../web/network.js';
import { isGood } from '../web/request.js';
import { requirePercent } from './exposure.js';
import { curlForEach, curlLine } from './http-by-hand.js';
import { callFor, notFound, type Sending, sendRead, sendWrite } from './http-calls.js';
import { keyOf } from './http-key.js';
import { ABSENT, type FlagState, stateReader } from './http-state.js';
import { placeholdersIn, type Values } from './http-templates.js';
import { eachTenant, readingOfTenants } from './http-tenants.js';
import type { Target, TargetReading } from './target.js';
import { tenantsAt } from './tenants.js';

export interface HttpTargetOptions {
  /** Puts values in place of `${NAME}`; throws when one is not set. */
  readonly fill: (text: string) => string;
  readonly network: NetworkRules;
  /** The longest a whole call may take, all its requests together. Below LONGEST_TARGET_CALL_MS. */
  readonly callMs?: number;
  readonly requestMs?: number;
}

const CALL_MS = 8_000;
const REQUEST_MS = 4_000;

/**
 * Tells a flag service over HTTP what to be and asks it what it is. `config` still holds `${NAME}`, for what a person is
 * shown. Throws TargetError `missing` for a variable that is not set, `rejected` when the configuration cannot be used.
 */
export function createHttpTarget(name: string, config: HttpTargetConfig, options: HttpTargetOptions): Target {
  const { fill, network, callMs = CALL_MS, requestMs = REQUEST_MS } = options;
  const flag = flagCalls(config, fill, { target: name, network, requestMs });
  const parts = config.per ? tenantParts(name, flag, config.per) : onePart(flag);
  const calls = callsUnderWay(callMs);
  return {
    name,
    kind: 'http',
    keys: [keyOf(config.set.url, fill)],
    async set(exposure, signal) {
      requirePercent(name, exposure);
      await calls.write(signal, (ends) => parts.set(exposure, ends));
    },
    read: (signal) => calls.read(signal, parts.read),
    rehearse: (signal) => calls.write(signal, parts.rehearse),
    byHand: (exposure) => byHand(config, exposure),
    close: async () => calls.giveUp(),
  };
}

type Flag = ReturnType<typeof flagCalls>;

/** Telling and asking about one flag, or one tenant's. */
function flagCalls({ set, off, read }: HttpTargetConfig, fill: (text: string) => string, sending: Sending) {
  const { target } = sending;
  const calls = { set: callFor(target, 'set', set, fill), read: callFor(target, 'read', read, fill) };
  const callOff = off && callFor(target, 'off', off, fill);
  const stateOf = stateReader(target, read);
  const setSaysEnabled = placeholdersIn([set.url, set.body]).has('enabled');

  const write = (values: Values, signal: AbortSignal): Promise<void> => {
    const turnsOff = values.exposure === 0 || !values.enabled;
    const request = turnsOff && callOff ? { call: callOff, values, of: off } : { call: calls.set, values, of: set };
    const gone = request.of === off && read.absent === 'off' ? 404 : undefined;
    const expects = (status: number) => status === gone || (request.of?.expect?.includes(status) ?? isGood(status));
    return sendWrite(sending, { ...request, expects }, signal);
  };
  return {
    /** Makes it this percent; 0 is off. */
    write: (exposure: number, signal: AbortSignal, tenant?: string) =>
      write({ exposure, enabled: exposure > 0, ...(tenant !== undefined && { tenant }) }, signal),

    /** Makes it what it is: a percentage that waits behind a switch stays there, where `set` can say both. */
    writeBack(state: FlagState, signal: AbortSignal, tenant?: string): Promise<void> {
      const { enabled } = state;
      const exposure = enabled || (setSaysEnabled && !off) ? (state.value ?? state.exposure) : 0;
      return write({ exposure, enabled, ...(tenant !== undefined && { tenant }) }, signal);
    },

    async state(signal: AbortSignal, tenant?: string): Promise<FlagState> {
      const values = { exposure: 0, enabled: false, ...(tenant !== undefined && { tenant }) };
      const answer = await sendRead(sending, { call: calls.read, values }, signal);
      if (answer !== 'absent') return stateOf(answer);
      if (read.absent === 'off') return ABSENT;
      throw notFound(target, calls.read(values).url.host);
    },
  };
}

interface Parts {
  set(exposure: number, signal: AbortSignal): Promise<void>;
  read(signal: AbortSignal): Promise<TargetReading>;
  rehearse(signal: AbortSignal): Promise<TargetReading>;
}

function onePart(flag: Flag): Parts {
  const readingOf = ({ exposure, detail }: FlagState): TargetReading => ({ exposure, partial: false, detail });
  return {
    set: flag.write,
    read: async (signal) => readingOf(await flag.state(signal)),
    async rehearse(signal) {
      const state = await flag.state(signal);
      await flag.writeBack(state, signal);
      return readingOf(state);
    },
  };
}

function tenantParts(target: string, flag: Flag, per: NonNullable<HttpTargetConfig['per']>): Parts {
  const { list: tenants, concurrency } = per;
  const states = (signal: AbortSignal) => {
    const call = (tenant: string) => flag.state(signal, tenant);
    return eachTenant({ target, verb: 'asked', concurrency, tenants, call }, signal);
  };
  return {
    async set(exposure, signal) {
      const on = new Set(tenantsAt(per, exposure));
      // Those who lose it come first: when time runs out, too few have it rather than too many.
      const inOrder = [...tenants.filter((tenant) => !on.has(tenant)), ...on];
      const call = (tenant: string) => flag.write(on.has(tenant) ? 100 : 0, signal, tenant);
      await eachTenant({ target, verb: 'told', concurrency, tenants: inOrder, call }, signal);
    },
    read: async (signal) => readingOfTenants(per, await states(signal)),
    async rehearse(signal) {
      const found = await states(signal);
      const of = new Map(tenants.map((tenant, index) => [tenant, found[index] ?? ABSENT]));
      const call = (tenant: string) => flag.writeBack(of.get(tenant) ?? ABSENT, signal, tenant);
      await eachTenant({ target, verb: 'told', concurrency, tenants, call }, signal);
      return readingOfTenants(per, found);
    },
  };
}

/** Each call ends by its signal and in its time. A newer write ends an older one that is still at it: the newer is what is wanted. */
function callsUnderWay(callMs: number) {
  const writes = new Set<AbortController>();
  const reads = new Set<AbortController>();
  const run = async <T>(kind: Set<AbortController>, signal: AbortSignal, work: (ends: AbortSignal) => Promise<T>) => {
    const own = new AbortController();
    kind.add(own);
    try {
      return await work(AbortSignal.any([signal, own.signal, AbortSignal.timeout(callMs)]));
    } finally {
      kind.delete(own);
    }
  };
  return {
    read: <T>(signal: AbortSignal, work: (ends: AbortSignal) => Promise<T>) => run(reads, signal, work),
    write<T>(signal: AbortSignal, work: (ends: AbortSignal) => Promise<T>): Promise<T> {
      for (const older of writes) older.abort();
      return run(writes, signal, work);
    },
    giveUp() {
      for (const call of [...writes, ...reads]) call.abort();
    },
  };
}

function byHand({ set, off, per }: HttpTargetConfig, exposure: number): string {
  const line = (percent: number, tenants?: readonly string[]) => {
    const request = percent === 0 && off ? off : set;
    const values = { exposure: percent, enabled: percent > 0 };
    return tenants ? curlForEach(request, values, tenants) : curlLine(request, values);
  };
  if (!per) return line(exposure);
  const on = tenantsAt(per, exposure);
  const parts = [line(0, per.list.slice(on.length)), line(100, on)];
  return parts.filter((part) => part !== '').join('; ');
}

import type { HttpTargetConfig } from '../../rollout/plan/http-requests.js';
import { NotRaisedError, type Rehearsal, type TargetReading } from '../target.js';
import { tenantsAt } from '../tenants.js';
import type { Flag } from './flag.js';
import { ABSENT } from './state.js';
import { type CallTime, eachTenant, readInPart, readingOfTenants } from './tenants.js';
import { createTurns, type Turns } from './turns.js';

/** What the http target does, within the time of one call. Each throws TargetError. */
export interface HttpActions {
  /** `mayWrite`: of a raise, asked before each request goes out. Throws NotRaisedError when it was no before the first. */
  set(exposure: number, time: CallTime, mayWrite?: () => boolean): Promise<void>;
  /** Never up. Answers what people should know, null when there is nothing. */
  lower(exposure: number, time: CallTime): Promise<string | null>;
  read(time: CallTime): Promise<TargetReading>;
  /** `places`: the percentages the plan knows. */
  rehearse(time: CallTime, places: readonly number[]): Promise<Rehearsal>;
}

export interface TenantOptions {
  readonly per: NonNullable<HttpTargetConfig['per']>;
  /** The least and the most one request may take. */
  readonly leastMs: number;
  readonly mostMs: number;
}

/** Telling everybody one exposure, up or down; it may take several tries. */
interface Round {
  readonly way: 'set' | 'lower';
  readonly exposure: number;
  readonly turns: Turns;
  readonly told: Set<string>;
}

/** One flag per tenant. A try that could not tell everybody is gone on with by the next one for the same exposure. */
export function tenantParts(target: string, flag: Flag, { per, leastMs, mostMs }: TenantOptions): HttpActions {
  const { list: tenants, concurrency } = per;
  const asking = createTurns();
  let round: Round | undefined;

  const states = async (time: CallTime) => {
    const call = (tenant: string, limitMs: number) => flag.state({ signal: time.signal, tenant, limitMs });
    const order = { tenants: asking.toAsk(tenants), turns: asking, done: new Set<string>() };
    const limits = { ...time, leastMs, mostMs };
    const { results, error } = await eachTenant({ target, verb: 'asked', concurrency, ...order, time: limits, call });
    if (error) throw readInPart(per, results, error);
    return tenants.map((tenant) => results.get(tenant) ?? ABSENT);
  };

  const tell = async (
    { turns, told }: Pick<Round, 'turns' | 'told'>,
    inOrder: readonly string[],
    time: CallTime,
    call: (tenant: string, limitMs: number) => Promise<void>,
  ) => {
    const order = { tenants: turns.toTell(inOrder), turns, done: told };
    const limits = { ...time, leastMs, mostMs };
    const { error } = await eachTenant({ target, verb: 'told', concurrency, ...order, time: limits, call });
    if (error) throw error;
  };

  const roundOf = (way: Round['way'], exposure: number): Round => {
    if (round?.exposure !== exposure || round.way !== way)
      round = { way, exposure, turns: createTurns(), told: new Set() };
    return round;
  };

  return {
    async set(exposure, time, mayWrite) {
      const mine = roundOf('set', exposure);
      const on = new Set(tenantsAt(per, exposure));
      // Those who lose it come first: when time runs out, too few have it rather than too many.
      const inOrder = [...tenants.filter((tenant) => !on.has(tenant)), ...on];
      let written = false;
      const gate =
        mayWrite &&
        (() => {
          const may = mayWrite();
          written ||= may;
          return may;
        });
      const order = { signal: time.signal, ...(gate && { mayWrite: gate }) };
      try {
        await tell(mine, inOrder, time, (tenant, limitMs) =>
          flag.write(on.has(tenant) ? 100 : 0, { ...order, tenant, limitMs }),
        );
      } catch (error) {
        if (mayWrite && !mayWrite() && !written) throw new NotRaisedError(target, 'over');
        throw error;
      }
      // Everybody was told: whoever asks for it again wants all of them told again.
      if (round === mine) round = undefined;
    },
    async lower(exposure, time) {
      const mine = roundOf('lower', exposure);
      const on = new Set(tenantsAt(per, exposure));
      const notes = new Map<string, number>();
      // Those who keep it are not told: somebody may have taken it from them.
      const losing = tenants.filter((tenant) => !on.has(tenant));
      await tell(mine, losing, time, async (tenant, limitMs) => {
        const note = await flag.lower(0, { signal: time.signal, tenant, limitMs });
        if (note !== null) notes.set(note, (notes.get(note) ?? 0) + 1);
      });
      if (round === mine) round = undefined;
      return counted(notes, losing.length).join('; ') || null;
    },
    read: async (time) => readingOfTenants(per, await states(time)),
    async rehearse(time) {
      round = undefined;
      const found = await states(time);
      const of = new Map(tenants.map((tenant, index) => [tenant, found[index] ?? ABSENT]));
      const notes = new Map<string, number>();
      await tell({ turns: createTurns(), told: new Set() }, tenants, time, async (tenant, limitMs) => {
        const note = await flag.writeBack(of.get(tenant) ?? ABSENT, { signal: time.signal, tenant, limitMs });
        if (note !== null) notes.set(note, (notes.get(note) ?? 0) + 1);
      });
      return { reading: readingOfTenants(per, found), notes: counted(notes, tenants.length) };
    },
  };
}

/** What was said of tenants, and of how many. */
function counted(notes: ReadonlyMap<string, number>, all: number): string[] {
  return [...notes].map(([note, count]) => (count === all ? note : `${count} of ${all} tenants: ${note}`));
}

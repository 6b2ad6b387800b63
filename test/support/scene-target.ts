/** What users get in a scene: in the memory of the bot, or in a real flag table. A test reads and moves both in the same words. */
import { type MemoryStore, memoryStore } from '../../src/targets/memory.js';
import { createFlagTable, type FlagTable } from '../targets/flag-table.js';

export type TargetKind = 'memory' | 'postgres';
export const TARGETS: readonly TargetKind[] = ['memory', 'postgres'];

export interface SceneTarget {
  /** As a test sees it; on a table it is what stood there when the scene last settled. */
  readonly store: MemoryStore;
  /** The table itself, for what its owner may do to it. */
  readonly table: FlagTable | undefined;
  /** The plan with this target in the place of the scene's memory target. */
  inPlan(text: string): string;
  /** Puts values in place of what `inPlan` left open. */
  fill(value: string): string;
  /** What a test assigned is in the table, and what the bot wrote there is in `store`. */
  meet(): Promise<void>;
  close(): Promise<void>;
}

export function memoryTarget(name: string): SceneTarget {
  return {
    store: memoryStore(name),
    table: undefined,
    inPlan: (text) => text,
    fill: (value) => value,
    meet: async () => undefined,
    close: async () => undefined,
  };
}

const IN_MEMORY = '{ kind: memory, name: $TARGET }';
const ADDRESS = `\${SCENE_FLAGS_URL}`;
const IN_TABLE = `{ kind: postgres, url: "${ADDRESS}", table: feature_flags, rows: { name: [NEW_CHECKOUT, NEW_CART] }, columns: { exposure: rollout_percentage, enabled: enabled, updated_at: updated_at } }`;

/** Notes what the bot's role writes, as many teams' tables do; what a rehearsal tries leaves nothing. */
const MOVES = (role: string) => `
  create table moves (no serial primary key, exposure float8 not null);
  create function note_move() returns trigger security definer language plpgsql as $$ begin
    if session_user = '${role}' then
      insert into moves (exposure) values (case when new.enabled then new.rollout_percentage else 0 end);
    end if;
    return null; end $$;
  create trigger note_move after update on feature_flags for each row when (new.name = 'NEW_CHECKOUT') execute function note_move()`;

interface Found {
  readonly exposure: number;
  readonly partial: boolean;
  readonly others: number;
  readonly moves: number[];
}

const FOUND = `select max(at)::float8 as exposure, count(distinct at) > 1 as partial,
    (select count(*)::int from feature_flags where name not like 'NEW%' and (enabled or updated_at > '2020-01-01')) as others,
    array(select exposure from moves order by no) as moves
  from (select case when enabled then rollout_percentage else 0 end as at from feature_flags where name like 'NEW%') as named`;

/** A table with two rows that the plan names and one that it does not, which has to stay as it is. */
export async function tableTarget(): Promise<SceneTarget> {
  const table = await createFlagTable();
  await table.sql(MOVES(table.role));
  let at: Found = { exposure: 0, partial: false, others: 0, moves: [] };
  let assigned: Promise<unknown> = Promise.resolve();
  const assign = (set: string, where: string, values: readonly unknown[] = []) => {
    const write = table.sql(`update feature_flags set ${set} where ${where}`, values);
    assigned = Promise.all([assigned, write]);
  };
  const never = (what: string) => () => {
    throw new Error(`a table cannot be told to ${what}: take a right away, lock a row or cut the wire instead`);
  };
  const store: MemoryStore = {
    get exposure() {
      return at.exposure;
    },
    set exposure(exposure) {
      at = { ...at, exposure };
      assign('enabled = $1 > 0, rollout_percentage = $1', `name like 'NEW%'`, [exposure]);
    },
    get partial() {
      return at.partial;
    },
    set partial(partial) {
      at = { ...at, partial };
      assign(`enabled = $1`, `name = 'NEW_CART'`, [!partial && at.exposure > 0]);
    },
    get calls() {
      return at.moves.map((exposure) => ({ operation: 'set' as const, exposure }));
    },
    failNext: never('fail'),
    hangNext: never('hang'),
    delayNext: never('write late'),
    applyLate: never('write late'),
    reset: never('begin again'),
  };
  return {
    store,
    table,
    inPlan: (text) => text.replaceAll(IN_MEMORY, IN_TABLE),
    fill: (value) => value.replaceAll(ADDRESS, table.url),
    async meet() {
      await assigned;
      at = (await table.sql<Found>(FOUND))[0] ?? at;
      if (at.others > 0) throw new Error('a row that the plan does not name was written');
    },
    close: () => table.close(),
  };
}

/** How the blocks of the postgres target say what they did: as JSON in a setting, which the statement behind the block reads. */

/** What became of one part, as a block says it. */
export interface PartOutcome {
  /** A flag's name; for `users` and `tenants` who it is, empty for all of them. */
  readonly name: string;
  readonly kind: 'own' | 'users' | 'tenants';
  /** How many rows there are; null when that was not counted. */
  readonly rows: number | null;
  /** Position in `ownWrites`; null: no write took it down. */
  readonly rung: number | null;
  /** Why the writes before did not do. */
  readonly error: SqlRefusal | null;
}

export interface SqlRefusal {
  readonly code: string;
  readonly message: string;
  readonly column: string;
  readonly constraint: string;
}

/** Where a block leaves what it has to say, for the statement behind it. */
const SAID = 'rollout_bot.said';
export const SAY = `SELECT current_setting('${SAID}') AS said`;

/** The first refusal says why; those of smaller writes are mostly the same. */
export function remember(): string {
  return `GET STACKED DIAGNOSTICS rb_text = MESSAGE_TEXT, rb_column = COLUMN_NAME, rb_constraint = CONSTRAINT_NAME;
rb_error := coalesce(rb_error, jsonb_build_object('code', SQLSTATE, 'message', rb_text, 'column', rb_column, 'constraint', rb_constraint));`;
}

export function saidBy(expression: string): string {
  return `PERFORM set_config('${SAID}', (${expression})::text, false);`;
}

/** What a block said. Throws when it is not what a block says. */
export function outcomesIn(said: unknown): PartOutcome[] {
  const list: unknown = typeof said === 'string' ? JSON.parse(said) : said;
  return Array.isArray(list) ? list.map(outcomeOf) : [];
}

export function outcomeOf(entry: unknown): PartOutcome {
  const { name, kind, rows, rung, error }: { [key in keyof PartOutcome]?: unknown } = entry ?? {};
  return {
    name: String(name),
    kind: kind === 'users' || kind === 'tenants' ? kind : 'own',
    rows: typeof rows === 'number' ? rows : null,
    rung: typeof rung === 'number' ? rung : null,
    error: refusedOf(error),
  };
}

export function refusedOf(error: unknown): SqlRefusal | null {
  if (typeof error !== 'object' || error === null) return null;
  const { code, message, column, constraint }: { [key in keyof SqlRefusal]?: unknown } = error;
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  return { code: text(code), message: text(message), column: text(column), constraint: text(constraint) };
}

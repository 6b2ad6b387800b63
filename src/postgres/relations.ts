/**
 * Where a table is that a statement did not find. Postgres looks a bare name up in the schemas of the search path that the role
 * may use, and says "does not exist" for a table in any other. The catalog names it all the same: everybody may read it.
 */

/** Asks one statement. Throws what the connection throws. */
export type Ask = (text: string, values: string[]) => Promise<{ readonly rows: readonly unknown[] }>;

export interface TableName {
  readonly schema?: string | undefined;
  readonly name: string;
}

interface Found {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  /** Whether the role may use the schema. */
  readonly usable: boolean;
  readonly role: string;
  /** Position of the schema in the search path; -1: a bare name is not looked up there. */
  readonly step: number;
}

export interface RelationLookup {
  /** The table that is meant; absent where no table has exactly this name. `name`: for statements, quoted. */
  readonly table?: { readonly oid: string; readonly name: string };
  /** `USAGE ON SCHEMA "ops" TO "mover"`, where that right is missing. */
  readonly grant?: string;
  /** What the statement should have said instead: at most three. */
  readonly instead: readonly string[];
}

const MOST_NAMED = 3;

const LIKE_IT = `SELECT c.oid::text AS oid, n.nspname::text AS schema, c.relname::text AS name,
    pg_catalog.has_schema_privilege(n.oid, 'USAGE') AS usable, current_user::text AS role,
    pg_catalog.current_setting('search_path') AS path
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND pg_catalog.lower(c.relname) = pg_catalog.lower($1)
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  ORDER BY n.nspname, c.relname LIMIT 50`;

/** `spelled`: how the statement writes the name of a table, and of its schema where it needs one. */
export async function whereabouts(
  ask: Ask,
  named: TableName,
  spelled: (name: string, schema?: string) => string,
): Promise<RelationLookup> {
  const { rows } = await ask(LIKE_IT, [named.name]);
  const found = rows.map(foundOf);
  const [meant] = found
    .filter(({ schema, step, name }) => name === named.name && (named.schema ? schema === named.schema : step >= 0))
    .sort((a, b) => Number(b.usable) - Number(a.usable) || a.step - b.step);
  if (meant) {
    const grant = meant.usable ? {} : { grant: grantOf(meant) };
    // Whoever grants may have another search path.
    const inSchema = meant.schema === 'public' ? [] : [meant.schema];
    const name = [...inSchema, meant.name].map(identifier).join('.');
    return { table: { oid: meant.oid, name }, ...grant, instead: [] };
  }
  // The same name elsewhere is a likelier slip than another name here.
  const [first, ...rest] = found
    .sort((a, b) => Number(b.name === named.name) - Number(a.name === named.name) || rank(a) - rank(b))
    .slice(0, MOST_NAMED);
  if (!first) return { instead: [] };
  const instead = [first, ...rest].map(({ schema, name, step, usable }) =>
    step >= 0 && usable ? spelled(name) : spelled(name, schema),
  );
  return { ...(!first.usable && rest.length === 0 && { grant: grantOf(first) }), instead };
}

/** Schemas of the search path first, in its order. */
function rank({ step }: Found): number {
  return step < 0 ? Number.MAX_SAFE_INTEGER : step;
}

function grantOf({ schema, role }: Found): string {
  return `USAGE ON SCHEMA ${identifier(schema)} TO ${identifier(role)}`;
}

function foundOf(row: unknown): Found {
  const { oid, schema, name, usable, role, path }: Record<string, unknown> = Object(row);
  const [inSchema, asRole] = [String(schema), String(role)];
  return {
    oid: String(oid),
    schema: inSchema,
    name: String(name),
    usable: usable === true,
    role: asRole,
    step: schemasOf(String(path), asRole).indexOf(inSchema),
  };
}

/** The names in `"$user", public`, quoted or not. */
function schemasOf(path: string, role: string): string[] {
  const names = path.match(/"(?:[^"]|"")*"|[^\s",]+/g) ?? [];
  return names.map(plainName).map((name) => (name === '$user' ? role : name));
}

/** An identifier as the catalog has it: without its quotes, or in lower case. */
export function plainName(written: string): string {
  return written.startsWith('"') ? written.slice(1, -1).replaceAll('""', '"') : written.toLowerCase();
}

export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

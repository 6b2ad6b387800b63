/** What can be wrong with a plan file, and how it is said: where, what was expected, what was found. */

/** Closed list; `docs/reference/plan-file.md` explains each. */
export const PROBLEM_CODES = [
  'unreadable', // the file could not be opened, or is not UTF-8
  'too_large', // the file, or what its aliases unfold to
  'syntax', // not YAML 1.2, or YAML that plans do not use (tags, several documents)
  'duplicate_key',
  'missing', // a required key is not there
  'invalid', // a value of the wrong type or form
  'unknown_key',
  'unknown_kind',
  'not_supported_yet',
  'name_mismatch', // `plan` is not the file's name
  'reserved', // a name that commands read as something else
  'duplicate', // the same stage, role or row twice
  'unknown_role',
  'unknown_check',
  'unknown_stage',
  'unknown_item', // `needs` names an item that its list does not have
  'circle', // items that need each other
  'order', // exposure falls, a rollback would raise it, or a time span ends before it begins
  'population', // who gets a stage is not said, said twice, or what a target cannot move
  'limit', // limits that contradict each other or are missing
  'silence', // an alert check that does not say what silence means, or says it twice
  'quorum', // more approvals than there are approvers
  'nothing_after', // the last stage would go on by itself
  'placeholder', // {{name}} that its post does not have, or braces without their other half
  'variable', // ${NAME} malformed, or where it is not allowed
  'bot_variable', // ${NAME} of the bot's own secrets
  'secret_in_clear',
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

/** YAML takes braces without quotes for a mapping. */
export const QUOTE_BRACES = 'expected quotes around a text with {{…}}, found none';

/** Keys and indexes (from 0) that lead to a value. */
export type Path = readonly (string | number)[];

/**
 * A problem before its place in the text is known. `on: 'key'` points at the key instead of the value, `part` at the
 * first place in the value where these words stand.
 */
export interface Finding {
  readonly code: ProblemCode;
  readonly path: Path;
  readonly on?: 'key';
  readonly part?: string;
  readonly message: string;
  /** What may have been meant, said behind the message: `; did you mean "stages"?`; '' where nothing is near. */
  readonly guess?: string;
}

export interface Problem {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** Such as `stages[1].bake`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
  readonly code: ProblemCode;
}

/** `file:line:column path: message`, the form editors and terminals make into links. */
export function formatProblem(file: string, problem: Problem): string {
  const path = problem.path === '' ? '' : ` ${problem.path}`;
  return `${file}:${problem.line}:${problem.column}${path}: ${problem.message}`;
}

export function formatPath(path: Path): string {
  return path.map(step).join('');
}

function step(part: string | number, index: number): string {
  if (typeof part === 'number') return `[${part}]`;
  if (!/^[\w-]{1,80}$/.test(part)) return `[${quote(part)}]`;
  return index === 0 ? part : `.${part}`;
}

/** The one form of a message. The value of a key that may hold a secret is never repeated. */
export function expected(what: string, found: unknown, options: { secret?: boolean } = {}): string {
  return `expected ${what}, found ${options.secret === true ? describeType(found) : describe(found)}`;
}

function describe(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return `the number ${value}`;
  if (typeof value === 'boolean') return String(value);
  return describeType(value);
}

function describeType(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'string') return value === '' ? 'an empty text' : 'another text';
  if (typeof value === 'object') return Object.keys(value).length === 0 ? 'an empty mapping' : 'a mapping';
  return `a ${typeof value}`;
}

const QUOTED_CHARS = 4_000;

/** Text from a file on its way to a terminal or Slack: short, on one line, nothing invisible, and no user or password of an address. */
export function quote(text: string): string {
  // Before it is cut, or half a password would stand there without the sign that it is one.
  const safe = text.slice(0, QUOTED_CHARS).replace(/(?<=:\/\/)[^\s/?#@]*(?=@)/g, '…');
  const short = safe.length > 60 ? `${safe.slice(0, 60)}…` : safe;
  return JSON.stringify(short).replace(/[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]/gu, '?');
}

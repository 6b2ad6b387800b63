/** What can be seen to be wrong with a query of a Postgres database without asking it: more than one statement, values nobody gives. Pure. */

/** Why this query cannot be right; undefined when nothing is seen. */
export function sqlTrouble(query: string): string | undefined {
  const read = withoutTexts(query);
  if ('trouble' in read) return read.trouble;
  const { code } = read;
  const [, ...more] = code.split(';').map((part) => part.trim());
  if (more.some((part) => part !== '')) return 'one statement, found another one behind ;';
  const [value] = PLACEHOLDER.exec(withoutCasts(code)) ?? [];
  if (value !== undefined) return `values written out, found ${value.trim()}, which nobody fills in`;
  return bracketTrouble(code) ?? endTrouble(code);
}

/** `$1`, `:name`, `?`, `%(name)s`, `{{name}}`, `${name}` and the macros of a dashboard. */
const PLACEHOLDER =
  /\$\{?(?:__)?\w{1,60}\}?|\{\{[^{}\n]{0,60}\}\}|(?<![:\w]):[A-Za-z_]\w{0,60}|[=<>(,]\s{0,20}\?|%\(\w{1,60}\)s\b/;

/** `a::int`, slices `a[1:n]` and `:=` are no values to be filled in. */
function withoutCasts(code: string): string {
  return code
    .replaceAll('::', '  ')
    .replaceAll(':=', '  ')
    .replaceAll(/\[[^[\]]{0,200}\]/g, (slice) => ' '.repeat(slice.length));
}

function bracketTrouble(code: string): string | undefined {
  let open = 0;
  for (const char of code) {
    if (char === '(') open += 1;
    if (char === ')') open -= 1;
    if (open < 0) return 'a ( for every ), found one without';
  }
  return open > 0 ? 'a ) for every (, found one without' : undefined;
}

const OPEN_WORDS = ['and', 'or', 'where', 'from', 'by', 'select', 'having', 'join', 'on', 'union', 'in', 'not'];

function endTrouble(code: string): string | undefined {
  const text = code.trim().replace(/;$/, '').trim();
  const [sign] = /[,+/=<>|&-]$/.exec(text) ?? [];
  const word = text.slice(text.search(/\w{0,20}$/));
  const before = text.slice(0, text.length - word.length).trimEnd();
  // Behind `as` any word may be a name.
  const open = OPEN_WORDS.includes(word.toLowerCase()) && !/\bas$/i.test(before);
  const end = sign ?? (open ? word : undefined);
  return end === undefined ? undefined : `something behind ${end}, found the end of the query`;
}

/** Texts, names in quotes, dollar quotes and comments are blanked out, so that nothing inside them is taken for code. */
function withoutTexts(query: string): { readonly code: string } | { readonly trouble: string } {
  let code = '';
  for (let at = 0; at < query.length; ) {
    const piece = pieceAt(query, at);
    if (piece === undefined) {
      code += query.charAt(at);
      at += 1;
      continue;
    }
    if (piece.end < 0) return { trouble: `an end of every ${piece.what}, found one without` };
    code += piece.what === 'comment' ? ' ' : '""';
    at = piece.end;
  }
  return { code };
}

interface Piece {
  readonly what: 'text' | 'name in quotes' | 'comment';
  /** Behind it; -1 when it does not end. */
  readonly end: number;
}

function pieceAt(query: string, at: number): Piece | undefined {
  const two = query.slice(at, at + 2);
  if (two === '--') {
    const end = query.indexOf('\n', at);
    return { what: 'comment', end: end < 0 ? query.length : end };
  }
  if (two === '/*') return { what: 'comment', end: endOfBlock(query, at) };
  const char = query.charAt(at);
  const escapes = char === "'" && /(?:^|[^\w])e$/i.test(query.slice(Math.max(0, at - 2), at));
  if (char === "'") return { what: 'text', end: endOfQuoted(query, at, escapes) };
  if (char === '"') return { what: 'name in quotes', end: endOfQuoted(query, at, false) };
  const tag = char === '$' && !/\w$/.test(query.slice(Math.max(0, at - 1), at)) ? dollarTag(query, at) : undefined;
  if (tag === undefined) return undefined;
  const end = query.indexOf(tag, at + tag.length);
  return { what: 'text', end: end < 0 ? -1 : end + tag.length };
}

/** `$$` or `$body$`. */
function dollarTag(query: string, at: number): string | undefined {
  return /^\$(?:[A-Za-z_]\w{0,60})?\$/.exec(query.slice(at, at + 64))?.[0];
}

/** Comments of Postgres stand in each other. */
function endOfBlock(query: string, from: number): number {
  let open = 0;
  for (let at = from; at < query.length; at += 1) {
    const two = query.slice(at, at + 2);
    if (two === '/*') open += 1;
    if (two === '*/') open -= 1;
    if (two === '/*' || two === '*/') at += 1;
    if (open === 0) return at + 1;
  }
  return -1;
}

/** Two quotes are one inside it; with `escapes` a backslash hides the next character. */
function endOfQuoted(query: string, from: number, escapes: boolean): number {
  const quote = query.charAt(from);
  for (let at = from + 1; at < query.length; at += 1) {
    if (escapes && query.charAt(at) === '\\') at += 1;
    else if (query.charAt(at) === quote) {
      if (query.charAt(at + 1) !== quote) return at + 1;
      at += 1;
    }
  }
  return -1;
}

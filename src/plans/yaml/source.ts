/**
 * Text → values with their places, through YAML 1.2 alone (`off`, `on`, `yes` are texts).
 * Plan files come from people, but also from branches nobody has reviewed: size, number of parts, depth and what
 * aliases unfold to are bounded before anything recursive (the YAML composer included) looks at them.
 */
import { Composer, type Document, Lexer, LineCounter, Parser, type YAMLError } from 'yaml';
import { type Finding, QUOTE_BRACES } from '../values/problem.js';
import { Converter, type PlacedFinding, type YamlEntry } from './convert.js';
import { isTooDeep } from './depth.js';
import { pastedHint, syntaxHint } from './hints.js';

export const MAX_BYTES = 256 * 1024;
const MAX_LEXEMES = 50_000;
const MAX_VALUES = 20_000;
const MAX_SYNTAX_PROBLEMS = 10;
const LOOK_BACK = 400;

interface Position {
  readonly line: number;
  readonly column: number;
}

export interface YamlSource {
  /** Plain JSON-like values; undefined when the text is not YAML at all. */
  readonly value: unknown;
  readonly findings: readonly PlacedFinding[];
  /** The place of a value, of its key or of a part of it; of the nearest thing around it when it is missing. */
  locate(place: Pick<Finding, 'path' | 'on' | 'part'>): Position;
  position(offset: number): Position;
}

/** Reads YAML. Never throws; `value` is undefined when the findings leave nothing to go on with. */
export function readSource(text: string): YamlSource {
  const lines = new LineCounter();
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const refuse = (findings: readonly PlacedFinding[]): YamlSource => {
    return { value: undefined, findings, position, locate: () => ({ line: 1, column: 1 }) };
  };
  if (Buffer.byteLength(text) > MAX_BYTES) {
    return refuse([atStart('too_large', `expected at most ${MAX_BYTES / 1024} KB, found more`)]);
  }
  const composed = compose(text, lines);
  if (!('document' in composed)) return refuse(composed.findings);
  const converter = new Converter(text);
  const root = converter.convert(composed.document.contents, []);
  if (root.size > MAX_VALUES) {
    return refuse([
      atStart('too_large', `expected at most ${MAX_VALUES} values, found more once aliases are unfolded`),
    ]);
  }
  return {
    value: root.value,
    findings: converter.findings,
    position,
    locate: (place) => position(offsetOf(text, root.entry, place)),
  };
}

type Composed = { readonly document: Document } | { readonly findings: PlacedFinding[] };

function compose(text: string, lines: LineCounter): Composed {
  const parser = new Parser(lines.addNewLine);
  // The parser announces the first line only when it lexes by itself.
  lines.addNewLine(0);
  const tokens = [];
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    lexemes += 1;
    if (lexemes > MAX_LEXEMES)
      return { findings: [atStart('too_large', 'expected a plan, found far too many values')] };
    tokens.push(...parser.next(lexeme));
  }
  tokens.push(...parser.end());
  if (isTooDeep(tokens))
    return { findings: [atStart('too_large', 'expected a plan, found values nested far too deep')] };
  const documents = [...new Composer({ uniqueKeys: false, prettyErrors: false }).compose(tokens, true, text.length)];
  const [document, second] = documents;
  if (!document) return { findings: [atStart('syntax', 'expected a plan, found nothing')] };
  const findings = syntaxFindings(
    text,
    documents.flatMap(({ errors }) => errors),
    lines,
  );
  if (findings.length > 0) return { findings };
  if (second)
    return { findings: [placed('syntax', second.range?.[0] ?? 0, 'expected one document, found a second after ---')] };
  if (document.directives?.yaml.explicit === true && document.directives.yaml.version !== '1.2') {
    return { findings: [atStart('syntax', 'expected YAML 1.2, found a %YAML directive for another version')] };
  }
  return { document };
}

/** One per line: what follows on the same line is mostly the echo of the first. */
function syntaxFindings(text: string, errors: readonly YAMLError[], lines: LineCounter): PlacedFinding[] {
  const pasted = errors.length === 0 ? undefined : pastedHint(text);
  if (pasted) return [placed('syntax', pasted.offset, pasted.hint)];
  const seen = new Set<number>();
  const findings: PlacedFinding[] = [];
  for (const error of errors) {
    const { line } = lines.linePos(error.pos[0]);
    if (seen.has(line)) continue;
    seen.add(line);
    findings.push(placed('syntax', error.pos[0], syntaxMessage(text, error)));
    if (findings.length === MAX_SYNTAX_PROBLEMS) break;
  }
  return findings;
}

function syntaxMessage(text: string, error: YAMLError): string {
  const [start] = error.pos;
  if (error.code === 'BAD_SCALAR_START')
    return `expected quotes around a text that starts with ${text[start] ?? 'this'}`;
  if (error.code === 'TAB_AS_INDENT') return 'expected spaces before a key, found a tab';
  if (hasBareBraces(text, start)) return QUOTE_BRACES;
  if (text.slice(start - 1, start + 1) === '${') return `expected quotes around a text with \${…} inside { } or [ ]`;
  // Without the quoted piece of text at its end, which may be half a secret.
  const said = (error.message.split(/: "|\n/, 1)[0] ?? '').slice(0, 120);
  const hint = syntaxHint(...lineAt(text, start), said);
  return hint === '' ? `expected YAML, found a mistake: ${said}` : `${hint} (${said})`;
}

/** The line a place is in, up to there and from there. */
function lineAt(text: string, offset: number): [before: string, behind: string] {
  const from = Math.max(text.lastIndexOf('\n', offset - 1) + 1, offset - LOOK_BACK);
  const end = text.indexOf('\n', offset);
  return [text.slice(from, offset), text.slice(offset, Math.min(end === -1 ? text.length : end, offset + LOOK_BACK))];
}

/** True when `{{` without quotes stands on this line, up to this place: YAML has gone wrong there, wherever it noticed. */
function hasBareBraces(text: string, offset: number): boolean {
  const from = Math.max(text.lastIndexOf('\n', offset - 1) + 1, offset - LOOK_BACK);
  const bare = text.slice(from, offset + 2).replace(/(?<!\\)"(?:[^"\\]|\\.)*"|'[^']*'/g, '');
  return bare.includes('{{');
}

function offsetOf(text: string, root: YamlEntry, { path, on, part }: Pick<Finding, 'path' | 'on' | 'part'>): number {
  let entry = root;
  for (const part of path) {
    const next = entry.entries?.get(part);
    if (!next) return entry.keyOffset ?? entry.offset;
    entry = next;
  }
  if (on === 'key') return entry.keyOffset ?? entry.offset;
  const at = part === undefined ? -1 : text.slice(entry.offset, entry.end).indexOf(part);
  // Written with escapes or over several lines, the part is nowhere to be seen; the value is.
  return at === -1 ? entry.offset : entry.offset + at;
}

function placed(code: Finding['code'], offset: number, message: string): PlacedFinding {
  return { code, path: [], offset, message };
}

function atStart(code: Finding['code'], message: string): PlacedFinding {
  return placed(code, 0, message);
}

/** The project's own TypeScript, parsed, and questions about it that a text search would answer wrongly. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAst } from 'vitest/node';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface Import {
  /** A path from the project's root without its extension for our own files, e.g. `src/rollout/plan/plan`; else as written. */
  readonly to: string;
  readonly own: boolean;
  readonly typeOnly: boolean;
}

export interface Source {
  /** From the project's root, with `/`. */
  readonly path: string;
  readonly lines: number;
  readonly nodes: readonly Node[];
  readonly imports: readonly Import[];
}

/** Parses one file; throws with its path when it is no TypeScript. */
export function readSource(path: string, text: string): Source {
  let program: unknown;
  try {
    program = parseAst(text, { lang: 'ts' });
  } catch (cause) {
    throw new Error(`${path} cannot be parsed`, { cause });
  }
  const nodes = [...nodesIn(program)];
  const imports = nodes.flatMap((node) => importOf(node, path) ?? []);
  return { path, lines: text.trimEnd().split('\n').length, nodes, imports };
}

/** Every `.ts` file of these folders. */
export function readSources(...folders: string[]): Source[] {
  return folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .sort()
      .map((name) => {
        const path = posix.join(folder, name.replaceAll('\\', '/'));
        return readSource(path, readFileSync(join(ROOT, path), 'utf8'));
      }),
  );
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** The value and everything below it, outermost first. */
export function* nodesIn(value: unknown): Generator<Node> {
  if (Array.isArray(value)) {
    for (const each of value) yield* nodesIn(each);
  } else if (isNode(value)) {
    yield value;
    for (const field of Object.values(value)) if (typeof field === 'object') yield* nodesIn(field);
  }
}

/** `a.b.c` for an identifier or a chain of members, calls between them left out; '' for anything else. */
export function nameOf(value: unknown): string {
  if (!isNode(value)) return '';
  if (value.type === 'Identifier') return String(value.name);
  if (value.type === 'ThisExpression') return 'this';
  if (value.type === 'ChainExpression' || value.type === 'TSNonNullExpression') return nameOf(value.expression);
  if (value.type === 'CallExpression') return nameOf(value.callee);
  if (value.type !== 'MemberExpression') return '';
  const member = value.computed ? literal(value.property) : nameOf(value.property);
  return `${nameOf(value.object)}.${member}`;
}

/** The text of a string literal, else ''. */
export function literal(value: unknown): string {
  return isNode(value) && value.type === 'Literal' && typeof value.value === 'string' ? value.value : '';
}

export function argumentsOf(node: Node): readonly unknown[] {
  return Array.isArray(node.arguments) ? node.arguments : [];
}

/** Names of everything that is called, e.g. `process.exit`. */
export function callsIn(source: Source): string[] {
  return source.nodes.flatMap((node) => (node.type === 'CallExpression' ? nameOf(node.callee) : []));
}

/** Names of everything made with `new`, e.g. `pg.Pool`. */
export function newsIn(source: Source): string[] {
  return source.nodes.flatMap((node) => (node.type === 'NewExpression' ? nameOf(node.callee) : []));
}

function importOf(node: Node, path: string): Import | undefined {
  if (node.type === 'TSImportType') return madeImport(literal(node.source ?? node.argument), path, true);
  const isImport = node.type === 'ImportDeclaration' || node.type === 'ImportExpression';
  const isExport = node.type === 'ExportNamedDeclaration' || node.type === 'ExportAllDeclaration';
  if ((!isImport && !isExport) || !isNode(node.source)) return undefined;
  return madeImport(literal(node.source) || '(computed)', path, isTypeOnly(node));
}

function isTypeOnly(node: Node): boolean {
  if (node.importKind === 'type' || node.exportKind === 'type') return true;
  const names: unknown[] = Array.isArray(node.specifiers) ? node.specifiers : [];
  return names.length > 0 && names.every((name) => isNode(name) && (name.importKind ?? name.exportKind) === 'type');
}

function madeImport(written: string, path: string, typeOnly: boolean): Import {
  const own = written.startsWith('.');
  const to = own ? posix.join(posix.dirname(path), written).replace(/\.(js|ts|mjs)$/, '') : written;
  return { to, own, typeOnly };
}

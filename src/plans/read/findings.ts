/** zod's issues → findings: what was expected is zod's message, what was found is looked up, near misses are named. */
import type { z } from 'zod';
import { isConnectionValue, PROBE_KEYS, TARGET_KEYS } from '../language/kinds/index.js';
import { KEYS } from '../language/schema.js';
import { placeOf, SKETCHED_KEYS, SKETCHED_PROBES, SKETCHED_TARGETS } from '../language/sketch.js';
import { didYouMean } from '../values/near-miss.js';
import { expected, type Finding, type Path, quote } from '../values/problem.js';

type Issue = z.core.$ZodIssue;

/** The value at a path; undefined when anything on the way is missing. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

export function schemaFindings(root: unknown, issues: readonly Issue[]): Finding[] {
  return issues.flatMap((issue) => issueFindings(root, { issue, path: pathOf(issue.path) }));
}

function issueFindings(root: unknown, { issue, path }: { issue: Issue; path: Path }): Finding[] {
  const value = valueAt(root, path);
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => keyFinding(root, { path, key }));
  if (issue.code === 'invalid_key') {
    const what = issue.issues[0]?.message ?? issue.message;
    return [{ code: 'invalid', path, on: 'key', message: expected(what, path.at(-1)) }];
  }
  if (issue.code === 'invalid_union') {
    if (path.at(-1) === 'kind' && value !== undefined) return [kindFinding(path, value)];
    const branch = issue.errors.find(saysMore);
    if (branch)
      return branch.flatMap((inner) => issueFindings(root, { issue: inner, path: [...path, ...pathOf(inner.path)] }));
  }
  const message = expected(issue.message, value, { secret: isConnectionValue(path) });
  return [{ code: value === undefined || value === null ? 'missing' : 'invalid', path, message }];
}

/** A branch of a union that was the right one but for something inside it. */
function saysMore(branch: readonly Issue[]): boolean {
  return branch.every((issue) => issue.path.length > 0 || issue.code === 'unrecognized_keys');
}

function keyFinding(root: unknown, { path, key }: { path: Path; key: string }): Finding {
  const place = placeOf(path);
  const at = [...path, key];
  if (place && SKETCHED_KEYS[place].includes(key)) {
    return { code: 'not_supported_yet', path: at, on: 'key', message: `${quote(key)} is not supported yet` };
  }
  const known = knownKeys(root, path);
  const message = expected(`one of the keys ${known.join(', ')}`, key);
  const guess = didYouMean(key, known);
  return { code: 'unknown_key', path: at, on: 'key', message, guess };
}

function knownKeys(root: unknown, path: Path): readonly string[] {
  const place = placeOf(path);
  const kind = valueAt(root, [...path, 'kind']);
  if (place === 'target') return TARGET_KEYS[String(kind)] ?? [];
  if (place === 'probe') return PROBE_KEYS[String(kind)] ?? [];
  return place === undefined || place === 'rows' ? [] : KEYS[place];
}

function kindFinding(path: Path, kind: unknown): Finding {
  const isTarget = path[0] === 'targets';
  const known = Object.keys(isTarget ? TARGET_KEYS : PROBE_KEYS);
  const sketched: readonly unknown[] = isTarget ? SKETCHED_TARGETS : SKETCHED_PROBES;
  const message = expected(`one of the kinds ${known.join(', ')}`, kind);
  if (sketched.includes(kind))
    return { code: 'not_supported_yet', path, message: `${message}, which is not supported yet` };
  return {
    code: 'unknown_kind',
    path,
    message,
    guess: typeof kind === 'string' ? didYouMean(kind, known) : '',
  };
}

function pathOf(path: readonly PropertyKey[]): Path {
  return path.map((part) => (typeof part === 'number' ? part : String(part)));
}

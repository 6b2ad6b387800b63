/**
 * Plan file text → Plan and its lists, or everything that is wrong with it, each with its line and column.
 * Three looks at the same values: the shape (schema), the secrets and variables, the rules that compare places.
 * All of them always run, so that one round of editing is enough.
 */
import { basename } from 'node:path';
import type { Lists } from '../../rollout/plan/lists.js';
import type { Plan } from '../../rollout/plan/plan.js';
import { languageFindings } from '../language/index.js';
import { outlineOf } from '../language/outline.js';
import { planSchema } from '../language/schema.js';
import { secretFindings, variableFindings } from '../rules/connections.js';
import { httpTargetFindings } from '../rules/http-targets.js';
import { limitReferenceFindings } from '../rules/limit-references.js';
import { limitFindings } from '../rules/limits.js';
import { listFindings } from '../rules/lists.js';
import { patienceFindings } from '../rules/patience.js';
import { populationFindings } from '../rules/populations.js';
import { programFindings } from '../rules/programs.js';
import { quorumFindings } from '../rules/quorum.js';
import { hoursFindings } from '../rules/reminder-hours.js';
import {
  advanceFindings,
  bakeFindings,
  exposureFindings,
  nameFindings,
  roleFindings,
  silenceFindings,
  targetFindings,
} from '../rules/structure.js';
import { templateFindings } from '../rules/templates.js';
import { expected, type Finding, formatPath, type Path, type Problem } from '../values/problem.js';
import type { PlacedFinding } from '../yaml/convert.js';
import { foreignFile, hintFor } from '../yaml/hints.js';
import { readSource, type YamlSource } from '../yaml/source.js';
import { schemaFindings, valueAt } from './findings.js';
import { toLists } from './to-lists.js';
import { toPlan } from './to-plan.js';

/** What a plan file says. */
export interface PlanRead {
  readonly plan: Plan;
  readonly lists: Lists;
}

export type ParseResult =
  | ({ readonly ok: true } & PlanRead)
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Reads a plan. Never throws. `file` is the file's path: its name without the ending must be the plan's name.
 * Problems are in the order of the text.
 */
export function parsePlan(text: string, options: { file?: string } = {}): ParseResult {
  const source = readSource(text);
  if (source.value === undefined) return refused(source, []);
  if (!isMapping(source.value)) {
    const message = expected('a plan: a mapping that begins with plan: <name>', source.value, { secret: true });
    return refused(source, [{ code: 'invalid', path: [], message }]);
  }
  const foreign = foreignFile(source.value);
  if (foreign !== null) return refused(source, [{ code: 'invalid', path: [], message: foreign }]);
  const shape = planSchema.safeParse(source.value);
  const shapeFindings = shape.success ? [] : schemaFindings(source.value, shape.error.issues);
  const findings = [...ruleFindings(source.value, { shapeFindings, file: options.file }), ...shapeFindings];
  if (!shape.success || findings.length > 0 || source.findings.length > 0) return refused(source, findings);
  return { ok: true, plan: toPlan(shape.data), lists: toLists(shape.data) };
}

/** The name a plan in this file must have. */
export function planNameOf(file: string): string {
  return basename(file).replace(/\.ya?ml$/, '');
}

function ruleFindings(
  value: object,
  context: { shapeFindings: readonly Finding[]; file: string | undefined },
): Finding[] {
  const outline = outlineOf(value);
  const fileName = context.file === undefined ? undefined : planNameOf(context.file);
  return [
    ...secretFindings(outline),
    ...variableFindings(value, wholesaleRefused(context.shapeFindings)),
    ...nameFindings(outline, fileName),
    ...exposureFindings(outline),
    ...populationFindings(outline, (path) => valueAt(value, path)),
    ...advanceFindings(outline),
    ...roleFindings(outline),
    ...quorumFindings(outline),
    ...targetFindings(outline),
    ...silenceFindings(outline),
    ...languageFindings(outline),
    ...httpTargetFindings(outline),
    ...limitFindings(outline, (path) => valueAt(value, path)),
    ...limitReferenceFindings(outline),
    ...patienceFindings(outline),
    ...bakeFindings(outline),
    ...hoursFindings(outline),
    ...templateFindings(outline),
    ...programFindings(value),
    ...listFindings(outline, (path) => valueAt(value, path)),
  ];
}

/** What is not supported is refused as a whole; its inside is not worth a second complaint. */
function wholesaleRefused(findings: readonly Finding[]): Path[] {
  return findings
    .filter(({ code }) => code === 'not_supported_yet' || code === 'unknown_key' || code === 'unknown_kind')
    .map(({ path }) => (path.at(-1) === 'kind' ? path.slice(0, -1) : path));
}

function refused(source: YamlSource, findings: readonly Finding[]): ParseResult {
  const problems = [
    ...source.findings.map((finding) => problemOf(finding, source)),
    ...withoutInsides(findings).map((finding) => problemOf(finding, source)),
  ];
  // The first thing said about a place is the most telling: secrets before forms.
  const first = new Map<string, Problem>();
  for (const problem of problems) {
    const key = `${problem.path} ${problem.line}:${problem.column}`;
    if (!first.has(key)) first.set(key, problem);
  }
  return { ok: false, problems: [...first.values()].sort((a, b) => a.line - b.line || a.column - b.column) };
}

/** What is said of something that is not supported yet, inside it too, is left out. */
function withoutInsides(findings: readonly Finding[]): Finding[] {
  const later = new Set(findings.flatMap(({ code, path }) => (code === 'not_supported_yet' ? formatPath(path) : [])));
  return findings.filter(({ code, path }) => {
    const within = path.map((_, index) => formatPath(path.slice(0, index + 1)));
    return code === 'not_supported_yet' || !within.some((place) => later.has(place));
  });
}

function problemOf(finding: Finding | PlacedFinding, source: YamlSource): Problem {
  const place = 'offset' in finding ? source.position(finding.offset) : source.locate(finding);
  const hint = hintFor(finding, valueAt(source.value, finding.path));
  // What another tool calls it is known for sure, a near miss is a guess.
  const message = `${finding.message}${hint || (finding.guess ?? '')}`;
  return { ...place, path: formatPath(finding.path), message, code: finding.code };
}

function isMapping(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

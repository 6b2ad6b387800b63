/** Rules about who gets a stage: named users, tenants, everybody, or a percentage, and which targets can do that. */
import { LEAST_PERCENT } from '../../rollout/plan/exposure.js';
import { tenantCount } from '../../targets/tenants.js';
import type { Outline } from '../language/outline.js';
import { didYouMean } from '../values/near-miss.js';
import { expected, type Finding, type Path, quote } from '../values/problem.js';
import { exposuresOf } from '../values/stage-steps.js';

/** So many mistakes of one list are enough to see what is wrong. */
const MOST_NAMED = 10;

const WHO = ['exposure', 'users', 'tenants'] as const;

/** `raw` tells what is missing from what is there but wrong. */
type Raw = (path: Path) => unknown;

export function populationFindings(outline: Outline, raw: Raw): Finding[] {
  const stages = outline.stages ?? [];
  return [
    ...stages.flatMap((_, index) => formFindings(raw, index)),
    ...userFindings(outline, raw),
    ...tenantFindings(outline, raw),
    ...switchFindings(outline, raw),
    ...shareFindings(outline),
  ];
}

/** The exposure of each stage, whatever says who gets it; undefined where that cannot be told. */
export function stageExposures(outline: Outline): (number | undefined)[] {
  return exposuresOf(outline.stages ?? [], tenantsListed(outline)?.length);
}

/** The tenants the targets list; undefined when none lists any. */
function tenantsListed(outline: Outline): readonly string[] | undefined {
  const [first] = Object.values(outline.targets ?? {}).flatMap((target) => listIn(target) ?? []);
  return first?.names.flatMap((name) => name ?? []);
}

/** The tenants a target lists, and where in it: rows of a table, or calls of their own. */
function listIn(target: NonNullable<Outline['targets']>[string]): { names: Names; at: string[] } | undefined {
  if (target?.tenants?.list) return { names: target.tenants.list, at: ['tenants', 'list'] };
  return target?.per?.tenants && { names: target.per.tenants, at: ['per', 'tenants'] };
}

/** Exactly one way to say who gets it, and `of` only beside a percentage. */
function formFindings(raw: Raw, index: number): Finding[] {
  const path = ['stages', index];
  const stage = raw(path);
  if (typeof stage !== 'object' || stage === null || Array.isArray(stage)) return [];
  const given = WHO.filter((key) => key in stage);
  if (given.length !== 1) {
    const message = `expected exactly one of ${WHO.join(', ')}, found ${given.join(' and ') || 'none'}`;
    return [{ code: given.length === 0 ? 'missing' : 'population', path, message }];
  }
  if (!('of' in stage) || ('exposure' in stage && stage.exposure !== 'on')) return [];
  const message = `expected of only beside a percentage, found it beside ${given[0] === 'exposure' ? 'on' : given[0]}`;
  return [{ code: 'population', path: [...path, 'of'], on: 'key', message }];
}

type Names = readonly (string | undefined)[];

/** Named users come first and only grow, and every target can move them. */
function userFindings(outline: Outline, raw: Raw): Finding[] {
  const stages = outline.stages ?? [];
  const first = stages.findIndex((stage) => stage?.users);
  if (first < 0) return [];
  const other = stages.findIndex((stage) => !stage?.users && (stage?.tenants ?? stage?.exposure) !== undefined);
  const late = stages.flatMap((stage, index): Finding[] => {
    if (!stage?.users || other < 0 || index < other) return [];
    const message = 'expected stages of named users before every other stage, found this one after one';
    return [{ code: 'order', path: ['stages', index, 'users'], on: 'key', message }];
  });
  return [
    ...late,
    ...growthFindings(outline, 'users'),
    ...unableFindings(outline, raw, { key: 'users', stage: first }),
  ];
}

function tenantFindings(outline: Outline, raw: Raw): Finding[] {
  const stages = outline.stages ?? [];
  const first = stages.findIndex((stage) => stage?.tenants);
  const listed = tenantsListed(outline);
  const strangers = stages.flatMap((stage, index): Finding[] => strangersIn(stage?.tenants ?? [], { index, listed }));
  return [
    ...strangers,
    ...growthFindings(outline, 'tenants'),
    ...listFindings(outline, raw),
    ...(first < 0 ? [] : unableFindings(outline, raw, { key: 'tenants', stage: first })),
  ];
}

function strangersIn(names: Names, at: { index: number; listed: readonly string[] | undefined }): Finding[] {
  const { index, listed } = at;
  if (!listed) return [];
  const path = ['stages', index, 'tenants'];
  const known = new Set(listed);
  const strangers = names
    .flatMap((name, no) => (name === undefined || known.has(name) ? [] : [{ name, no }]))
    .slice(0, MOST_NAMED)
    .map(({ name, no }): Finding => {
      const message = expected('a tenant that the targets list', name);
      const guess = didYouMean(name, listed);
      return { code: 'population', path: [...path, no], message, guess };
    });
  if (strangers.length > 0 || names.length === 0 || names.length < listed.length) return strangers;
  const message = `expected fewer than all ${listed.length} tenants that the targets list: all of them is everybody, exposure: 100`;
  return [{ code: 'population', path, message }];
}

/** Each such stage has everybody of the one before, and somebody more. */
function growthFindings(outline: Outline, key: 'users' | 'tenants'): Finding[] {
  const findings: Finding[] = [];
  let before: Names = [];
  for (const [index, stage] of (outline.stages ?? []).entries()) {
    const names = stage?.[key];
    if (!names) continue;
    const path = ['stages', index, key];
    findings.push(...repeats(names, path));
    const here = new Set(names);
    const gone = before.filter((name) => name !== undefined && !here.has(name));
    if (gone.length > 0) {
      const shown = gone.slice(0, MOST_NAMED).map((name) => quote(name ?? ''));
      const message = `expected everybody of the stage before, found none of ${shown.join(', ')}`;
      findings.push({ code: 'order', path, message });
    } else if (before.length > 0 && names.length <= before.length) {
      findings.push({ code: 'order', path, message: 'expected somebody more than in the stage before, found nobody' });
    }
    before = names;
  }
  return findings;
}

function repeats(names: Names, path: Path): Finding[] {
  const seen = new Set<string>();
  return names.flatMap((name, no): Finding[] => {
    if (name === undefined) return [];
    const again = seen.has(name);
    seen.add(name);
    return again ? [{ code: 'duplicate', path: [...path, no], message: expected('each of them once', name) }] : [];
  });
}

/** Targets are set together and must read the same, so each has to know what such a stage is. */
function unableFindings(outline: Outline, raw: Raw, about: { key: 'users' | 'tenants'; stage: number }): Finding[] {
  const { key, stage } = about;
  return Object.entries(outline.targets ?? {}).flatMap(([name, target]): Finding[] => {
    // What is in memory takes any number; a kind that does not exist is reported elsewhere.
    if (target?.kind === undefined || target.kind === 'memory' || raw(['targets', name, key]) !== undefined) return [];
    if (key === 'tenants' && raw(['targets', name, 'per']) !== undefined) return [];
    const message = `expected targets that have ${key}, found ${quote(name)}, which has none`;
    return [{ code: 'population', path: ['stages', stage, key], on: 'key', message }];
  });
}

/** Tenants are one list, in every target that has one, and the share they are is no column beside them. */
function listFindings(outline: Outline, raw: Raw): Finding[] {
  const listed = tenantsListed(outline);
  const all = new Set(listed);
  return Object.entries(outline.targets ?? {}).flatMap(([name, target]): Finding[] => {
    const found = listIn(target);
    if (!found) return [];
    const { names: list, at } = found;
    const path = ['targets', name, ...at];
    const findings = repeats(list, path);
    if (listed && (list.length !== listed.length || list.some((tenant) => tenant && !all.has(tenant)))) {
      findings.push({ code: 'population', path, message: 'expected the same tenants in every target, found others' });
    }
    if (raw(['targets', name, 'columns', 'exposure']) !== undefined) {
      const message = 'expected tenants or a column for the percentage, found both';
      findings.push({ code: 'population', path: ['targets', name, 'columns', 'exposure'], on: 'key', message });
    }
    return findings;
  });
}

/** Rows that are only on or off hold no percentage. */
function switchFindings(outline: Outline, raw: Raw): Finding[] {
  const name = Object.keys(outline.targets ?? {}).find((key) => {
    const has = (part: string[]) => raw(['targets', key, ...part]) !== undefined;
    return (
      outline.targets?.[key]?.kind === 'postgres' &&
      has(['columns', 'enabled']) &&
      !has(['columns', 'exposure']) &&
      !has(['tenants'])
    );
  });
  if (name === undefined) return [];
  const finding = (path: Path, what: string, found: number): Finding => {
    return {
      code: 'population',
      path,
      message: `${expected(what, found)}: target ${quote(name)} has no column for a percentage`,
    };
  };
  const back = (to: number | string | undefined, path: Path): Finding[] =>
    typeof to === 'number' && to > 0 ? [finding([...path, 'rollback', 'to'], 'off or previous', to)] : [];
  return [
    ...(outline.stages ?? []).flatMap((stage, index): Finding[] => {
      const { exposure, rollback } = stage ?? {};
      const path = ['stages', index];
      const between = typeof exposure === 'number' && exposure < 100;
      return [...(between ? [finding([...path, 'exposure'], 'on', exposure)] : []), ...back(rollback?.to, path)];
    }),
    ...back(outline.rollback?.to, []),
  ];
}

/** Every stage gives it to more tenants than the one before, or nobody could tell them apart. */
function shareFindings(outline: Outline): Finding[] {
  const list = tenantsListed(outline);
  if (!list || list.length === 0) return [];
  const stages = outline.stages ?? [];
  const exposures = exposuresOf(stages, list.length).map((one) =>
    one !== undefined && one >= LEAST_PERCENT ? one : undefined,
  );
  const shares = { list, exposures: exposures.flatMap((one) => one ?? []) };
  return exposures.flatMap((exposure, index): Finding[] => {
    const before = exposures.slice(0, index).findLast((one) => one !== undefined);
    if (exposure === undefined || exposure >= 100 || stages[index]?.tenants) return [];
    const count = tenantCount(shares, exposure);
    const again = before !== undefined && before < exposure && count === tenantCount(shares, before);
    if (count < list.length && !again) return [];
    const what = again
      ? 'a percentage with more tenants than the stage before'
      : 'a percentage with fewer than all tenants';
    const message = `${expected(what, exposure)}: ${count} of ${list.length}`;
    return [{ code: 'population', path: ['stages', index, 'exposure'], message }];
  });
}

/** Rules about names, stages, roles and the rollback: everything in a plan that compares two of its places. */

import { canonicalText } from '../../rollout/plan/same-value.js';
import { itemRoles } from '../language/item-roles.js';
import { ROWS } from '../language/kinds/postgres-target.js';
import { bakeOf, type ItemOutline, type Outline, type TargetOutline } from '../language/outline.js';
import { parseDuration } from '../values/duration.js';
import { person } from '../values/forms.js';
import { didYouMean } from '../values/near-miss.js';
import { expected, type Finding, type Path, quote } from '../values/problem.js';
import { stageExposures } from './populations.js';

/** Words that `/rollout rollback` reads as where to go, never as a name. */
const RESERVED = ['off', 'previous', 'to'];

/** What silence means has to be said, once: an alert that never comes is no sign of health. */
export function silenceFindings(outline: Outline): Finding[] {
  return Object.entries(outline.checks ?? {}).flatMap(([name, check]): Finding[] => {
    const probe = check?.probe ?? {};
    const quiet = 'quiet' in probe;
    if (probe.kind !== 'alert' || quiet !== 'heartbeat' in probe) return [];
    const message = `expected exactly one of quiet: pass and heartbeat, found ${quiet ? 'both' : 'neither'}`;
    return [{ code: 'silence', path: ['checks', name, 'probe'], on: 'key', message }];
  });
}

/** Names: of the file, reserved ones, stages that share one. */
export function nameFindings(outline: Outline, fileName: string | undefined): Finding[] {
  const findings: Finding[] = [];
  const { plan } = outline;
  if (plan !== undefined && fileName !== undefined && plan !== fileName) {
    findings.push({
      code: 'name_mismatch',
      path: ['plan'],
      message: expected(`the file's name, ${quote(fileName)}`, plan),
    });
  }
  if (plan !== undefined && RESERVED.includes(plan)) findings.push(reserved(['plan'], plan));
  const seen = new Set<string>();
  for (const [index, stage] of (outline.stages ?? []).entries()) {
    const name = stage?.stage;
    if (name === undefined) continue;
    const path = ['stages', index, 'stage'];
    if (RESERVED.includes(name) || name === plan || (name !== '' && Number.isFinite(Number(name))))
      findings.push(reserved(path, name));
    if (seen.has(name))
      findings.push({ code: 'duplicate', path, message: expected('a name no other stage has', name) });
    seen.add(name);
  }
  return findings;
}

function reserved(path: Path, name: string): Finding {
  const words = 'a name that is not off, previous, to, a number or the name of the plan';
  return {
    code: 'reserved',
    path,
    message: expected(path[0] === 'plan' ? 'a name that is not off, previous or to' : words, name),
  };
}

/** Exposure never falls from stage to stage, and no rollback raises it. That users come first is told with the users. */
export function exposureFindings(outline: Outline): Finding[] {
  const findings: Finding[] = [];
  const stages = outline.stages ?? [];
  const exposures = stageExposures(outline);
  let before: number | undefined;
  for (const [index, exposure] of exposures.entries()) {
    const stage = stages[index];
    if (exposure === undefined || stage?.users) continue;
    if (before !== undefined && exposure < before) {
      const what = `at least ${rounded(before)}, the exposure of the stage before`;
      const message = stage?.tenants
        ? `expected ${what}, found tenants who are ${rounded(exposure)} % of those listed`
        : expected(what, exposure);
      findings.push({ code: 'order', path: ['stages', index, stage?.tenants ? 'tenants' : 'exposure'], message });
    }
    before = Math.max(before ?? 0, exposure);
  }
  const to = outline.rollback?.to;
  const [first] = exposures;
  if (typeof to === 'number' && to <= 100 && to > 0 && first !== undefined && to >= first) {
    const named = stages[0]?.users ? 'off or previous, because the first stage is named users' : undefined;
    const what = named ?? `less than ${rounded(first)}, the exposure of the first stage, or off or previous`;
    findings.push({ code: 'order', path: ['rollback', 'to'], message: expected(what, to) });
  }
  return findings;
}

function rounded(exposure: number): number {
  return Math.round(exposure * 100) / 100;
}

/** A bake without any trouble takes a little longer than it needs: what is before its first check does not count. */
const SPARE_CHECKS = 3;

/** A bake fits into its longest time, and a stage's own way back leads down. */
export function bakeFindings(outline: Outline): Finding[] {
  const exposures = stageExposures(outline);
  return (outline.stages ?? []).flatMap((stage, index): Finding[] => {
    const findings: Finding[] = [];
    const { for: needs, max } = bakeOf(stage);
    const [least, most] = [parseDuration(needs ?? ''), parseDuration(max ?? '')];
    const every = parseDuration(stage?.check_every ?? '1m') ?? 0;
    if (least !== undefined && most !== undefined && most < least + every * SPARE_CHECKS) {
      const message = expected(`${needs}, what the bake needs, and at least three times check_every more`, max);
      findings.push({ code: 'order', path: ['stages', index, 'bake', 'max'], message });
    }
    const to = stage?.rollback?.to;
    const here = exposures[index];
    if (typeof to === 'number' && here !== undefined && to > 0 && to >= here) {
      const message = expected(
        stage?.users ? 'off or previous' : `less than ${rounded(here)}, the exposure of this stage`,
        to,
      );
      findings.push({ code: 'order', path: ['stages', index, 'rollback', 'to'], message });
    }
    return findings;
  });
}

/** Going on by itself needs a stage to go on to. */
export function advanceFindings(outline: Outline): Finding[] {
  const index = (outline.stages?.length ?? 0) - 1;
  if (outline.stages?.[index]?.advance !== 'auto') return [];
  const message = 'expected manual or no advance in the last stage, found auto: no stage comes after it';
  return [{ code: 'nothing_after', path: ['stages', index, 'advance'], message }];
}

/** `operators` is there, and every role that is named is one of `people`, once per list. */
export function roleFindings(outline: Outline): Finding[] {
  if (outline.people === undefined) return [];
  const roles = Object.keys(outline.people);
  const findings: Finding[] = [];
  if (!roles.includes('operators')) {
    const message = `expected the role operators, who may start, advance and roll back, found ${roles.map(quote).join(', ') || 'no role'}`;
    findings.push({ code: 'missing', path: ['people', 'operators'], message });
  }
  for (const { path, names, alone } of roleLists(outline)) {
    for (const [index, name] of names.entries()) {
      if (name === undefined) continue;
      const at = alone ? path : [...path, index];
      if (names.indexOf(name) < index)
        findings.push({ code: 'duplicate', path: at, message: expected('each role once', name) });
      else if (!roles.includes(name)) {
        const message = expected(`a role of people (${roles.join(', ')})`, name);
        const guess = roleGuess(name, roles);
        findings.push({ code: 'unknown_role', path: at, message, guess });
      }
    }
  }
  return findings;
}

/** Roles are named, people are in them. */
function roleGuess(name: string, roles: readonly string[]): string {
  const near = didYouMean(name.replace(/^@/, ''), roles);
  return near === '' && person(name) ? '; put who it is into a role of people, and name the role' : near;
}

interface RoleList {
  readonly path: Path;
  readonly names: readonly (string | undefined)[];
  /** It is one name and no list. */
  readonly alone?: boolean;
}

function roleLists(outline: Outline): RoleList[] {
  const lists: RoleList[] = [];
  const add = (path: Path, written: ItemOutline['by']) => {
    if (typeof written === 'string') lists.push({ path, names: [written], alone: true });
    else if (Array.isArray(written)) lists.push({ path, names: written });
    else if (written?.of) lists.push({ path: [...path, 'of'], names: written.of });
  };
  add(['contact'], outline.contact);
  for (const [index, stage] of (outline.stages ?? []).entries()) add(['stages', index, 'approve'], stage?.approve);
  for (const { path, by, waive } of itemRoles(outline)) {
    add([...path, 'by'], by);
    add([...path, 'waive'], waive);
  }
  return lists;
}

/** A row belongs to one target, a column has one meaning: two writers on one cell would undo each other. */
export function targetFindings(outline: Outline): Finding[] {
  const findings: Finding[] = [];
  const owners = new Map<string, string>();
  for (const [name, target] of Object.entries(outline.targets ?? {})) {
    for (const { key, path, found } of targetParts(name, target)) {
      const owner = owners.get(key);
      if (owner === undefined) owners.set(key, name);
      else {
        const what = owner === name ? 'each of them once' : `what target ${quote(owner)} does not move already`;
        findings.push({ code: 'duplicate', path, message: expected(what, found) });
      }
    }
    const columns = Object.keys(target?.rows ?? {}).length;
    if (target?.rows && columns !== 1) {
      findings.push({
        code: 'invalid',
        path: ['targets', name, 'rows'],
        message: `expected ${ROWS}, found ${columns}`,
      });
    }
    findings.push(...columnFindings(name, target), ...shapeFindings(name, target));
  }
  return findings;
}

function targetParts(name: string, target: TargetOutline | undefined): { key: string; path: Path; found: string }[] {
  if (target?.kind === 'memory' && target.name !== undefined) {
    return [{ key: `memory ${target.name}`, path: ['targets', name, 'name'], found: target.name }];
  }
  return Object.entries(target?.rows ?? {}).flatMap(([column, values]) =>
    (values ?? []).flatMap((found, index) => {
      if (found === undefined) return [];
      const key = canonicalText([target?.url, target?.table, column, found, target?.where ?? {}]);
      return [{ key, path: ['targets', name, 'rows', column, index], found }];
    }),
  );
}

/** What a flag table of this shape does not have, or what overrides and rows of tenants cannot be combined with. */
function shapeFindings(name: string, target: TargetOutline | undefined): Finding[] {
  if (target?.kind !== 'postgres' || target.columns === undefined) return [];
  const at = ['targets', name];
  const { exposure, enabled } = target.columns;
  if (exposure === undefined && enabled === undefined)
    return [
      { code: 'missing', path: [...at, 'columns'], message: 'expected exposure, enabled or both, found neither' },
    ];
  const peopled = 'users' in target ? 'users' : 'tenants' in target ? 'tenants' : null;
  const findings: Finding[] = [];
  const refuse = (key: string, what: string) =>
    findings.push({ code: 'invalid', path: [...at, key], on: 'key', message: `expected ${what}, found ${key}` });
  if (peopled !== null && enabled === undefined) refuse(peopled, 'a switch (columns.enabled) beside users or tenants');
  for (const key of ['where', 'switch', 'scale'] as const)
    if (peopled !== null && key in target) refuse(key, `a table without ${key} where there are ${peopled}`);
  if ('switch' in target && enabled === undefined) refuse('switch', 'a switch (columns.enabled) for its words');
  const { on, off } = target.switch ?? {};
  if (on !== undefined && String(on) === String(off)) refuse('switch', 'two different words for on and off');
  if ('scale' in target && exposure === undefined) refuse('scale', 'a percentage (columns.exposure) to count');
  return findings;
}

function columnFindings(name: string, target: TargetOutline | undefined): Finding[] {
  const seen = new Set([...Object.keys(target?.rows ?? {}), ...Object.keys(target?.where ?? {})]);
  return Object.entries(target?.columns ?? {}).flatMap(([key, column]): Finding[] => {
    if (column === undefined) return [];
    const repeated = seen.has(column);
    seen.add(column);
    const message = expected('a column that has no other part in this target', column);
    return repeated ? [{ code: 'duplicate', path: ['targets', name, 'columns', key], message }] : [];
  });
}

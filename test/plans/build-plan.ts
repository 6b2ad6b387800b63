/** The smallest plan that is right, and ways to write it differently. */
import { parse, stringify } from 'yaml';
import { type ParseResult, parsePlan } from '../../src/plans/read/parse.js';

type Values = Record<string, unknown>;

export const SMALLEST = `
plan: smallest
title: The smallest plan
channel: "#shop"
people: { operators: ["@release-team"] }
targets: { flag: { kind: memory, name: flag } }
checks: { errors: { probe: { kind: memory, name: errors }, critical: { above: 5 } } }
stages: [{ stage: everyone, exposure: 100, bake: 1h }]
rollback: { to: off }
`;

/** The smallest plan with one value set (or, with undefined, taken out) at a dotted path, as text. */
export function planText(changes: Readonly<Record<string, unknown>> = {}): string {
  const plan: Values = parse(SMALLEST);
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    const parent = keys.reduce<unknown>((at, key) => Reflect.get(Object(at), key), plan);
    if (value === undefined) Reflect.deleteProperty(Object(parent), last);
    else Reflect.set(Object(parent), last, value);
  }
  return stringify(plan);
}

export function parseChanged(changes: Readonly<Record<string, unknown>>): ParseResult {
  return parsePlan(planText(changes));
}

/** `path code` of every problem; empty for a plan that is right. */
export function problemsOf(result: ParseResult): string[] {
  return result.ok ? [] : result.problems.map(({ path, code }) => `${path} ${code}`);
}

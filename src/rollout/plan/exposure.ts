/**
 * What the one number of exposure stands for. It only rises: off is 0, then come the named users of each such stage, then
 * percentages up to 100. Named users are not a share of anything, so each of their stages has a place of its own below
 * every percentage; nothing but the words for people knows that it is not a percentage.
 */
import type { Plan, StagePlan } from './plan.js';
import { sameValue } from './same-value.js';

/** The least percentage a plan or a person may name. Below it are only named users and off. */
export const LEAST_PERCENT = 0.01;

/** The place of the nth stage of named users, counted from 1: above off and the stages before, below every percentage. */
export function placeOfUsers(step: number): number {
  return step / 10_000;
}

export function isNamedUsers(exposure: number): boolean {
  return exposure > 0 && exposure < LEAST_PERCENT;
}

/** What users get at an exposure, as a plan says it. */
export type Shown =
  | { readonly kind: 'off' }
  | { readonly kind: 'on' }
  /** Null: the plan has no stage for exactly these. */
  | { readonly kind: 'users'; readonly count: number | null }
  | { readonly kind: 'tenants'; readonly count: number }
  | { readonly kind: 'percent'; readonly exposure: number; readonly of?: string };

/** The stage's own words; where the exposure is no stage's, what it is all the same. */
export function shownAs(plan: Plan, exposure: number): Shown {
  const stages = plan.stages.filter((stage) => stage.exposure === exposure);
  const [first] = stages;
  if (first && stages.every((stage) => stage === first || sameWords(stage, first))) return shownStage(first);
  if (isNamedUsers(exposure)) return { kind: 'users', count: null };
  if (exposure === 0 && plan.stages.some(({ population }) => population?.kind === 'everyone')) return { kind: 'off' };
  return { kind: 'percent', exposure };
}

/** Of a stage, whatever other stage has the same exposure. */
export function shownStage({ exposure, population }: StagePlan): Shown {
  switch (population?.kind) {
    case 'users':
      return { kind: 'users', count: population.users.length };
    case 'tenants':
      return { kind: 'tenants', count: population.tenants.length };
    case 'everyone':
      return { kind: 'on' };
    case 'part':
      return { kind: 'percent', exposure, of: population.of };
    case undefined:
      return { kind: 'percent', exposure };
    default:
      return population satisfies never;
  }
}

function sameWords(one: StagePlan, other: StagePlan): boolean {
  return sameValue(one.population, other.population);
}

/** `10 %`, `on`, `3 named users`: plain text for terminals, details and instructions. */
export function plainExposure(plan: Plan, exposure: number): string {
  const shown = shownAs(plan, exposure);
  return shown.kind === 'percent' ? plainPercent(shown.exposure) : countWords(shown);
}

/** The same where no plan is at hand. */
export function plainPercent(exposure: number): string {
  return isNamedUsers(exposure) ? 'named users' : `${exposure} %`;
}

/** Everything but a percentage, in words. */
export function countWords(shown: Exclude<Shown, { kind: 'percent' }>): string {
  switch (shown.kind) {
    case 'off':
    case 'on':
      return shown.kind;
    case 'users':
      return shown.count === null ? 'named users' : counted(shown.count, 'named user');
    case 'tenants':
      return counted(shown.count, 'tenant');
    default:
      return shown satisfies never;
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

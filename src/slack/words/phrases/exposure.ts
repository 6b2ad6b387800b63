import { countWords, type Shown, shownAs, shownStage } from '../../../rollout/plan/exposure.js';
import type { Plan, StagePlan } from '../../../rollout/plan/plan.js';
import { escapeText, percent } from '../text.js';

const OF_CHARS = 40;

/** `10 %`, `on`, `3 named users`: what users get at this exposure, without whose percentage it is. Safe anywhere. */
export function exposureWords(plan: Plan, exposure: number): string {
  return amountWords(shownAs(plan, exposure));
}

/** The same with whose percentage it is, where the plan says: `10 % of beta group`. Safe in mrkdwn. */
export function exposureOfWhom(plan: Plan, exposure: number): string {
  return withWhose(shownAs(plan, exposure));
}

/** Behind a state: `at 50 %`, `while on`, `with 3 named users`. */
export function atWords(plan: Plan, exposure: number): string {
  const shown = shownAs(plan, exposure);
  switch (shown.kind) {
    case 'off':
    case 'on':
      return `while ${shown.kind}`;
    case 'users':
    case 'tenants':
      return `with ${amountWords(shown)}`;
    case 'percent':
      return `at ${amountWords(shown)}`;
    default:
      return shown satisfies never;
  }
}

/** How a run goes on in a later stage than the first: `Begins at 50 %`, `Begins by switching it on`. */
export function beginsWords(plan: Plan, exposure: number, begins: 'Begins' | 'Began'): string {
  const isOn = shownAs(plan, exposure).kind === 'on';
  return `${begins} ${isOn ? 'by switching it on' : atWords(plan, exposure)}`;
}

/** What a raise does, where a percentage is gone to and a switch is switched: `Advance to 50 %`, `Switch on`. */
export function raiseWords(plan: Plan, exposure: number, [goTo, switchOn]: readonly [string, string]): string {
  return shownAs(plan, exposure).kind === 'on' ? switchOn : `${goTo} ${exposureWords(plan, exposure)}`;
}

/** `0 % (off)`; where the plan has on and off, off. */
export function offWords(plan: Plan): string {
  const words = exposureWords(plan, 0);
  return words === 'off' ? words : `${words} (off)`;
}

/** Of a stage, whatever other stage has the same exposure, with its title behind it. */
export function stageWords(stage: StagePlan, title: string): string {
  const whom = withWhose(shownStage(stage));
  return title === '' ? whom : `${whom} · ${title}`;
}

/** `1 in 2 users`, `3 named users`, `10 % of beta group`. */
export function shareWords(plan: Plan, exposure: number): string {
  const shown = shownAs(plan, exposure);
  switch (shown.kind) {
    case 'off':
      return 'no user';
    case 'on':
      return 'every user';
    case 'users':
    case 'tenants':
      return countWords(shown);
    case 'percent':
      return shown.of === undefined ? userShare(exposure) : withWhose(shown);
    default:
      return shown satisfies never;
  }
}

/** The same as a clause: `1 in 2 users now gets`. */
export function shareGets(plan: Plan, exposure: number): string {
  return `${shareWords(plan, exposure)} now ${isOne(shownAs(plan, exposure)) ? 'gets' : 'get'}`;
}

/** Whether its words are about one: `every user`, `1 in 4 users`, `1 named user`. */
function isOne(shown: Shown): boolean {
  switch (shown.kind) {
    case 'off':
    case 'on':
      return true;
    case 'users':
      return shown.count === 1;
    case 'tenants':
      return shown.count === 1;
    case 'percent':
      return shown.of === undefined && (shown.exposure === 100 || userPart(shown.exposure) !== null);
    default:
      return shown satisfies never;
  }
}

/** A percentage as so many percent of the users, anybody else as they are named. */
export function partWords(plan: Plan, exposure: number): string {
  const shown = shownAs(plan, exposure);
  if (shown.kind === 'on') return 'every user';
  return shown.kind === 'percent' && shown.of === undefined ? `${percent(exposure)} of users` : withWhose(shown);
}

/** For the head of the live message: `50 % of production`. */
export function productionWords(plan: Plan, exposure: number): string {
  const shown = shownAs(plan, exposure);
  return shown.kind === 'percent' && shown.of === undefined ? `${percent(exposure)} of production` : withWhose(shown);
}

function userShare(exposure: number): string {
  if (exposure === 100) return 'every user';
  const part = userPart(exposure);
  return part === null ? `${percent(exposure)} of users` : `1 in ${part} users`;
}

/** 4 for 25 %: it is one in so many; null where it is no such part. */
function userPart(exposure: number): number | null {
  const part = 100 / exposure;
  return Number.isInteger(part) && part <= 1_000 ? part : null;
}

function amountWords(shown: Shown): string {
  return shown.kind === 'percent' ? percent(shown.exposure) : countWords(shown);
}

function withWhose(shown: Shown): string {
  const whose = shown.kind === 'percent' && shown.of !== undefined ? escapeText(shown.of, OF_CHARS) : '';
  return whose === '' ? amountWords(shown) : `${amountWords(shown)} of ${whose}`;
}

/** What a plan would do if it were started now, in words for a terminal. Pure: the moment and everything else is handed in. */
import type { Plan, Restart, StagePlan } from '../rollout/plan/plan.js';
import { spelled } from '../slack/words/phrases/bake.js';
import { listed, quorumNames, roleNames } from '../slack/words/phrases/people.js';
import { placeWords, reminderWords } from '../slack/words/phrases/setup.js';
import { stageLabel } from '../slack/words/phrases/stages.js';
import { duration } from '../slack/words/text.js';
import { plain } from './terminal.js';

/** A stage, and when its bake is over at the earliest. */
export interface StagePreview {
  readonly stage: StagePlan;
  readonly endsAt: Date;
}

/** Everything at the earliest: nobody is waited for, and every minute of a bake is a healthy one. */
export function previewStages(plan: Plan, now: Date): StagePreview[] {
  let at = now.getTime() + (plan.baselineMs ?? 0);
  return plan.stages.map((stage) => {
    at += stage.bakeMs;
    return { stage, endsAt: new Date(at) };
  });
}

/** One line per stage: exposure, bake, earliest end, who approves; then who is told, reminders, and where back is. */
export function previewLines(plan: Plan, now: Date): string[] {
  const zone = plan.timezone;
  const stages = previewStages(plan, now).map(
    ({ stage, endsAt }) =>
      `  ${stage.no}. ${plain(stageLabel(stage))}: bakes ${bakeWords(stage)}, over ${moment(endsAt, zone)} at the earliest; ${approvalWords(stage)}${goesOn(stage)}`,
  );
  const told = plan.contact.length === 0 ? 'nobody by name' : plain(roleNames(plan.contact));
  return [
    `Stages, if it were started ${moment(now, zone)} (${zone}), approvals not counted:`,
    ...(plan.baselineMs === undefined ? [] : [`  0. The baseline is measured for ${plain(duration(plan.baselineMs))}`]),
    ...stages,
    `Who is told about each stage and each incident: ${plan.channel}, ${told}`,
    `Reminders: ${plain(reminderWords(plan))}`,
    `Rollback: to ${plain(placeWords(plan))}, promised within ${plain(spelled(plan.rollback.withinMs))}`,
  ];
}

/** `1 d (at most 3 d, starts over after a warning)`. */
function bakeWords({ bakeMs, maxBakeMs, restartsOn = [] }: StagePlan): string {
  const more = [
    ...(maxBakeMs === undefined ? [] : [`at most ${duration(maxBakeMs)}`]),
    ...(restartsOn.length === 0
      ? []
      : [
          `starts over after ${listed(
            restartsOn.map((each) => RESTART_WORDS[each]),
            'or',
          )}`,
        ]),
  ];
  return plain(`${duration(bakeMs)}${more.length === 0 ? '' : ` (${more.join(', ')})`}`);
}

const RESTART_WORDS: Readonly<Record<Restart, string>> = {
  warning: 'a warning',
  no_data: 'missing data',
  drift: 'drift',
};

function approvalWords({ approve }: StagePlan): string {
  return approve ? `approved by ${plain(quorumNames(approve))}` : 'no approval';
}

function goesOn({ advance }: StagePlan): string {
  return advance === 'auto' ? '; then asks for the next by itself' : '';
}

/** `Fri 20 Nov 17:21` there. */
function moment(at: Date, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
  return format.format(at).replaceAll(',', '');
}

/** `Opal Operator, Oscar Operator`; more than five are counted. */
export function peopleWords(names: readonly string[]): string {
  return names.length === 0 ? 'nobody' : plain(listed(names, 'and'));
}

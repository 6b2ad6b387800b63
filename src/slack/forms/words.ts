import type { Watch } from '../../rollout/health/assess.js';
import type { JudgedCheck } from '../../rollout/health/in-force.js';
import type { ListId } from '../../rollout/plan/lists.js';
import type { StagePlan } from '../../rollout/plan/plan.js';
import {
  type ApprovalRequest,
  bakeNeededMs,
  nextStage,
  type Rollout,
  type RolloutIn,
  rolloutName,
} from '../../rollout/state/rollout.js';
import { lines, type MessagePart } from '../words/blocks.js';
import { askedLines, moveLine } from '../words/phrases/approvals.js';
import { bakeWords } from '../words/phrases/bake.js';
import { checkLines, checksNow, checkTitle, healthNow, valueWords } from '../words/phrases/checks.js';
import { title, typed } from '../words/phrases/commands.js';
import { atWords, exposureWords } from '../words/phrases/exposure.js';
import { listTitle } from '../words/phrases/items.js';
import { rolledBackWords } from '../words/phrases/last-run-rolled-back.js';
import { actingWords } from '../words/phrases/limits.js';
import { actorName } from '../words/phrases/people.js';
import { phaseWord, stageLabel } from '../words/phrases/stages.js';
import { bold, capital, clock, duration, escapeText } from '../words/text.js';

/** What each form will do, and what stands now: all that a person decides from. */
export function denyWords(rollout: Rollout, request: ApprovalRequest, now: Date): MessagePart[] {
  return [
    lines(
      moveLine(rollout, request),
      ...askedLines(rollout, request, null),
      'Unless you choose otherwise, users keep what they have. It can be asked for again.',
    ),
    lines(...healthLines(rollout, null, now)),
  ];
}

export function overrideAsk(rollout: Rollout, watch: Watch | null, now: Date): MessagePart[] {
  const next = nextStage(rollout);
  const place = next ? stageLabel(next) : 'the next stage';
  return [
    lines(
      `${bold(title(rollout))}: asks for ${place} although the bake is not over.`,
      'Somebody else has to approve it; your reason stands on the request.',
      `${bold('Bake')} ${bakeWords(rollout, watch, now)}`,
    ),
    lines(...healthLines(rollout, watch, now)),
  ];
}

export function rollbackWords(rollout: Rollout, more: string): MessagePart[] {
  return [
    lines(
      `${bold(title(rollout))}: users get ${exposureWords(rollout.plan, rollout.exposure.confirmed)} now, ${phaseWord(rollout.phase)}.`,
      'It goes down at once and is read back; a stage is paused there, off ends the run.',
      more,
    ),
  ];
}

export function finishWords(rollout: Rollout): MessagePart[] {
  const checks = checksNow(rollout, null);
  const left = rollout.plan.stages.slice(rollout.stage.no).map((stage) => exposureWords(rollout.plan, stage.exposure));
  return [
    lines(
      `${bold(title(rollout))} ends ${atWords(rollout.plan, rollout.exposure.confirmed)}. ${bold('Nothing is watched from then on')}, and nothing is rolled back by itself.`,
      checks.length === 0 ? '' : `Health now: ${healthNow(checks)}`,
      left.length === 0
        ? ''
        : `Not taken: ${left.slice(0, 5).join(', ')}${left.length > 5 ? ` and ${left.length - 5} more` : ''}`,
      'It can still be taken back by hand with a rollback.',
    ),
  ];
}

export function extendWords(rollout: Rollout): MessagePart[] {
  return [
    lines(
      `${bold(title(rollout))}: the bake ${atWords(rollout.plan, rollout.exposure.confirmed)} takes ${duration(bakeNeededMs(rollout))} now.`,
      'It is made longer by what you say; a bake that was done goes on when it no longer is.',
    ),
  ];
}

/** What is asked, what was told last, and what it is judged by. */
export function reportWords({ rollout, check }: { rollout: Rollout; check: JudgedCheck }): MessagePart[] {
  const last = rollout.health.reports[check.name];
  const ask = check.probe.kind === 'manual' ? escapeText(check.probe.ask) : '';
  return [
    lines(
      `${bold(checkTitle(check))} · ${title(rollout)}`,
      ask,
      actingWords(check),
      last ? `Last: ${valueWords(check, last.value)}, ${actorName(last.by)} at ${clock(last.at)}` : '',
      'It is kept with your name, and counts from the next reading.',
    ),
  ];
}

export function startWords(more: string): MessagePart[] {
  return [
    lines(
      'Reads the targets and every check once; nothing is raised before that.',
      'When everything reads fine the first stage begins at once, unless the plan asks for approval.',
      more,
    ),
  ];
}

export function falseAlarmWords(rolledBack: RolloutIn<'rolled_back'>, stage: StagePlan): MessagePart[] {
  return [
    lines(
      `${bold(title(rolledBack))}: ${escapeText(rolloutName(rolledBack))} was ${rolledBackWords(rolledBack)}`,
      `A new run begins with ${stageLabel(stage)}, the last stage that had finished its bake. The stages before it are skipped.`,
      'Somebody else has to approve it; your reason stands on the request and in the record.',
    ),
  ];
}

function healthLines(rollout: Rollout, watch: Watch | null, now: Date): string[] {
  const checks = checksNow(rollout, watch);
  if (checks.length === 0) return [];
  return [`${bold('Health now')} ${healthNow(checks)}`, ...checkLines(checks, now)];
}

/** Nothing to choose from: what helps instead. */
export function nothingToChoose(what: 'plan' | 'place', rollout?: Rollout): MessagePart[] {
  if (what === 'plan') return [lines('There is no plan that can be started. `/rollout plans` says why.')];
  const back = rollout ? `: ${typed('rollback', rollout)}` : '';
  return [lines(capital(`no stage lies below where users are now${back}`))];
}

/** Which list the items of a form are of. */
export function itemsWords(rollout: Rollout, list: ListId): MessagePart[] {
  return [lines(`${bold(listTitle(rollout, list))} · ${title(rollout)}`)];
}

export function noItems(rollout: Rollout, list: ListId): MessagePart[] {
  return [
    lines(`${bold(listTitle(rollout, list))} · ${title(rollout)}`, 'There is no item of which this can be said now.'),
  ];
}

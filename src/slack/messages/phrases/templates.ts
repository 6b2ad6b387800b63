import type { Message } from '../../../rollout/effects.js';
import type { Placeholder } from '../../../rollout/placeholders.js';
import type { Template } from '../../../rollout/plan.js';
import {
  type ApprovalRequest,
  type Episode,
  type Rollback,
  type Rollout,
  rolloutName,
} from '../../../rollout/rollout.js';
import { duration, escapeText, link } from '../../text.js';
import { moveLine } from './approvals.js';
import { checkAt, checkTitle, limitWords, valueWords } from './checks.js';
import { title, typed } from './commands.js';
import { exposureWords, shareWords } from './exposure.js';
import { lookup } from './lookup.js';
import { actorName } from './people.js';
import { causeWords } from './reasons.js';

/** What each placeholder stands for in one post. A name without a value does not compile. */
type Values<T extends Template> = Readonly<Record<Placeholder<T>, string>>;
type Of<T extends Message['template']> = Extract<Message, { template: T }>;

/** Longer than a plan may write it: what was read is never cut. */
const WORDS_CHARS = 400;

/** The plan's own first words of a post with its placeholders filled in; null where it has none. */
function ownWords<T extends Template>(rollout: Rollout, template: T, values: () => Values<T>): string | null {
  const words = rollout.plan.templates?.[template];
  if (words === undefined) return null;
  const known: Readonly<Record<string, string>> = values();
  // The values are safe already; escaping once more would show their marks. Braces are no mark of Slack's.
  const filled = escapeText(words, WORDS_CHARS).replace(/\{\{\s*([a-z_]+)\s*\}\}/g, (hole, name: string) => {
    return lookup(known, name) ?? hole;
  });
  return filled === '' ? null : filled;
}

/** Its own words cannot hide or turn round which move is approved: the built-in line always stands first. */
export function ownRequestWords(rollout: Rollout, request: ApprovalRequest): string[] {
  const built = moveLine(rollout, request);
  const own = ownWords(rollout, 'approval_request', () => ({
    ...everywhere(rollout),
    ...atStage(rollout, request.stageNo, request.to, request.bakedMs),
    ...{
      from: exposureWords(rollout.plan, request.from),
      to: exposureWords(rollout.plan, request.to),
      person: actorName(request.requestedBy),
    },
  }));
  return own === null ? [built] : [built, own];
}

export function ownStageStartWords(rollout: Rollout, message: Of<'stage_start'>): string | null {
  const { stageNo, exposure, bakeMs } = message;
  return ownWords(rollout, 'stage_start', () => ({
    ...everywhere(rollout),
    ...atStage(rollout, stageNo, exposure, bakeMs),
    exposure: exposureWords(rollout.plan, exposure),
  }));
}

export function ownStageCompleteWords(rollout: Rollout, message: Of<'stage_complete'>): string | null {
  const { stages } = rollout.plan;
  const exposure = stages[message.stageNo - 1]?.exposure ?? rollout.confirmed;
  const next = stages[message.stageNo];
  return ownWords(rollout, 'stage_complete', () => ({
    ...everywhere(rollout),
    ...atStage(rollout, message.stageNo, exposure, message.observedMs),
    ...{
      exposure: exposureWords(rollout.plan, exposure),
      to: next ? exposureWords(rollout.plan, next.exposure) : 'no further stage',
    },
    advance_command: typed('advance', rollout),
  }));
}

/** Before the built-in line, which has the number and its limit. '' where the plan has no words. */
export function ownAlertWords(rollout: Rollout, { subject, kind, value, exposure }: Episode): string {
  const stage = rollout.plan.stages[rollout.stageNo - 1];
  const own = ownWords(rollout, 'alert', () => ({
    ...everywhere(rollout),
    ...ofCheck(rollout, subject, value, kind === 'warning' ? 'warning' : 'critical'),
    ...{ exposure: exposureWords(rollout.plan, exposure), stage: stage ? escapeText(stage.name, 60) : 'no stage yet' },
    stage_title: escapeText(stage?.title ?? '', 60),
  }));
  return own ?? '';
}

/** Before the built-in headline, which alone says truly whether it is done. '' where the plan has no words. */
export function ownIncidentWords(rollout: Rollout, rollback: Rollback): string {
  const { cause, from, to } = rollback;
  const own = ownWords(rollout, 'incident', () => ({
    ...everywhere(rollout),
    ...ofCheck(rollout, cause.check ?? '', cause.value ?? null, 'critical'),
    ...{
      from: exposureWords(rollout.plan, from),
      to: exposureWords(rollout.plan, to),
      cause: causeWords(rollout, cause),
      person: actorName(cause.by),
    },
  }));
  return own ?? '';
}

/** Null as well for a rollout that was ended early: what the plan says of its end would not be true of that. */
export function ownCompletedWords(
  rollout: Rollout,
  message: Of<'completed'> & { readonly exposure: number },
): string | null {
  if (message.unwatched) return null;
  const { exposure, observedMs } = message;
  return ownWords(rollout, 'completed', () => ({
    ...everywhere(rollout),
    ...{
      exposure: exposureWords(rollout.plan, exposure),
      share: shareWords(rollout.plan, exposure),
      bake: duration(observedMs),
    },
    person: actorName(rollout.startedBy),
  }));
}

function everywhere(rollout: Rollout) {
  const { links } = rollout.plan;
  const page = (name: string, words: string): string => {
    const address = lookup(links, name);
    return address === undefined ? `no ${words.toLowerCase()} named` : link(address, words);
  };
  return {
    ...{ title: title(rollout), rollout: escapeText(rolloutName(rollout)) },
    ...{ dashboard: page('dashboard', 'Dashboard'), runbook: page('runbook', 'Runbook') },
    rollback_command: typed('rollback', rollout),
  };
}

function atStage(rollout: Rollout, stageNo: number, exposure: number, bakeMs: number) {
  const stage = rollout.plan.stages[stageNo - 1];
  return {
    ...{ stage: escapeText(stage?.name ?? String(stageNo), 60), stage_title: escapeText(stage?.title ?? '', 60) },
    ...{ share: shareWords(rollout.plan, exposure), bake: duration(bakeMs) },
  };
}

function ofCheck(rollout: Rollout, subject: string, value: number | null, level: 'warning' | 'critical') {
  const check = checkAt(rollout, subject);
  return {
    check: check ? checkTitle(check) : 'the targets',
    value: check && value !== null ? valueWords(check, value) : 'no number',
    limit: (check && limitWords(check, level)) || 'no limit',
  };
}

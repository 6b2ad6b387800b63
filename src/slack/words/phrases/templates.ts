import type { Placeholder } from '../../../rollout/plan/placeholders.js';
import type { Limit, Template } from '../../../rollout/plan/plan.js';
import type { Message } from '../../../rollout/state/effects.js';
import {
  type ApprovalRequest,
  type Episode,
  type Rollback,
  type Rollout,
  rolloutName,
} from '../../../rollout/state/rollout.js';
import { bold, clock, duration, escapeText, link, soon } from '../text.js';
import { moveLine } from './approvals.js';
import { brokenLimit, checkAt, checkTitle, valueWords } from './checks.js';
import { title, typed } from './commands.js';
import { exposureWords, shareWords } from './exposure.js';
import { limitNumber } from './limits.js';
import { lookup } from './lookup.js';
import { actorName, roleNames } from './people.js';
import { causeWords } from './reasons.js';
import { issueWords, stageWithQuorum } from './stages.js';

/** What each placeholder stands for in one post. A name without a value does not compile. */
type Values<T extends Template> = Readonly<Record<Placeholder<T>, string>>;
type Of<T extends Message['template']> = Extract<Message, { template: T }>;

/** Longer than a plan may write it: what was read is never cut. */
const WORDS_CHARS = 400;

/** What a post has to say whatever the plan's words are: said by one of these placeholders, else put behind them. */
type Must = readonly (readonly [words: string, ...said: readonly string[]])[];

/** The plan's own first words of a post with its placeholders filled in; null where it has none. */
function ownWords<T extends Template>(
  rollout: Rollout,
  template: T,
  values: () => Values<T>,
  must: Must = [],
): string | null {
  const words = rollout.plan.templates?.[template];
  if (words === undefined) return null;
  const known: Readonly<Record<string, string>> = values();
  const names = new Set([...words.matchAll(HOLE)].flatMap(([, name]) => name ?? []));
  const missing = must.flatMap(([fact, ...said]) => (said.some((name) => names.has(name)) ? [] : [fact]));
  // The values are safe already; escaping once more would show their marks. Braces are no mark of Slack's.
  const filled = escapeText(words, WORDS_CHARS).replace(HOLE, (hole, name: string) => {
    return lookup(known, name) ?? hole;
  });
  if (filled === '') return null;
  return missing.length === 0 ? filled : `${filled} (${missing.join(', ')})`;
}

const HOLE = /\{\{\s*([a-z_]+)\s*\}\}/g;

/** Its own words cannot hide or turn round which move is approved: the built-in line always stands first. */
export function ownRequestWords(rollout: Rollout, request: ApprovalRequest): string[] {
  const built = `🔵 ${bold('Approval needed')} · ${moveLine(rollout, request)}`;
  const own = ownWords(rollout, 'approval_request', () => ({
    ...everywhere(rollout, { stageNo: request.stageNo, exposure: request.to }),
    ...atStage(rollout, request.stageNo, request.to, request.bakedMs),
    duration: duration(request.bakedMs),
    when: soon(request.expiresAt, request.requestedAt),
    from: exposureWords(rollout.plan, request.from),
    to: exposureWords(rollout.plan, request.to),
    person: actorName(request.requestedBy),
  }));
  return own === null ? [built] : [built, own];
}

export function ownStageStartWords(rollout: Rollout, message: Of<'stage_start'>): string | null {
  const { stageNo, exposure, bakeMs, at } = message;
  const percent = exposureWords(rollout.plan, exposure);
  const values = () => ({
    ...everywhere(rollout, { stageNo, exposure }),
    ...atStage(rollout, stageNo, exposure, bakeMs),
    exposure: percent,
    duration: duration(bakeMs),
    when: soon(new Date(at.getTime() + bakeMs), at),
  });
  // How long it bakes stands in the line below.
  return ownWords(rollout, 'stage_start', values, [[percent, 'exposure', 'percent', 'share']]);
}

export function ownStageCompleteWords(rollout: Rollout, message: Of<'stage_complete'>): string | null {
  const { stages } = rollout.plan;
  const exposure = stages[message.stageNo - 1]?.exposure ?? rollout.exposure.confirmed;
  const next = stages[message.stageNo];
  const percent = exposureWords(rollout.plan, exposure);
  const took = duration(message.wallMs);
  const values = () => ({
    ...everywhere(rollout, { stageNo: message.stageNo, exposure }),
    ...atStage(rollout, message.stageNo, exposure, message.observedMs),
    exposure: percent,
    duration: took,
    when: clock(message.passedAt),
    issues: issueWords(message.issues),
    to: next ? exposureWords(rollout.plan, next.exposure) : 'no further stage',
    advance_command: typed('advance', rollout),
  });
  return ownWords(rollout, 'stage_complete', values, [
    [percent, 'exposure', 'percent', 'share'],
    [`after ${took}`, 'duration'],
  ]);
}

/** Before the built-in line, which has the number and its limit. '' where the plan has no words. */
export function ownAlertWords(rollout: Rollout, { subject, kind, value, exposure, since }: Episode): string {
  const stage = rollout.plan.stages[rollout.stage.no - 1];
  const own = ownWords(rollout, 'alert', () => ({
    ...everywhere(rollout, { stageNo: rollout.stage.no, exposure }),
    ...ofCheck(rollout, subject, value, kind === 'warning' ? 'warning' : 'critical'),
    when: clock(since),
    exposure: exposureWords(rollout.plan, exposure),
    stage: stage ? escapeText(stage.name, 60) : 'no stage yet',
    stage_title: escapeText(stage?.title ?? '', 60),
  }));
  return own ?? '';
}

/** Before the built-in headline, which alone says truly whether it is done. '' where the plan has no words. */
export function ownIncidentWords(rollout: Rollout, rollback: Rollback): string {
  const { cause, from, to } = rollback;
  const own = ownWords(rollout, 'incident', () => ({
    ...everywhere(rollout, { stageNo: rollout.stage.no, exposure: to }),
    ...ofCheck(rollout, cause.check ?? '', cause.value ?? null, 'critical', cause.limit),
    when: clock(rollback.orderedAt),
    from: exposureWords(rollout.plan, from),
    to: exposureWords(rollout.plan, to),
    cause: causeWords(rollout, cause),
    person: actorName(cause.by),
  }));
  return own ?? '';
}

/** Null as well for a rollout that was ended early: what the plan says of its end would not be true of that. */
export function ownCompletedWords(
  rollout: Rollout,
  message: Of<'completed'> & { readonly exposure: number },
): string | null {
  if (message.unwatched) return null;
  const { exposure, observedMs, stageNo, wallMs } = message;
  const percent = exposureWords(rollout.plan, exposure);
  const took = duration(wallMs);
  const values = () => ({
    ...everywhere(rollout, { stageNo, exposure }),
    duration: took,
    when: clock(rollout.endedAt ?? new Date(rollout.createdAt.getTime() + wallMs)),
    issues: issueWords(message.issues),
    exposure: percent,
    share: shareWords(rollout.plan, exposure),
    bake: duration(observedMs),
    person: actorName(rollout.startedBy),
  });
  return ownWords(rollout, 'completed', values, [
    [percent, 'exposure', 'percent', 'share'],
    [`after ${took}`, 'duration'],
  ]);
}

/** `exposure`: what users have, or are to have, by what the post is about. */
function everywhere(rollout: Rollout, { stageNo, exposure }: { stageNo: number; exposure: number }) {
  const { links, contact, stages } = rollout.plan;
  const next = stages[stageNo];
  const page = (name: string, words: string): string => {
    const address = lookup(links, name);
    return address === undefined ? `no ${words.toLowerCase()} named` : link(address, words);
  };
  return {
    title: title(rollout),
    rollout: escapeText(rolloutName(rollout)),
    dashboard: page('dashboard', 'Dashboard'),
    runbook: page('runbook', 'Runbook'),
    rollback_command: typed('rollback', rollout),
    percent: exposureWords(rollout.plan, exposure),
    stage_number: String(stageNo),
    stages: String(stages.length),
    next: next ? stageWithQuorum(next) : 'no further stage',
    contact: contact.length === 0 ? 'no contact named' : roleNames(contact),
  };
}

function atStage(rollout: Rollout, stageNo: number, exposure: number, bakeMs: number) {
  const stage = rollout.plan.stages[stageNo - 1];
  return {
    stage: escapeText(stage?.name ?? String(stageNo), 60),
    stage_title: escapeText(stage?.title ?? '', 60),
    share: shareWords(rollout.plan, exposure),
    bake: duration(bakeMs),
  };
}

function ofCheck(
  rollout: Rollout,
  subject: string,
  value: number | null,
  level: 'warning' | 'critical',
  broken?: Limit,
) {
  const check = checkAt(rollout, subject);
  const limit = check && (broken ?? (value === null ? undefined : brokenLimit(check, value, level)));
  return {
    check: check ? checkTitle(check) : 'the targets',
    value: check && value !== null ? valueWords(check, value) : 'no number',
    limit: check && limit ? limitNumber(limit, check.unit) : 'no limit',
  };
}

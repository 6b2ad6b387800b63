import type { Reason } from '../../../rollout/plan/reasons.js';
import type { Held, RollbackCause, Rollout } from '../../../rollout/state/rollout.js';
import { type Phrase, say, toMrkdwn } from '../inline.js';
import { moment, oneLine, quoted, quotedPlain, safe, theirs } from '../text.js';
import { brokenPlain, checkAt, checkNumber } from './checks.js';
import { inBrackets } from './details.js';
import { exposureWords } from './exposure.js';
import { actorName, actorSaid } from './people.js';

const BRIEF_CHARS = 80;

/** Each code in people's words: a clause that stands after "Not advanced:" and after "Paused:" alike. */
export const REASON_WORDS: Readonly<Record<Reason, string>> = {
  not_allowed: 'you do not have a role that may do this',
  own_request: 'you asked for this yourself, so somebody else must approve it',
  guest_or_stranger: 'only full members of this workspace may do this',
  membership_unknown: 'Slack did not say in time which roles you hold; try again',
  slack_refuses: 'Slack refuses to answer a question that I have to ask',
  no_such_rollout: 'there is no rollout of that name here',
  which_rollout: 'more than one rollout could be meant',
  no_such_plan: 'there is no plan of that name',
  plan_invalid: 'the plan file does not hold together',
  no_such_stage: 'the words look like a place, but are not one',
  no_such_check: 'the plan has no such check that people report',
  no_such_item: 'there is no such item',
  plan_has_none: 'the plan has no baseline',
  unknown_command: 'there is no such command',
  bad_arguments: 'the words after the command could not be read',
  wrong_phase: 'not possible in the state it is in',
  bake_incomplete: 'the bake is not over',
  health_not_known: 'a check has no trustworthy number',
  health_critical: 'a check is beyond its limit',
  last_stage: 'this is the last stage already',
  not_next_stage: 'stages are taken one by one',
  already_there: 'it is there already',
  stale_button: 'the rollout has moved on since that button was shown',
  stale_delivery: 'this reached me more than 30 seconds late, or nobody waited for the answer any more',
  request_closed: 'that request is closed',
  not_voted: 'there is no approval of yours to take back',
  reason_missing: 'this needs a reason',
  items_unmet: 'something that is to be done before is not done',
  item_waits: 'it waits for another item',
  item_changed: 'somebody said something else of that item',
  list_closed: 'that list is not open any more, or was opened again since',
  own_waiver: 'who started it, asked for the move or saw the item fail cannot waive it',
  item_of_bot: 'the bot does that itself, and says what came of it',
  item_of_people: 'that is done by people, not by the bot',
  item_is_measured: 'that is read with every round of checks',
  no_output: 'there is no output of that',
  busy: 'too much happened at the same moment; try again',
  duplicate: 'that was done already',
  changed_delivery: 'the same delivery came twice with different words',
  already_running: 'this plan is rolling out already',
  target_locked: 'another rollout moves the same targets',
  target_settling: 'the targets are still being re-read after a rollback',
  target_above_first_stage: 'users already get more than the first stage would give them',
  target_partial: 'the targets do not agree with each other',
  rehearsal_failed: 'the targets could not be read and written as a rollback would need it',
  channel_refused: 'the channel does not take my messages',
  no_baseline: 'the baseline could not be measured',
  too_few_approvers: 'too few people could approve it',
  items_of_nobody: 'too few people hold the role of an item',
  last_run_rolled_back: 'the last run of this plan was rolled back',
  rollback_unfinished: 'what is to be done after the last rollback is not done',
  no_good_stage: 'no stage of the last run had passed its bake',
  cancelled: 'it was cancelled before it began',
  channel_shared: 'the channel is shared with another organisation',
  person_not_found: 'a person or group in the plan does not exist here',
  channel_not_found: 'the channel in the plan cannot be posted in',
  variable_unset: 'a variable the plan needs is not set',
  not_supported_yet: 'this asks for something that is not built yet',
  database_down: 'nothing could be recorded, so nothing was done',
  check_critical: 'a check went beyond its limit',
  check_holds: 'a check is beyond a limit that pauses the rollout',
  bake_too_long: 'the bake took longer than the plan allows',
  baseline_changed: 'the baseline was measured again',
  health_worse: 'health became worse than it was when this was asked',
  exposure_moved: 'the exposure has moved since this was asked',
  drift_down: 'somebody else lowered the exposure',
  drift_up: 'somebody else raised the exposure',
  no_data: 'there is no data',
  raise_failed: 'the raise could not be applied',
  raise_expired: 'the raise was not read back in time',
  request_expired: 'nobody decided in time',
  approval_withdrawn: 'an approval was taken back while the move was under way',
  target_changed: 'the environment now points the plan at other targets',
  late_raise: 'a raise landed after it had been taken back',
  paused_by_person: 'paused',
  rolled_back_to_stage: 'rolled back to here',
};

/** Why it is held: `paused by @opal: “lunch”`, `the raise could not be applied: flag table does not answer`. */
function heldWords(rollout: Rollout, held: Held): string {
  if (held.cause === 'approval_withdrawn') return `${REASON_WORDS.approval_withdrawn}, by ${actorName(held.by)}`;
  const byPerson = held.cause === 'paused_by_person' || held.cause === 'rolled_back_to_stage';
  if (byPerson) {
    const said = quoted(held.note);
    return `${REASON_WORDS[held.cause]} by ${actorName(held.by)}${said === '' ? '' : `: ${said}`}`;
  }
  return `${REASON_WORDS[held.cause]}${inBrackets(rollout, held.detail)}`;
}

/** `Paused by @opal since 14:02: “lunch”`, `Paused since 14:02: the raise could not be applied (no answer)`. */
export function pausedWords(rollout: Rollout, held: Held, paused = 'Paused'): string {
  const since = `since ${moment(held.since)}`;
  if (held.cause !== 'paused_by_person') return `${paused} ${since}: ${heldWords(rollout, held)}`;
  const said = quoted(held.note);
  return `${paused} by ${actorName(held.by)} ${since}${said === '' ? '' : `: ${said}`}`;
}

/** The same without naming anybody, for posts that must not call people again. */
export function heldPlainly(rollout: Rollout, held: Held): string {
  if (held.cause === 'approval_withdrawn') return REASON_WORDS.approval_withdrawn;
  if (held.cause === 'paused_by_person') return quoted(held.note);
  if (held.cause !== 'rolled_back_to_stage') return heldWords(rollout, held);
  const said = quoted(held.note);
  return `${REASON_WORDS.rolled_back_to_stage}${said === '' ? '' : `: ${said}`}`;
}

/** What set it off beside other facts, many of them under each other: `Error rate 12 % (limit 5)`. */
export function causeBriefly(rollout: Rollout, cause: RollbackCause): string {
  const check = cause.check === undefined ? undefined : checkAt(rollout, cause.check);
  return check && cause.value !== undefined
    ? checkNumber(check, cause.value)
    : toMrkdwn(firstCause(rollout, { ...cause, note: oneLine(cause.note, BRIEF_CHARS) }));
}

/** What set a rollback off, with the value and its limit where a check did it; and a place on the way that was refused. */
export function causeWords(rollout: Rollout, cause: RollbackCause): string {
  return toMrkdwn(causeSaid(rollout, cause));
}

/** The same for any place. */
export function causeSaid(rollout: Rollout, cause: RollbackCause): Phrase {
  const refused = refusedPlain(rollout, cause);
  return refused === '' ? firstCause(rollout, cause) : say`${firstCause(rollout, cause)}. ${refused}`;
}

/** `The targets did not take 10 %: no such percentage`; '' where they took what was ordered. */
export function refusedPlace(rollout: Rollout, cause: RollbackCause): string {
  return safe(refusedPlain(rollout, cause));
}

function refusedPlain(rollout: Rollout, { refused }: RollbackCause): string {
  return refused ? `The targets did not take ${exposureWords(rollout.plan, refused.to)}: ${theirs(refused.text)}` : '';
}

function firstCause(rollout: Rollout, cause: RollbackCause): Phrase {
  const check = cause.check === undefined ? undefined : checkAt(rollout, cause.check);
  if (check && cause.value !== undefined) return say`${brokenPlain(check, cause.value, 'critical', cause.limit)}`;
  if (cause.reason === 'person') {
    const said = quotedPlain(cause.note);
    return say`${actorSaid(cause.by)} asked for it${said === '' ? '' : `: ${said}`}`;
  }
  return say`${REASON_WORDS[cause.reason]}`;
}

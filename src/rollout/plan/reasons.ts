/**
 * The closed list of reason codes: why something was refused, stopped or done by the bot itself.
 * Imagine people writing switch statements on them: a code keeps its meaning for ever.
 * Each is explained in docs/reference/reasons.md (checked by a test).
 */
export const REASONS = [
  // who
  'not_allowed',
  'own_request',
  'guest_or_stranger',
  'membership_unknown',
  'slack_refuses',
  // which
  'no_such_rollout',
  'which_rollout',
  'no_such_plan',
  'plan_invalid',
  'no_such_stage',
  'no_such_check',
  'plan_has_none',
  'unknown_command',
  'bad_arguments',
  // state
  'wrong_phase',
  'bake_incomplete',
  'health_not_known',
  'health_critical',
  'last_stage',
  'not_next_stage',
  'already_there',
  'stale_button',
  'stale_delivery',
  'request_closed',
  'already_voted',
  'not_voted',
  'reason_missing',
  'busy',
  'duplicate',
  'changed_delivery',
  // start
  'already_running',
  'target_locked',
  'target_settling',
  'target_above_first_stage',
  'target_partial',
  'rehearsal_failed',
  'channel_refused',
  'no_baseline',
  'too_few_approvers',
  'last_run_rolled_back',
  'no_good_stage',
  'channel_shared',
  'person_not_found',
  'channel_not_found',
  'variable_unset',
  'not_supported_yet',
  'database_down',
  // what the bot did by itself
  'check_critical',
  'check_holds',
  'bake_too_long',
  'baseline_changed',
  'health_worse',
  'exposure_moved',
  'drift_down',
  'drift_up',
  'no_data',
  'raise_failed',
  'raise_expired',
  'request_expired',
  'approval_withdrawn',
  'target_changed',
  'late_raise',
  'paused_by_person',
  'rolled_back_to_stage',
] as const;

export type Reason = (typeof REASONS)[number];

export function isReason(text: string): text is Reason {
  return (REASONS as readonly string[]).includes(text);
}

import type { Template } from './plan.js';

const EVERYWHERE = [
  ...(['title', 'rollout', 'dashboard', 'runbook', 'rollback_command', 'contact'] as const),
  ...(['percent', 'stage_number', 'stages', 'next'] as const),
] as const;
const AT_A_STAGE = ['stage', 'stage_title', 'share', 'bake', 'duration', 'when'] as const;
const OF_A_CHECK = ['check', 'value', 'limit'] as const;

const NAMES = {
  approval_request: [...EVERYWHERE, ...AT_A_STAGE, 'from', 'to', 'person'],
  stage_start: [...EVERYWHERE, ...AT_A_STAGE, 'exposure'],
  stage_complete: [...EVERYWHERE, ...AT_A_STAGE, 'exposure', 'to', 'issues', 'advance_command'],
  alert: [...EVERYWHERE, ...OF_A_CHECK, 'exposure', 'stage', 'stage_title', 'when'],
  incident: [...EVERYWHERE, ...OF_A_CHECK, 'from', 'to', 'cause', 'person', 'when'],
  completed: [...EVERYWHERE, 'exposure', 'share', 'bake', 'duration', 'issues', 'person', 'when'],
} as const satisfies Readonly<Record<Template, readonly string[]>>;

/** The names that may stand between `{{` and `}}` in a plan's own words for this post. */
export type Placeholder<T extends Template> = (typeof NAMES)[T][number];

/** The same as a list: the plan reader refuses every other name, so that a post never shows a hole. */
export const PLACEHOLDERS: Readonly<Record<Template, readonly string[]>> = NAMES;

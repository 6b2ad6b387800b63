import type { Command } from '../../src/rollout/state/commands.js';
import type { Rollout } from '../../src/rollout/state/rollout.js';
import type { MovingVerb } from '../../src/rollout/state/verbs.js';
import { MINUTE } from './fixture.js';

/** The first item of a list that is open in no phase: the plan of these stories has none. */
export const ITEM = { kind: 'exit', stageNo: 1, opening: 1, no: 1 } as const;

/** One command of each verb. It has no default, so that a new verb says here what it asks. */
export function commandOf(verb: MovingVerb, requestId: string, says = 'because'): Command {
  switch (verb) {
    case 'advance':
    case 'rollback':
      return { type: verb, to: null, reason: '' };
    case 'approve':
      return { type: verb, requestId, messageTs: '1.0' };
    case 'deny':
      return { type: verb, requestId, reason: says, messageTs: '1.0', next: null, after: { kind: 'stay' } };
    case 'withdraw':
      return { type: verb, requestId };
    case 'pause':
    case 'resume':
    case 'finish':
    case 'baseline':
      return { type: verb, reason: says };
    case 'extend':
      return { type: verb, byMs: 5 * MINUTE, reason: says };
    case 'have':
      return { type: verb, subject: '' };
    case 'report':
      return { type: verb, check: 'complaints', value: 3, note: '' };
    case 'done':
      return { type: verb, items: [ITEM], note: '' };
    case 'fail':
      return { type: verb, item: ITEM, how: 'failed', note: says };
    case 'run':
      return { type: verb, item: ITEM };
    case 'reopen':
    case 'waive':
      return { type: verb, item: ITEM, reason: says };
    default:
      return verb satisfies never;
  }
}

/** The request that is open, or the one whose raise is under way; else one that there may have been. */
export function idOf({ request, raise }: Rollout): string {
  return request?.id ?? raise?.request?.id ?? '7.2';
}

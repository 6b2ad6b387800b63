import type { Fact } from '../state/commands.js';
import type { Context } from '../state/context.js';
import { type Decision, nothing } from '../state/decision.js';
import { isExposed, type Rollout } from '../state/rollout.js';
import { Draft } from './draft.js';

/** No user has got, or could have got, anything of this rollout: its first raise has not been read back. */
export function isBeforeFirstRaise(rollout: Rollout): boolean {
  return rollout.stage.no === 0 && rollout.bake.startedAt === null && !isExposed(rollout);
}

const STARTING: readonly Rollout['phase'][] = ['planned', 'starting', 'ready', 'awaiting_approval', 'applying'];

/** Whether its channel takes its first message still decides whether it starts at all. */
export function isStartOpen(rollout: Rollout): boolean {
  return STARTING.includes(rollout.phase) && isBeforeFirstRaise(rollout);
}

/**
 * The channel does not take the first message of the rollout, and that is Slack's last word. Nobody could watch it there,
 * so it ends as not started. Once a raise is ordered, the raise itself asks; once users have it, the rollout goes on and
 * people are told directly.
 */
export function decidePostRefused(
  rollout: Rollout,
  fact: Extract<Fact, { type: 'post_refused' }>,
  ctx: Context,
): Decision {
  if (!isBeforeFirstRaise(rollout)) return nothing('users_have_it');
  switch (rollout.phase) {
    case 'planned':
    case 'starting':
    case 'ready':
    case 'awaiting_approval':
      return refuseStart(new Draft(rollout, { kind: 'bot' }, ctx.now), fact.code);
    case 'applying':
      return nothing('raise_finds_out');
    case 'baking':
    case 'held':
    case 'rolling_back':
    case 'rolled_back':
    case 'completed':
    case 'not_started':
      return nothing('users_have_it');
    default:
      return rollout satisfies never;
  }
}

/** `code`: Slack's word for why the channel takes no posts. */
export function refuseStart(draft: Draft, code: string): Decision {
  const detail = { kind: 'channel', code } as const;
  draft.voidRequest('channel_refused', detail);
  draft.add({ type: 'announcement_refused', code });
  return draft.show('not_started', { template: 'not_started', reason: 'channel_refused', detail }).done();
}

/** Whatever the rollout does, it goes on being told where it was told. */
export function decideChannelMoved(
  rollout: Rollout,
  { from, to }: Extract<Fact, { type: 'channel_moved' }>,
  ctx: Context,
): Decision {
  if (rollout.channelId !== from) return nothing('other_channel');
  return new Draft(rollout, { kind: 'bot' }, ctx.now).add({ type: 'channel_moved', to }).done();
}

import type { Fact } from '../state/commands.js';
import { holds } from './acts.js';
import { failRaise } from './advance.js';
import type { Draft } from './draft.js';

type Assessed = Extract<Fact, { type: 'assessed' }>;

/**
 * Notes which checks ask for a pause, and which no longer do. A person who resumes has seen the number, so the same check does
 * not pause the rollout again until it has recovered once. Returns a check that has just begun to ask.
 */
export function noteHolds(draft: Draft, { streaks }: Assessed): string | undefined {
  let fresh: string | undefined;
  for (const { name } of draft.state.plan.checks) {
    const streak = streaks[name];
    // Without a number nothing is known to be well again.
    if (!streak || streak.unknownInRow > 0) continue;
    const known = draft.state.health.holds.includes(name);
    if (holds(streak) && !known) {
      draft.add({ type: 'hold_noted', check: name });
      fresh ??= name;
    } else if (known && !holds(streak)) draft.add({ type: 'hold_cleared', check: name });
  }
  return fresh;
}

/** Stops where it is: nothing moves on, a request is void, and a raise under way is called back. */
export function holdFor(draft: Draft, name: string): void {
  const {
    phase,
    request,
    exposure: { confirmed },
  } = draft.state;
  if (phase === 'applying') {
    failRaise(draft, 'health_worse', { kind: 'pauses', check: name });
    return;
  }
  if (phase !== 'baking' && phase !== 'ready' && phase !== 'awaiting_approval') return;
  const detail = { kind: 'subject', subject: name } as const;
  draft.add({ type: 'held', cause: 'check_holds', detail, exposure: confirmed });
  if (request) draft.showRequest(request, { kind: 'void', reason: 'check_holds', detail, at: draft.now });
}

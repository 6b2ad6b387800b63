import { type Actor, sameActor } from '../plan/actor.js';
import type { Command, CommandAsked } from '../state/commands.js';
import type { Context } from '../state/context.js';
import { type Decision, nothing, refused } from '../state/decision.js';
import { isOpen, postsOf } from '../state/evolve-alerts.js';
import { refusal } from '../state/refusal.js';
import { bakeNeededMs, type Rollout } from '../state/rollout.js';
import { endAlerts } from './alerts.js';
import { Draft } from './draft.js';

type Of<T extends Command['type']> = CommandAsked & { command: Extract<Command, { type: T }> };

/** `pause`: nothing moves on until a person says so. A raise under way is called back, a request withdrawn. */
export function decidePause(rollout: Rollout, { command, actor }: Of<'pause'>, ctx: Context): Decision {
  const draft = new Draft(rollout, actor, ctx.now);
  const { request, raise } = rollout;
  draft.add({ type: 'paused', reason: command.reason });
  if (request) draft.showRequest(request, { kind: 'withdrawn', by: actor, at: ctx.now });
  if (raise) draft.lower();
  const {
    startedBy,
    exposure: { confirmed: exposure },
  } = rollout;
  if (startedBy.kind === 'slack' && !sameActor(startedBy, actor)) {
    const message = { template: 'paused', by: actor, reason: command.reason, exposure } as const;
    draft.tell(startedBy.userId, `paused:${draft.state.seq}`, message);
  }
  return draft.done();
}

/** `resume`: on with the bake if it is unfinished, else ready for the next stage. */
export function decideResume(rollout: Rollout, { command, actor }: Of<'resume'>, ctx: Context): Decision {
  const draft = new Draft(rollout, actor, ctx.now);
  const said = command.reason === '' ? {} : { reason: command.reason };
  return draft.add({ type: 'resumed', to: rollout.bake.done ? 'ready' : 'baking', ...said }).done();
}

/** What stood on the form is not what stands now. */
function movedOn(rollout: Rollout, seen: Of<'finish'>['command']['button']): boolean {
  return seen !== undefined && (seen.stageNo !== rollout.stage.no || seen.attempt !== rollout.stage.attempt);
}

/** `extend`: a longer bake; a bake that was done goes on when it no longer is. */
export function decideExtend(rollout: Rollout, { command, actor }: Of<'extend'>, ctx: Context): Decision {
  if (rollout.stage.no === 0)
    return refused(refusal('wrong_phase', [{ kind: 'phase', ok: false, phase: rollout.phase }], { helps: 'status' }));
  if (movedOn(rollout, command.button)) return refused(refusal('stale_button', [], { helps: 'status' }));
  if (command.reason.trim() === '') return refused(refusal('reason_missing', [], { helps: 'extend' }));
  return extendBake(new Draft(rollout, actor, ctx.now), command, ctx).done();
}

/** `byMs`: how much longer the bake takes; one that was done goes on when it no longer is. */
export function extendBake(
  draft: Draft,
  { byMs, reason }: { readonly byMs: number; readonly reason: string },
  { watch }: Pick<Context, 'watch'>,
): Draft {
  const { bake } = draft.state;
  const reopened = bake.done && (watch?.observedMs ?? bake.observedMs) < bakeNeededMs(draft.state) + byMs;
  return draft.add({ type: 'bake_extended', byMs, reason, reopened });
}

/** `finish`: the rollout ends where it stands, unwatched from here on. */
export function decideFinish(rollout: Rollout, { command, actor }: Of<'finish'>, ctx: Context): Decision {
  if (movedOn(rollout, command.button)) return refused(refusal('stale_button', [], { helps: 'status' }));
  if (command.reason.trim() === '') return refused(refusal('reason_missing', [], { helps: 'finish' }));
  const draft = new Draft(rollout, actor, ctx.now);
  endAlerts(draft);
  draft.add({ type: 'finished', reason: command.reason });
  return draft
    .show('completed', {
      template: 'completed',
      wallMs: ctx.now.getTime() - rollout.createdAt.getTime(),
      stageNo: rollout.stage.no,
      observedMs: rollout.bake.done ? rollout.bake.observedMs : (ctx.watch?.observedMs ?? 0),
      issues: rollout.stage.issues,
      numbers: rollout.health.numbers,
      unwatched: { by: actor, reason: command.reason, exposure: rollout.exposure.confirmed },
    })
    .done();
}

/** `have`: "I have it". Said once per person. */
export function decideHave(rollout: Rollout, { command, actor }: Of<'have'>, ctx: Context): Decision {
  const anything = rollout.rollback !== null || Object.values(rollout.alerts.episodes).some((episode) => episode.open);
  if (!anything) return nothing('nothing_to_have');
  const mine = (actors: readonly Actor[]): boolean => actors.some((other) => sameActor(other, actor));
  const posts = postsOf(rollout).filter(isOpen);
  if (mine(rollout.alerts.haveIt) && posts.every(({ had }) => mine(had))) return nothing('already_yours');
  const draft = new Draft(rollout, actor, ctx.now);
  draft.add({ type: 'acknowledged', subject: command.subject });
  const { rollback } = draft.state;
  if (rollback) {
    const tookMs = rollback.confirmedAt ? rollback.confirmedAt.getTime() - rollback.orderedAt.getTime() : null;
    draft.showIncident({ tookMs, exposure: rollback.confirmedAt ? rollout.exposure.confirmed : null, wait: false });
  }
  return draft.done();
}

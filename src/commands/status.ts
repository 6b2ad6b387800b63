import { loadPlans, planTextIn } from '../plans/read/load.js';
import { renderExplain, renderMine, renderStatus } from '../slack/words/messages/index.js';
import { openLowering } from '../store/effects.js';
import { type Loaded, planTextOf } from '../store/rollouts.js';
import { list } from './list.js';
import { mineOf } from './mine.js';
import { refuse } from './moving.js';
import { missingVariable } from './plans.js';
import type { Desk, Request, VerbHandler } from './request.js';
import { which } from './which.js';

export const status: VerbHandler = {
  verb: 'status',
  usage: 'status [rollout]',
  does: 'show the card and its buttons, as it is now',
  async run(request, desk) {
    if (isOwnPlace(request)) return { rendered: renderMine(await mineOf(request.actor, desk)) };
    const found = await which(request, desk, 'status');
    if (!found.ok) {
      if (isBareMention(request))
        return { rendered: renderExplain({ plans: await planNames(desk), botName: 'rollout' }) };
      if (found.refusal.reason === 'no_such_rollout' && found.refusal.detail === undefined) {
        return list.run(request, desk);
      }
      return refuse('status', found.refusal, null, found.candidates);
    }
    const { rollout, watch, now } = found.loaded;
    const lowering = await openLowering(desk.db, rollout.id);
    const byHand = desk.adapters.byHand(rollout);
    return {
      rendered: renderStatus({
        rollout,
        watch,
        now,
        lowering,
        byHand,
        planFileDiffers: await fileDiffers(found.loaded, desk),
      }),
    };
  },
};

/** Nothing but `/rollout` in a direct message: there is no channel to mean, so what concerns the person is shown. */
function isOwnPlace({ surface, channelId, args }: Request): boolean {
  return surface !== 'click' && args === '' && channelId.startsWith('D');
}

/** Nothing but `@rollout`: somebody wants to know what this is. */
function isBareMention({ surface, args }: Request): boolean {
  return surface === 'mention' && args === '';
}

async function planNames(desk: Desk): Promise<string[]> {
  const plans = await loadPlans(desk.plansDir).catch(() => []);
  const good = plans.flatMap(({ result }) =>
    result.ok && missingVariable(result.plan, desk) === null ? [result.plan.name] : [],
  );
  return good;
}

/** A plan file edited since never touches a running rollout; people are told that it differs. */
async function fileDiffers({ rollout }: Loaded, desk: Desk): Promise<boolean> {
  const [file, stored] = await Promise.all([
    planTextIn(desk.plansDir, rollout.plan.name).catch(() => undefined),
    planTextOf(desk.db, rollout.id),
  ]);
  return file !== undefined && stored !== null && file !== stored;
}

import type { Plan } from '../rollout/plan.js';
import type { Phase } from '../rollout/rollout.js';
import { rolloutName } from '../rollout/rollout.js';
import { MOST_ROWS, renderList } from '../slack/messages/index.js';
import { activeRollouts, type Loaded } from '../store/rollouts.js';
import type { VerbHandler } from './request.js';

export const list: VerbHandler = {
  verb: 'list',
  usage: 'list',
  does: 'show every rollout under way',
  async run(_request, desk) {
    const { rollouts, total } = await activeRollouts(desk.db, MOST_ROWS);
    return { rendered: renderList(rollouts.map(listRow), total) };
  },
};

function listRow({ rollout }: Loaded): {
  name: string;
  title: string;
  phase: Phase;
  stage: string;
  plan: Plan;
  exposure: number;
  channelId: string;
} {
  const stage = rollout.plan.stages[rollout.stageNo - 1]?.title ?? '';
  const { plan, phase, confirmed, channelId } = rollout;
  return { name: rolloutName(rollout), title: plan.title, phase, stage, plan, exposure: confirmed, channelId };
}

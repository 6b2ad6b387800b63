import { rolloutName } from '../rollout/state/rollout.js';
import { type ListRow, MOST_ROWS, renderList } from '../slack/words/messages/index.js';
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

function listRow({ rollout }: Loaded): ListRow {
  const stage = rollout.plan.stages[rollout.stage.no - 1]?.title ?? '';
  const {
    plan,
    phase,
    rollback,
    alerts: { episodes },
    exposure: { confirmed },
    channelId,
  } = rollout;
  const name = rolloutName(rollout);
  return { name, title: plan.title, phase, rollback, episodes, stage, plan, exposure: confirmed, channelId };
}

import { decideStart } from '../../src/rollout/moves/start.js';
import type { ItemPlan, ListPlan, Lists } from '../../src/rollout/plan/lists.js';
import type { Plan } from '../../src/rollout/plan/plan.js';
import type { ItemRef, ItemState } from '../../src/rollout/state/item-state.js';
import { listOf, rowsOf } from '../../src/rollout/state/items.js';
import { LENA, NOON, type Person, PLAN, SAM, startRequest } from './fixture.js';
import { Story } from './given.js';

export function item(no: number, name: string, more: Partial<ItemPlan> = {}): ItemPlan {
  return { no, name, title: name.replaceAll('-', ' '), work: { kind: 'do' }, needs: [], ...more };
}

const APPROVERS: readonly Person[] = [LENA, SAM];
const QA = { kind: 'each', roles: ['sre'] } as const;

/** Before the start, of whatever plan. */
export const BEFORE_ALL: ListPlan = {
  kind: 'before',
  stageNo: 0,
  items: [item(1, 'merged'), item(2, 'on-call-briefed')],
};

/** Before the first stage. */
export const BEFORE_FIRST: ListPlan = { kind: 'before', stageNo: 1, items: [item(1, 'maintenance-is-on')] };

/** To leave the second stage, to go into the third, to leave the last, and afterwards. */
export const LISTS: Lists = [
  {
    kind: 'exit',
    stageNo: 2,
    items: [
      item(1, 'flow-one', { work: { kind: 'test' }, by: QA }),
      item(2, 'flow-two', { work: { kind: 'test' }, by: QA, needs: [1] }),
      item(3, 'screenshots', { optional: true }),
    ],
  },
  {
    kind: 'before',
    stageNo: 3,
    items: [
      item(1, 'support-briefed'),
      item(2, 'signed-off', { by: { kind: 'each', roles: ['engineering-lead', 'sre'] } }),
      item(3, 'gates', { waive: ['engineering-lead'] }),
    ],
  },
  { kind: 'exit', stageNo: 4, items: [item(1, 'full-review')] },
  { kind: 'after', stageNo: 0, items: [item(1, 'changelog')] },
  { kind: 'after_rollback', stageNo: 0, items: [item(1, 'incident-report')] },
];

const ONCE = { kind: 'run', run: ['deploy'], env: [], timeoutMs: 60_000 } as const;

/** The same with something in each that the bot does: once, for an hour at a time, and something that it writes. */
export function withBots(lists: Lists): Lists {
  return lists.map(({ items, ...list }) => {
    const no = items.length;
    return {
      ...list,
      items: [
        ...items,
        item(no + 1, 'deploy', { work: ONCE }),
        item(no + 2, 'gate', { work: { ...ONCE, run: ['gate'], freshMs: 3_600_000 } }),
        item(no + 3, 'told', { work: { kind: 'say', text: 'deployed' }, needs: [no + 1] }),
      ],
    };
  });
}

export function startedWith(lists: Lists = LISTS, plan: Plan = PLAN): Story {
  return new Story(decideStart({ ...startRequest(plan), lists }, NOON));
}

/** The second stage is baking. */
export function inSecondStage(lists: Lists = LISTS, plan: Plan = PLAN): Story {
  const story = startedWith(lists, plan).rehearsed().raised().baked().advances();
  return approvedByAll(story).raised();
}

/** Whoever has to approve has. */
export function approvedByAll(story: Story): Story {
  for (const person of APPROVERS) if (story.rollout.phase === 'awaiting_approval') story.approves(person);
  return story;
}

/** The second stage has baked. */
export function readyInSecond(lists: Lists = LISTS, plan: Plan = PLAN): Story {
  return inSecondStage(lists, plan).baked();
}

/** This item of this list, in the opening that is open now. */
export function ref(story: Story, kind: ItemRef['kind'], name: string, stageNo?: number): ItemRef {
  const list = story.rollout.lists.find(
    (one) => one.kind === kind && (stageNo ?? one.stageNo) === one.stageNo && one.state === 'open',
  );
  if (!list) throw new Error(`no ${kind} list is open`);
  const found = listOf(story.items, list)?.items.find((one) => one.name === name);
  if (!found) throw new Error(`no item ${name}`);
  return { kind: list.kind, stageNo: list.stageNo, opening: list.opening, no: found.no };
}

export function ticks(story: Story, person: Person, ...refs: readonly ItemRef[]): Story {
  return story.asks(person, { type: 'done', items: refs, note: '' });
}

/** The states of a list's items, in the plan's order. */
export function states(story: Story, kind: ItemRef['kind'], stageNo: number): ItemState[] {
  const list = story.rollout.lists.find((one) => one.kind === kind && one.stageNo === stageNo);
  return list ? rowsOf(story.items, list).map(({ state }) => state) : [];
}

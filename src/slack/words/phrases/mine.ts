import type { Button } from '@slack/types';
import type { Watch } from '../../../rollout/health/assess.js';
import { inDoubt } from '../../../rollout/requirements/doubt.js';
import type { ListedItem } from '../../../rollout/state/items.js';
import { isTerminal, type Rollout } from '../../../rollout/state/rollout.js';
import { buttons, buttonsAndMenu, linesWith, type MessagePart } from '../blocks.js';
import { soon } from '../text.js';
import { askedLines, moveLine } from './approvals.js';
import { bakeEnd, bakeParts } from './bake.js';
import { continueButton, detailsButton, haveButton, pauseButton, rollbackButton } from './buttons.js';
import { checksNow, healthNoted, healthNow } from './checks.js';
import { title } from './commands.js';
import { exposureWords } from './exposure.js';
import { itemButton, unknownButtons } from './item-buttons.js';
import { listTitle, openLines } from './items.js';
import { channel, hasItWords } from './people.js';
import { causeBriefly, pausedWords } from './reasons.js';
import { readBackOf } from './rollback.js';
import { stageLabel, stateShown } from './stages.js';

/** Everything that concerns one person, as the Home tab and the answer in a direct message show it. */
export interface Mine {
  /** A Slack user id. */
  readonly person: string;
  readonly now: Date;
  readonly items: readonly MineItem[];
  /** Rolled back in the last 24 hours, newest first; this person has a role in them. */
  readonly rolledBack?: readonly Rollout[];
}

export interface MineItem {
  readonly rollout: Rollout;
  readonly watch: Watch | null;
  /** This person could approve the open request: another's, with a role that is asked for. */
  readonly mayApprove: boolean;
  readonly operates: boolean;
  /** Holds any role of the plan: enough to pause it or take it back. */
  readonly mayStop?: boolean;
  /** What of its lists this person could do now. */
  readonly toDo?: readonly ListedItem[];
  /** Started by this person, or the open request is theirs. */
  readonly mine: boolean;
}

export const ROLLED_BACK_HEAD = 'Rolled back in the last 24 hours';

/** Each item stands in exactly one of these. */
const GROUPS = ['waiting', 'yours', 'baking', 'others'] as const;
type Group = (typeof GROUPS)[number];

/** What this person could do now, over all rollouts. */
export function toDoOf({ items }: Mine): readonly { readonly rollout: Rollout; readonly row: ListedItem }[] {
  return items.flatMap(({ rollout, toDo = [] }) => toDo.map((row) => ({ rollout, row })));
}

/** One item with its buttons, and where it stands. */
export function toDoEntry({ rollout, row }: { readonly rollout: Rollout; readonly row: ListedItem }): MessagePart[] {
  const [button] = labelled([itemButton(rollout, row)], rollout);
  const place = `${listTitle(rollout, row.ref)} · ${title(rollout)} · ${channel(rollout.channelId)}`;
  return [
    linesWith(button ?? null, ...openLines(row), place),
    buttons(...labelled(unknownButtons(rollout, row), rollout)),
  ];
}

/** What waits for this person, what is theirs, what bakes, and what else they have a role in. */
export function groupsOf({ items }: Mine): Readonly<Record<Group, readonly MineItem[]>> {
  const of = (group: Group) => items.filter((item) => groupOf(item) === group);
  return { waiting: of('waiting'), yours: of('yours'), baking: of('baking'), others: of('others') };
}

function groupOf({ mayApprove, mine, rollout }: MineItem): Group {
  if (mayApprove && rollout.request) return 'waiting';
  if (mine) return 'yours';
  return rollout.phase === 'baking' ? 'baking' : 'others';
}

/** A request as it waits: the move, who asked and why, the health when asked, until when. */
export function requestLines({ rollout, watch }: MineItem, now: Date): string[] {
  const { request } = rollout;
  if (!request) return [];
  const health = healthNoted(request.verdicts, inDoubt(rollout, null));
  return [
    moveLine(rollout, request),
    ...askedLines(rollout, request, watch),
    Object.keys(request.verdicts).length === 0 ? '' : `Health when asked: ${health}`,
    `Expires ${soon(request.expiresAt, now)} · ${channel(rollout.channelId)}`,
  ];
}

/** One rollout in two or three lines: where it stands, its health, what it waits for. */
export function itemLines({ rollout, watch }: MineItem, now: Date): string[] {
  const {
    plan,
    phase,
    stage: { no: stageNo },
    exposure: { confirmed },
    held,
    request,
  } = rollout;
  const stage = plan.stages[stageNo - 1];
  const place = stage && stage.exposure === confirmed ? stageLabel(stage) : exposureWords(rollout.plan, confirmed);
  const checks = checksNow(rollout, watch);
  const bake = phase === 'baking' ? bakeParts(rollout, watch, now).join('. ') : '';
  const health = checks.length > 0 && !isTerminal(phase) ? `Health ${healthNow(checks)}` : '';
  return [
    `${stateShown(rollout)} · ${title(rollout)} · ${place} · ${channel(rollout.channelId)}`,
    [bake === '' ? '' : `Bake ${bake}`, health].filter((words) => words !== '').join(' · '),
    held ? pausedWords(rollout, held) : '',
    request
      ? `Waits for approval of ${exposureWords(rollout.plan, request.to)}, expires ${soon(request.expiresAt, now)}`
      : '',
  ];
}

/** One that was rolled back, in a line: from where to where, when it was read back, why, and who has it. */
export function fallenLine(rollout: Rollout, now: Date): string {
  const { rollback } = rollout;
  if (!rollback) return '';
  const done = readBackOf(rollout, rollback);
  const when = done
    ? `at ${soon(done.at, now)}, read back`
    : `ordered at ${soon(rollback.orderedAt, now)}, not read back yet`;
  const owner = hasItWords(rollout.alerts.haveIt) || 'nobody has it yet';
  const move = `${exposureWords(rollout.plan, rollback.from)} → ${exposureWords(rollout.plan, rollback.to)}`;
  return `*${title(rollout)}* ${move} ${when} · ${causeBriefly(rollout, rollback.cause)} · ${owner}`;
}

/** A row under one entry of a list holds so many. */
const MOST_IN_ROW = 3;

/** As legal in its phase and allowed to this person; looking is allowed to everybody. */
export function itemButtons({ rollout, operates, mayStop }: MineItem): MessagePart {
  // Whoever holds any role may stop it; only operators go on.
  const stops = operates || mayStop;
  const onwards = operates ? continueButton(rollout) : null;
  const [pause, back] = stops ? [pauseButton(rollout), rollbackButton(rollout)] : [null, null];
  const all = labelled([onwards, pause, back, detailsButton(rollout)], rollout);
  if (all.length <= MOST_IN_ROW) return buttons(...all);
  return buttonsAndMenu(labelled([onwards, back], rollout), labelled([pause, detailsButton(rollout)], rollout));
}

/** Of one that was rolled back: to take it on, and to see how to go on. */
export function fallenButtons(rollout: Rollout): Button[] {
  return labelled([haveButton(rollout), detailsButton(rollout)], rollout);
}

/** Many buttons of one name stand under each other; who hears them read needs to know which rollout each is of. */
export function labelled(all: readonly (Button | null)[], { plan, run }: Rollout): Button[] {
  return all.flatMap((each) => {
    if (!each) return [];
    return [{ ...each, accessibility_label: `${each.text.text} ${plan.name}#${run}`.slice(0, 75) }];
  });
}

/** What the clock does next, the nearest first: requests that expire, bakes that end, people who are reminded. */
export function dueLines({ items, now }: Mine): string[] {
  const due = items.flatMap(({ rollout, watch }): { at: number; words: string }[] => {
    const name = title(rollout);
    const reminded = ({ remindAt }: { readonly remindAt: Date }) => [
      { at: remindAt.getTime(), words: `${name}: people are reminded` },
    ];
    switch (rollout.phase) {
      case 'awaiting_approval': {
        const { request, plan } = rollout;
        const words = `${name}: request for ${exposureWords(plan, request.to)} expires`;
        const calls = request.remindAt < request.expiresAt;
        return [
          { at: request.expiresAt.getTime(), words },
          ...(calls ? [{ at: request.remindAt.getTime(), words: `${name}: approvers are reminded` }] : []),
        ];
      }
      case 'applying':
        return [{ at: rollout.raise.expiresAt.getTime(), words: `${name}: the raise fails unless it is read back` }];
      case 'baking': {
        const at = bakeEnd(rollout, watch, now).getTime();
        return watch?.stopped ? [] : [{ at, words: `${name}: bake ends unless it is interrupted` }];
      }
      case 'planned':
      case 'ready':
      case 'held':
        return reminded(rollout);
      case 'rolling_back':
        return rollout.rollback.overdue ? reminded(rollout) : [];
      case 'starting':
      case 'rolled_back':
      case 'completed':
      case 'not_started':
        return [];
      default:
        return rollout satisfies never;
    }
  });
  return due.toSorted((a, b) => a.at - b.at).map(({ at, words }) => `${soon(new Date(at), now)} · ${words}`);
}

import type { ItemPlan } from '../../../rollout/plan/lists.js';
import type { Rollout } from '../../../rollout/state/rollout.js';
import { codeBlock, compose, lines, type Rendered, small } from '../blocks.js';
import { title } from '../phrases/commands.js';
import { bold, escapeText, moment } from '../text.js';

const SHOWN_LINES = 20;
const SHOWN_CHARS = 2_400;
const TITLE_CHARS = 120;

/** `text`: what was kept of it; null: it is not kept any more. */
export interface OutputAnswer {
  readonly rollout: Rollout;
  readonly plan: ItemPlan;
  readonly note: string;
  readonly at: Date | null;
  readonly text: string | null;
}

/** The last lines of what came of an item. */
export function renderOutput({ rollout, plan, note, at, text }: OutputAnswer): Rendered {
  const when = at ? ` · ${moment(at)}` : '';
  const head = lines(`${bold(escapeText(plan.title, TITLE_CHARS))} · ${title(rollout)}${when}`, escapeText(note));
  const id = `output:${rollout.id}:${plan.no}`;
  if (text === null) return compose(id, [head, lines('Its output is not kept any more.')]);
  const all = text.trimEnd().split('\n');
  const last = all.slice(-SHOWN_LINES).join('\n').slice(-SHOWN_CHARS).toWellFormed();
  const cut = all.length > SHOWN_LINES || last.length < text.trimEnd().length;
  return compose(id, [
    head,
    codeBlock(last),
    small(
      cut
        ? `The end of it. All that is kept: npx --no rollout output ${rollout.plan.name}#${rollout.run} ${plan.name}`
        : null,
    ),
  ]);
}

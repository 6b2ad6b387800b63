import { compose, lines, type Rendered } from '../blocks.js';
import { bold, code } from '../text.js';

export interface ExplainAnswer {
  /** Names of the plans that can be started. */
  readonly plans: readonly string[];
  /** What it is called here, without the `@`; absent where Slack did not say. */
  readonly botName?: string;
}

/** To somebody who called the bot and meant no rollout: what it is, and three things to try. */
export function renderExplain({ plans, botName }: ExplainAnswer): Rendered {
  const [first] = plans;
  const start = first === undefined ? '/rollout plans' : `/rollout start ${first}`;
  const does = first === undefined ? 'shows why no plan can be started' : 'begins one: it reads everything, then asks';
  return compose('explain', [
    lines(
      `${bold('I take a change to all of production in stages.')} I watch each one before the next, and roll back by myself when a check goes over its limit.`,
      'Where the plan says so, people approve a stage; who did what is on record.',
    ),
    lines(
      `${code('/rollout list')} shows what is rolling out`,
      `${code(start)} ${does}`,
      `${code('/rollout help')} shows what you can do here${botName ? `, as does ${code(`@${botName} help`)}` : ''}`,
    ),
  ]);
}

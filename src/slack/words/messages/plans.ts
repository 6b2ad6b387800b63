import { compose, composeMost, lines, type Rendered } from '../blocks.js';
import { bold, code, escapeText, oneLine } from '../text.js';

/** Good ones, as many as a message has room for, and a third of that many broken ones: those take more lines. */
const MOST_PLANS = [15, 9, 6, 3, 1] as const;
const MOST_PROBLEMS = 3;
/** What a plan and its file may be called. */
const NAME_CHARS = 70;

/** A plan that can be read. */
export interface GoodPlan {
  readonly name: string;
  readonly title: string;
  readonly file: string;
  /** `10, 50, 100 %`. */
  readonly stages: string;
  /** Why it cannot be started yet: a variable that is not set. */
  readonly missing: string | null;
}

/** A file that cannot, with its problems as `name:line:column what is wrong`. */
export interface BrokenPlan {
  readonly file: string;
  readonly problems: readonly string[];
}

export interface PlansAnswer {
  readonly good: readonly GoodPlan[];
  readonly broken: readonly BrokenPlan[];
}

/** The plans there are: first what is wrong, then what can be started and how. */
export function renderPlans({ good, broken }: PlansAnswer): Rendered {
  if (good.length + broken.length === 0)
    return compose('plans', [
      lines(`There is no plan. A plan is a file in the plans folder; ${code('/rollout help')}`),
    ]);
  return composeMost('plans', MOST_PLANS, (most) => {
    const files = Math.ceil(most / 3);
    return [
      lines(bold(counted(good.length, broken.length))),
      ...broken.slice(0, files).map((plan) => lines(...brokenLines(plan))),
      lines(left(broken.length - files, 'broken file')),
      lines(...good.slice(0, most).map(goodLine), left(good.length - most, 'plan')),
    ];
  });
}

function counted(good: number, broken: number): string {
  const plans = good === 1 ? '1 plan' : `${good} plans`;
  return broken === 0 ? plans : `${plans}, ${broken} broken ${broken === 1 ? 'file' : 'files'}`;
}

function brokenLines({ file, problems }: BrokenPlan): string[] {
  const name = fileName(file);
  const shown = problems.slice(0, MOST_PROBLEMS).map((problem) => `• ${escapeText(problem)}`);
  const more = problems.length - MOST_PROBLEMS;
  return [
    `✖ ${bold('Broken')} ${code(oneLine(name, NAME_CHARS))}, it cannot be started`,
    ...shown,
    left(more, 'problem'),
  ];
}

function goodLine({ name, title, file, stages, missing }: GoodPlan): string {
  const plan = `${bold(escapeText(title, 60))} · ${escapeText(stages, 60)} · ${code(oneLine(fileName(file), NAME_CHARS))}`;
  if (missing !== null) return `○ ${plan} · not ready: ${escapeText(missing, 160)}`;
  return `${plan} · ${code(`/rollout start ${oneLine(name, NAME_CHARS)}`)}`;
}

/** Its name alone: where the folder is on the server helps nobody who reads this in Slack. */
function fileName(file: string): string {
  return file.split('/').at(-1) || file;
}

function left(count: number, what: string): string {
  return count > 0 ? `and ${count} more ${what}${count === 1 ? '' : 's'}` : '';
}

/** The questions in their order: what is asked, what Enter means, and what an answer comes to. */
import type { Answers } from './answers.js';
import { hasPercentages } from './answers.js';
import { PROBE_KINDS, TARGET_KINDS } from './kinds.js';
import type { InitOption } from './options.js';

export interface InitQuestion {
  readonly ask: string;
  /** What Enter means, as it would be typed. */
  standard(answers: Answers): string;
  /** What was typed as answers; a text is why it cannot be one. */
  take(typed: string): Partial<Answers> | string;
  /** Absent: always asked. */
  when?(answers: Answers): boolean;
}

const NONE = 'none';

type TextKey = { [Key in keyof Answers]: Answers[Key] extends string ? Key : never }[keyof Answers];

/** A text as it is typed. */
function text(key: TextKey): Pick<InitQuestion, 'standard' | 'take'> {
  return { standard: (answers) => answers[key], take: (typed) => ({ [key]: typed }) };
}

/** A text that may be missing. */
function textOrNone(key: TextKey): Pick<InitQuestion, 'standard' | 'take'> {
  return {
    standard: (answers) => answers[key] || NONE,
    take: (typed) => ({ [key]: typed.toLowerCase() === NONE ? '' : typed }),
  };
}

const ofTarget =
  (...kinds: readonly string[]) =>
  ({ target }: Answers): boolean =>
    kinds.includes(target);
const ofProbe =
  (...kinds: readonly string[]) =>
  ({ probe }: Answers): boolean =>
    kinds.includes(probe);

export const NAME: InitQuestion = { ask: 'Name of the plan, as it is typed: /rollout start <name>', ...text('name') };

/** In the order in which they are asked. */
export const QUESTIONS: Readonly<Record<InitOption, InitQuestion>> = {
  title: { ask: 'Title, as people read it', ...text('title') },
  channel: {
    ask: 'Slack channel where it is followed',
    standard: ({ channel }) => channel,
    take: (typed) => ({ channel: /^[#CG]/.test(typed) ? typed : `#${typed}` }),
  },
  'time-zone': { ask: 'Time zone of its times and working hours, such as Europe/Berlin', ...text('timezone') },
  dashboard: { ask: `Address of a dashboard that shows it, or ${NONE}`, ...textOrNone('dashboard') },
  runbook: { ask: `Address of what to do when it goes wrong, or ${NONE}`, ...textOrNone('runbook') },
  operators: {
    ask: 'Operators, who may start, advance and roll back: @groups, ids or e-mail addresses',
    standard: ({ operators }) => operators.join(', '),
    take: (typed) => ({ operators: listed(typed) }),
  },
  'approver-role': { ask: `Role that approves every stage after the first, or ${NONE}`, ...textOrNone('approverRole') },
  approvers: {
    ask: 'Who has that role',
    standard: ({ approvers }) => approvers.join(', '),
    take: (typed) => ({ approvers: listed(typed) }),
    when: ({ approverRole }) => approverRole !== '' && approverRole !== 'operators',
  },
  target: {
    ask: `What moves: ${TARGET_KINDS.join(', ')}`,
    standard: ({ target }) => target,
    take: (target) => (TARGET_KINDS.includes(target) ? { target } : oneOf(TARGET_KINDS, target)),
  },
  table: { ask: 'Table of the flags', ...text('table'), when: ofTarget('postgres') },
  'name-column': { ask: 'Its column that names a flag', ...text('nameColumn'), when: ofTarget('postgres') },
  address: { ask: 'Address where it is told and asked', ...text('address'), when: ofTarget('http') },
  program: { ask: 'Program that sets and reads it', ...text('program'), when: ofTarget('exec') },
  row: { ask: 'Its name there', ...text('row'), when: ofTarget('postgres', 'exec') },
  'exposure-column': {
    ask: `Column of the percentage, or ${NONE} where a flag is only on or off`,
    ...textOrNone('exposureColumn'),
    when: ofTarget('postgres'),
  },
  'switch-column': {
    ask: `Column that is true or false, or ${NONE} where the percentage alone decides`,
    ...textOrNone('switchColumn'),
    when: ofTarget('postgres'),
  },
  'updated-at-column': {
    ask: `Column of the time of the last change, or ${NONE}`,
    ...textOrNone('updatedAtColumn'),
    when: ofTarget('postgres'),
  },
  scale: {
    ask: 'Number that means everybody there: 100 for percent, 1 for a share from 0 to 1',
    standard: ({ scale }) => String(scale),
    take: (typed) => oneNumber(typed, (scale) => ({ scale })),
    when: (answers) => ofTarget('postgres', 'http')(answers) && hasPercentages(answers),
  },
  probe: {
    ask: `What tells its health: ${PROBE_KINDS.join(', ')}`,
    standard: ({ probe }) => probe,
    take: (probe) => (PROBE_KINDS.includes(probe) ? { probe } : oneOf(PROBE_KINDS, probe)),
  },
  url: { ask: 'Address that answers with JSON', ...text('url'), when: ofProbe('http') },
  value: { ask: 'Way to the error rate in the answer', ...text('value'), when: ofProbe('http') },
  promql: {
    ask: 'Query that answers with the error rate, in PromQL',
    ...text('promql'),
    when: ofProbe('prometheus'),
  },
  query: { ask: 'Query that answers with the error rate, in SQL', ...text('query'), when: ofProbe('sql') },
  run: { ask: 'Program that prints the error rate', ...text('run'), when: ofProbe('exec') },
  critical: {
    ask: 'Error rate above which it is taken back, in %',
    standard: ({ critical }) => String(critical),
    take: (typed) => oneNumber(typed, (critical) => ({ critical })),
  },
  warning: {
    ask: `Error rate above which people are told and it goes on, in %, or ${NONE}`,
    standard: ({ warning }) => (warning === null ? NONE : String(warning)),
    take: (typed) => (typed.toLowerCase() === NONE ? { warning: null } : oneNumber(typed, (warning) => ({ warning }))),
  },
  stages: {
    ask: 'Stages, in percent',
    standard: ({ stages }) => stages.join(', '),
    take: (typed) => {
      const stages = numbers(typed);
      return stages.length > 0
        ? { stages }
        : `expected percentages such as 10, 50, 100, found ${JSON.stringify(typed)}`;
    },
    when: hasPercentages,
  },
  bake: { ask: 'How long each stage bakes', ...text('bake') },
};

function listed(typed: string): string[] {
  return typed.split(/[\s,]+/).filter((each) => each !== '');
}

/** Empty when one of them is no number. */
function numbers(typed: string): number[] {
  const words = listed(typed.replaceAll('%', ' '));
  const read = words.map((each) => (/^-?\d+(?:\.\d+)?$/.test(each) ? Number(each) : Number.NaN));
  return read.every(Number.isFinite) ? read : [];
}

function oneNumber(typed: string, as: (number: number) => Partial<Answers>): Partial<Answers> | string {
  const [number, ...more] = numbers(typed);
  return number === undefined || more.length > 0 ? `expected a number, found ${JSON.stringify(typed)}` : as(number);
}

function oneOf(kinds: readonly string[], typed: string): string {
  return `expected one of ${kinds.join(', ')}, found ${JSON.stringify(typed)}`;
}

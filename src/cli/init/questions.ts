/** The questions in their order, and asking them until every answer makes a plan. */
import { type Answers, complete, refusal } from './answers.js';
import { PROBE_KINDS, TARGET_KINDS } from './kinds.js';

interface Question {
  readonly ask: string;
  /** What Enter means, as it would be typed. */
  standard(answers: Answers): string;
  /** What was typed as answers; a text is why it cannot be one. */
  take(typed: string): Partial<Answers> | string;
  /** Absent: always asked. */
  when?(answers: Answers): boolean;
}

const NONE = 'none';

const QUESTIONS: readonly Question[] = [
  {
    ask: 'Name of the plan, as it is typed: /rollout start <name>',
    standard: ({ name }) => name,
    take: (name) => ({ name }),
  },
  { ask: 'Title, as people read it', standard: ({ title }) => title, take: (title) => ({ title }) },
  {
    ask: 'Slack channel where it is followed',
    standard: ({ channel }) => channel,
    take: (typed) => ({ channel: /^[#CG]/.test(typed) ? typed : `#${typed}` }),
  },
  {
    ask: 'Operators, who may start, advance and roll back: @groups, ids or e-mail addresses',
    standard: ({ operators }) => operators.join(', '),
    take: (typed) => ({ operators: listed(typed) }),
  },
  {
    ask: `Role that approves every stage after the first, or ${NONE}`,
    standard: ({ approverRole }) => approverRole || NONE,
    take: (typed) => ({ approverRole: typed === NONE ? '' : typed }),
  },
  {
    ask: 'Who has that role',
    standard: ({ approvers }) => approvers.join(', '),
    take: (typed) => ({ approvers: listed(typed) }),
    when: ({ approverRole }) => approverRole !== '' && approverRole !== 'operators',
  },
  {
    ask: `What moves: ${TARGET_KINDS.join(', ')}`,
    standard: ({ target }) => target,
    take: (target) => (TARGET_KINDS.includes(target) ? { target } : oneOf(TARGET_KINDS, target)),
  },
  {
    ask: 'Table of the flags',
    standard: ({ table }) => table,
    take: (table) => ({ table }),
    when: ({ target }) => target === 'postgres',
  },
  {
    ask: 'Address where it is told and asked',
    standard: ({ address }) => address,
    take: (address) => ({ address }),
    when: ({ target }) => target === 'http',
  },
  {
    ask: 'Program that sets and reads it',
    standard: ({ program }) => program,
    take: (program) => ({ program }),
    when: ({ target }) => target === 'exec',
  },
  {
    ask: 'Its name there',
    standard: ({ row }) => row,
    take: (row) => ({ row }),
    when: ({ target }) => target === 'postgres' || target === 'exec',
  },
  {
    ask: `What tells its health: ${PROBE_KINDS.join(', ')}`,
    standard: ({ probe }) => probe,
    take: (probe) => (PROBE_KINDS.includes(probe) ? { probe } : oneOf(PROBE_KINDS, probe)),
  },
  {
    ask: 'Address that answers with JSON',
    standard: ({ url }) => url,
    take: (url) => ({ url }),
    when: ({ probe }) => probe === 'http',
  },
  {
    ask: 'Way to the error rate in the answer',
    standard: ({ value }) => value,
    take: (value) => ({ value }),
    when: ({ probe }) => probe === 'http',
  },
  {
    ask: 'Query that answers with the error rate, in PromQL',
    standard: ({ promql }) => promql,
    take: (promql) => ({ promql }),
    when: ({ probe }) => probe === 'prometheus',
  },
  {
    ask: 'Query that answers with the error rate, in SQL',
    standard: ({ query }) => query,
    take: (query) => ({ query }),
    when: ({ probe }) => probe === 'sql',
  },
  {
    ask: 'Program that prints the error rate',
    standard: ({ run }) => run,
    take: (run) => ({ run }),
    when: ({ probe }) => probe === 'exec',
  },
  {
    ask: 'Error rate above which it is taken back, in %',
    standard: ({ critical }) => String(critical),
    take: (typed) => {
      const [critical] = numbers(typed);
      return critical === undefined ? `expected a number, found ${JSON.stringify(typed)}` : { critical };
    },
  },
  {
    ask: 'Stages, in percent',
    standard: ({ stages }) => stages.join(', '),
    take: (typed) => {
      const stages = numbers(typed);
      return stages.length > 0
        ? { stages }
        : `expected percentages such as 10, 50, 100, found ${JSON.stringify(typed)}`;
    },
  },
  {
    ask: 'How long each stage bakes',
    standard: ({ bake }) => bake,
    take: (bake) => ({ bake }),
  },
];

export interface Dialogue {
  /** What was typed; null when nothing more will be. */
  ask(question: string): Promise<string | null>;
  say(line: string): void;
}

/** Asks what is not given yet. Enter, and every answer that is missing, is the standard; a bad one is asked for again. */
export async function interview(dialogue: Dialogue, given: Partial<Answers>): Promise<Answers> {
  let known = given;
  for (const question of QUESTIONS) {
    const answers = complete(known);
    const isGiven = question === QUESTIONS[0] && given.name !== undefined;
    if (!isGiven && question.when?.(answers) !== false)
      known = { ...known, ...(await askOne(dialogue, question, known)) };
  }
  return complete(known);
}

async function askOne(dialogue: Dialogue, question: Question, known: Partial<Answers>): Promise<Partial<Answers>> {
  const standard = question.standard(complete(known));
  for (;;) {
    const typed = (await dialogue.ask(`${question.ask} [${standard}]: `))?.trim();
    if (typed === undefined || typed === '') return {};
    const taken = question.take(typed);
    const problem = typeof taken === 'string' ? taken : refusal({ ...known, ...taken });
    if (problem === null && typeof taken !== 'string') return taken;
    dialogue.say(`  ${problem}`);
  }
}

function listed(typed: string): string[] {
  return typed.split(/[\s,]+/).filter((each) => each !== '');
}

/** Empty when one of them is no number. */
function numbers(typed: string): number[] {
  const words = listed(typed.replaceAll('%', ' '));
  const read = words.map((each) => (/^-?\d+(?:\.\d+)?$/.test(each) ? Number(each) : Number.NaN));
  return read.every(Number.isFinite) ? read : [];
}

function oneOf(kinds: readonly string[], typed: string): string {
  return `expected one of ${kinds.join(', ')}, found ${JSON.stringify(typed)}`;
}

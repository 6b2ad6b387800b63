/** Asking until every answer makes a plan; what options say is not asked. */
import { type Answers, complete } from './answers.js';
import { INIT_OPTIONS, type InitOption, isInitOption } from './options.js';
import { type InitQuestion, NAME, QUESTIONS } from './questions.js';
import { refusal } from './refusal.js';

export interface Prompt {
  /** What was typed; null when nothing more will be. */
  ask(question: string): Promise<string | null>;
  say(line: string): void;
}

/** What is known before anything is asked, and which questions that answers. */
export interface Given {
  readonly answers: Partial<Answers>;
  readonly options: readonly InitOption[];
}

const ORDER = Object.keys(INIT_OPTIONS).filter(isInitOption);

/** Asks what is not given yet. Enter, and every answer that is missing, is the standard; a bad one is asked for again. */
export async function interview(dialogue: Prompt, given: Given): Promise<Answers> {
  let known = given.answers;
  if (known.name === undefined) known = { ...known, ...(await askOne(dialogue, NAME, known)) };
  for (const option of ORDER) {
    const question = QUESTIONS[option];
    const isMeant = question.when?.(complete(known)) !== false;
    if (!given.options.includes(option)) {
      if (isMeant) known = { ...known, ...(await askOne(dialogue, question, known)) };
    } else if (!isMeant) dialogue.say(`  ${misfit(option, complete(known))}: it is left out`);
  }
  return complete(known);
}

async function askOne(dialogue: Prompt, question: InitQuestion, known: Partial<Answers>): Promise<Partial<Answers>> {
  const standard = question.standard(complete(known));
  for (;;) {
    const typed = (await dialogue.ask(`${question.ask} [${standard}]: `))?.trim();
    if (typed === undefined || typed === '') return {};
    const taken = taking(question, typed, known);
    if (typeof taken !== 'string') return taken;
    dialogue.say(`  ${taken}`);
  }
}

/** The answer, or why it cannot be taken. */
function taking(question: InitQuestion, typed: string, known: Partial<Answers>): Partial<Answers> | string {
  const taken = question.take(typed);
  return typeof taken === 'string' ? taken : (refusal({ ...known, ...taken }) ?? taken);
}

/** Answers that stand behind `init` as options, judged together; a text is what is wrong with one. */
export function takeOptions(name: string | undefined, typed: ReadonlyMap<InitOption, string>): Given | string {
  const options = ORDER.filter((option) => typed.has(option));
  const parts = new Map<InitOption, Partial<Answers>>();
  for (const option of options) {
    const answer = typed.get(option)?.trim() ?? '';
    const taken = answer === '' ? 'expected an answer, found none' : QUESTIONS[option].take(answer);
    if (typeof taken === 'string') return `--${option}: ${taken}`;
    parts.set(option, taken);
  }
  const without = (left?: InitOption): Partial<Answers> => {
    const entries = options.flatMap((option) => (option === left ? [] : Object.entries(parts.get(option) ?? {})));
    return { ...(name !== undefined && { name }), ...Object.fromEntries(entries) };
  };
  const problem = refusal(without());
  if (problem === null) return { answers: without(), options };
  const guilty = options.find((option) => refusal(without(option)) === null);
  return guilty === undefined ? problem : `--${guilty}: ${problem}`;
}

/** The first option that says nothing about a plan with these answers. */
export function firstMisfit({ answers, options }: Given): string | null {
  const all = complete(answers);
  const option = options.find((each) => QUESTIONS[each].when?.(all) === false);
  return option === undefined ? null : misfit(option, all);
}

function misfit(option: InitOption, { target, probe }: Answers): string {
  return `--${option} does not go with the other answers (target ${target}, probe ${probe})`;
}

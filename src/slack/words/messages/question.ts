import type { Verb } from '../../../rollout/state/verbs.js';
import { type Rendered, withNote } from '../blocks.js';
import { code } from '../text.js';

export interface QuestionAnswer {
  /** What was typed with a question mark behind it. */
  readonly verb: Verb;
  /** What it waits for, as `why` says it. */
  readonly answer: Rendered;
}

/** A command with a question mark is a question: nothing was done, and why says where it stands. */
export function renderQuestion({ verb, answer }: QuestionAnswer): Rendered {
  const again = code(`/rollout ${verb} …`);
  return withNote(
    answer,
    `The question mark makes it a question, so nothing was changed. To do it, type ${again} without one.`,
  );
}

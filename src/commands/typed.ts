import type { Verb } from '../rollout/authority.js';
import { asks } from '../rollout/cautions.js';
import { renderQuestion } from '../slack/messages/index.js';
import { attempt, unknownVerb } from './attempt.js';
import { asTyped, readTyped, type Typed } from './grammar.js';
import { HANDLERS } from './handlers.js';
import type { Desk, Reply, Request } from './request.js';

/** What only shows something is shown, and what stops or takes back is never a question. */
const ASKED_OR_NOT: ReadonlySet<Verb> = new Set([
  ...(['rollback', 'pause', 'approve'] as const),
  ...(['status', 'why', 'check', 'list', 'plans', 'alerts', 'history', 'help'] as const),
]);

/** What was typed, read once. */
export interface Words extends Typed {
  /** A question mark makes it a question: nothing is changed by it, it is answered as `why` is. */
  readonly question: boolean;
}

export function readWords(text: string): Words {
  const typed = readTyped(text);
  const question = typed.verb !== null && !ASKED_OR_NOT.has(typed.verb) && asks(asTyped(text));
  return { ...typed, question };
}

/** The answer to words that were typed, by whatever door they came. */
export async function answerTyped(words: Words, request: Request, desk: Desk): Promise<Reply> {
  const { verb, word, question } = words;
  if (!verb) return { rendered: unknownVerb(word) };
  if (!question) return attempt(HANDLERS[verb], request, desk);
  const { rendered } = await attempt(HANDLERS.why, request, desk);
  return { rendered: renderQuestion({ verb, answer: rendered }) };
}

import type { Verb } from '../rollout/authority.js';
import { asks } from '../rollout/cautions.js';
import { renderHowToSayIt, renderQuestion } from '../slack/messages/index.js';
import { attempt, unknownVerb } from './attempt.js';
import { asTyped, readTyped, type Typed } from './grammar.js';
import { HANDLERS } from './handlers.js';
import type { Desk, Reply, Request } from './request.js';

/** What only shows something is shown, and what stops or takes back is never a question. */
const ASKED_OR_NOT: ReadonlySet<Verb> = new Set([
  ...(['rollback', 'pause', 'approve'] as const),
  ...(['status', 'why', 'check', 'list', 'plans', 'alerts', 'history', 'help'] as const),
]);

/** A greeting, thanks or an emoji: no command that was mistyped, and no more than two other words. */
const SMALL_TALK =
  /^(?:h(?:i|ey|ello|owdy|iya)|good (?:morning|afternoon|evening|day)|morning|moin|hallo|hola|yo|sup|thanks?|thank you|thx|ty|cheers|danke|merci|great|nice|cool|perfect|awesome|ok(?:ay)?|bye|test|ping|who are you|what can you do)(?![\p{L}\p{N}_-])[^\p{L}\p{N}]*(?:[\p{L}\p{N}'’]{1,20}[^\p{L}\p{N}]*){0,2}$/iu;
const ONLY_SIGNS = /^(?:[\s\p{Extended_Pictographic}\p{M}\p{Cf}\p{Emoji_Modifier}]|:[a-z0-9_+-]{1,40}:){1,40}$/iu;

export function isSmallTalk(text: string): boolean {
  const said = text.trim().slice(0, 100);
  return SMALL_TALK.test(said) || ONLY_SIGNS.test(said);
}

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
  if (!verb)
    return {
      rendered: isSmallTalk(`${word} ${words.rest}`) ? renderHowToSayIt({ why: 'greeting' }) : unknownVerb(word),
    };
  if (!question) return attempt(HANDLERS[verb], request, desk);
  const { rendered } = await attempt(HANDLERS.why, request, desk);
  return { rendered: renderQuestion({ verb, answer: rendered }) };
}

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

/** How a greeting or thanks begins. */
const SMALL_TALK: ReadonlySet<string> = new Set(
  [
    'hi hey hello howdy hiya yo sup morning moin hallo hola thanks thank thx ty cheers danke merci',
    'great nice cool perfect awesome ok okay bye test ping',
  ].flatMap((words) => words.split(' ')),
);
const PHRASES: readonly string[] = ['good morning', 'good afternoon', 'good evening', 'good day'];
const QUESTIONS: readonly string[] = ['who are you', 'what can you do'];
/** Words beside the first; more are a sentence. */
const MOST_OTHERS = 2;

/** A greeting, thanks or an emoji: no command that was mistyped. */
export function isSmallTalk(text: string): boolean {
  const said = text.trim().slice(0, 100).toLowerCase();
  if (said === '') return false;
  const words = said
    .replace(/:[a-z0-9_+-]{1,40}:/g, ' ')
    .split(/[^\p{L}\p{N}'’_-]/u)
    .filter((word) => word !== '');
  // Emoji and other signs alone.
  if (words.length === 0) return /[\p{Extended_Pictographic}:]/u.test(said);
  const [first = '', second = ''] = words;
  if (QUESTIONS.includes(words.join(' '))) return true;
  const known = SMALL_TALK.has(first) || PHRASES.includes(`${first} ${second}`);
  return known && words.length <= 1 + MOST_OTHERS;
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

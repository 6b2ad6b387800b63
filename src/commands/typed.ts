import { asks } from '../rollout/spoken/cautions.js';
import { rowOf } from '../rollout/state/verbs.js';
import { renderHowToSayIt, renderQuestion, renderVerbHelp } from '../slack/words/messages/index.js';
import { attempt, unknownVerb } from './attempt.js';
import { asTyped, helpAbout, readTyped, type Typed } from './grammar.js';
import { HANDLERS } from './handlers.js';
import type { Desk, Reply, Request } from './request.js';

/** How a greeting or thanks begins. */
const SMALL_TALK: ReadonlySet<string> = new Set(
  [
    'hi hey hello howdy hiya yo sup morning moin hallo hola thanks thank thx ty cheers danke merci',
    'servus hej hei ciao salut bonjour bonsoir ola namaste ahoj czesc cześć olá greetings gracias grazie obrigado obrigada tack kiitos',
    'great nice cool perfect awesome ok okay bye test ping',
  ].flatMap((words) => words.split(' ')),
);
const PHRASES: readonly string[] = [
  'good morning',
  'good afternoon',
  'good evening',
  'good day',
  'guten morgen',
  'guten tag',
  'guten abend',
  'buenos días',
  'buenos dias',
  'buongiorno',
  'bom dia',
  'grüß gott',
  'grüezi',
];
const QUESTIONS: ReadonlySet<string> = new Set([
  'who are you',
  'what are you',
  'who is this',
  'what is this',
  'what can you do',
  'what do you do',
  'how are you',
  'how does this work',
  'how do you work',
  'how do i start',
  'how do i use you',
  'how do i use this',
  'are you there',
]);
/** Between a greeting and what is asked. */
const ADDRESSED: ReadonlySet<string> = new Set(['there', 'bot', 'rollout', 'all', 'everyone', 'team', 'and', 'so']);
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
  const asked = words.findIndex((word) => !SMALL_TALK.has(word) && !ADDRESSED.has(word));
  if (QUESTIONS.has(words.slice(Math.max(0, asked)).join(' '))) return true;
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
  const question = typed.verb !== null && rowOf(typed.verb).question && asks(asTyped(text));
  return { ...typed, question };
}

/** The answer to words that were typed, by whatever door they came. */
export async function answerTyped(words: Words, request: Request, desk: Desk): Promise<Reply> {
  const { verb, word, question } = words;
  if (!verb)
    return {
      rendered: isSmallTalk(`${word} ${words.rest}`) ? renderHowToSayIt({ why: 'greeting' }) : unknownVerb(word),
    };
  const about = verb === 'help' ? helpAbout(words.rest) : null;
  if (about) {
    const { usage, does } = HANDLERS[about];
    return { rendered: renderVerbHelp({ verb: about, usage, does }) };
  }
  if (!question) return attempt(HANDLERS[verb], request, desk);
  const { rendered } = await attempt(HANDLERS.why, request, desk);
  return { rendered: renderQuestion({ verb, answer: rendered }) };
}

import { randomUUID } from 'node:crypto';
import { actorKey } from '../rollout/plan/actor.js';
import { type Refusal, refusal } from '../rollout/state/refusal.js';
import { rowOf, type Verb } from '../rollout/state/verbs.js';
import type { Rendered } from '../slack/words/blocks.js';
import { renderRefusal } from '../slack/words/messages/index.js';
import { troubleOf } from '../store/trouble.js';
import { closedTo } from './closed-to.js';
import { nearestVerb } from './grammar.js';
import { refuse } from './moving.js';
import type { Desk, Reply, Request, VerbHandler } from './request.js';

/** Slack gives three seconds; after these the person is told to wait, and the answer follows. */
const PATIENCE_MS = 2_400;
/** Runs a verb; whatever breaks becomes an answer, never silence. */
export async function attempt(handler: VerbHandler, asked: Request, usual: Desk): Promise<Reply> {
  const desk = handler.verb === 'rollback' ? { ...usual, ...usual.wayDown } : usual;
  try {
    // What a form needs to be opened is good for three seconds: both questions are asked at once, and neither decides anything.
    const early = opensForm(handler.verb, asked) ? handler.run(asked, desk) : null;
    early?.catch(() => undefined);
    // A form shows what stands now; who may not look is shown none, whatever it would do.
    const closed = await closedTo(early ? 'status' : handler.verb, asked, desk);
    const reply = closed ? refuse(handler.verb, closed, null) : await (early ?? handler.run(asked, desk));
    const { refused: reason, form } = reply;
    // A form that asks for more is no refusal.
    if (reason && !form) {
      desk.log.info({ verb: handler.verb, reason, actor: actorKey(asked.actor) }, 'command refused');
    }
    return reply;
  } catch (error) {
    const id = randomUUID().slice(0, 8);
    desk.log.error({ err: error, verb: handler.verb, errorId: id }, 'command failed');
    const trouble = troubleOf(error);
    const reason = trouble
      ? refusal('database_down', [], { detail: `${trouble.words}; error ${id}` })
      : refusal('busy', [], { detail: `error ${id}`, helps: 'status' });
    return { rendered: nowhere(handler.verb, reason) };
  }
}

/** A click that only opens a form. */
function opensForm(verb: Verb, { surface, button }: Request): boolean {
  return (
    surface === 'click' &&
    (rowOf(verb).form === 'at_once' || (button !== null && 'form' in button && button.form !== undefined))
  );
}

/** The answer, or null when it is not there before Slack gives up. */
export async function withPatience<T>(promise: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), PATIENCE_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * What an accepted command made due begins at once, beside the answer to it: neither a slow ack, nor one that is lost, nor
 * an answer that Slack does not take may hold a rollback up.
 */
export async function beginAtOnce(answer: Promise<Reply>, desk: Desk): Promise<void> {
  try {
    await (await answer).after?.();
  } catch (error) {
    desk.log.error({ err: error }, 'not carried out yet; it is tried again');
  }
}

export function unknownVerb(word: string): Rendered {
  const near = nearestVerb(word);
  const facts = { kind: 'no_command', said: word, near: near ?? null } as const;
  return nowhere(near ?? 'help', refusal('unknown_command', [], { facts, helps: 'help' }));
}

function nowhere(verb: Verb, why: Refusal): Rendered {
  return renderRefusal({ refusal: why, verb, rollout: null, watch: null, now: new Date(0) });
}

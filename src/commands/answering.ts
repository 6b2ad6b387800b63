import type { BlockAction, RespondFn } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { type Form, renderForm, renderFormAnswer } from '../slack/forms/index.js';
import { answerBody } from '../slack/posting/answer.js';
import type { Rendered } from '../slack/words/blocks.js';
import { escapeText } from '../slack/words/text.js';
import { type Desk, type FormAnswers, isDone, type Reply, type Request } from './request.js';
import { metadataOf, threadOf } from './requests.js';
import type { ButtonValue } from './value.js';

export const STILL_WORKING: Rendered = {
  text: escapeText('Still working on it. The answer follows here.'),
  blocks: [],
};

interface Asked {
  readonly request: Request;
  readonly trigger: string;
  readonly desk: Desk;
  /** A window is open already: the form goes on top of it. */
  readonly onTop?: boolean;
}

/** Opens the form a reply asks for. False: Slack did not; the words say what can be typed instead. */
async function openForm(client: WebClient, { form }: Reply, asked: Asked): Promise<boolean> {
  if (!form) return false;
  const { request, trigger: trigger_id, desk, onTop = false } = asked;
  const view = renderForm(form, metadataOf(request, openedFor(form)));
  try {
    await (onTop ? client.views.push({ trigger_id, view }) : client.views.open({ trigger_id, view }));
    return true;
  } catch (error) {
    desk.log.warn({ err: error }, 'form not opened');
    return false;
  }
}

/** What stays with a form: the request, the plan and its run that was rolled back, or the rollout with the stage that stood on it. */
function openedFor(form: Form): ButtonValue {
  switch (form.kind) {
    case 'deny':
      return { request: form.request.id };
    case 'start':
      return { plan: '', form: 'start' };
    case 'false_alarm':
      return { plan: form.rollout.plan.name, run: form.rollout.run, form: 'false_alarm' };
    case 'report':
      return { rollout: form.rollout.id, check: form.check.name, form: 'report' };
    case 'items': {
      const { kind, stageNo, opening, no } = form.list;
      return { rollout: form.rollout.id, item: [kind, stageNo, opening, no], form: 'items' };
    }
    case 'override':
    case 'rollback':
    case 'finish':
    case 'extend': {
      const {
        id: rollout,
        stage: { no: stage, attempt },
      } = form.rollout;
      return { rollout, stage, attempt, form: form.kind === 'rollback' ? 'to' : form.kind };
    }
    default:
      return form satisfies never;
  }
}

/** What a slash command is acked with: the answer, or null when its form is open and says it all. */
export async function slashAnswer(client: WebClient, reply: Reply, about: Asked): Promise<Rendered | null> {
  return (await openForm(client, reply, about)) ? null : reply.rendered;
}

/**
 * What a click leads to beside what it did: its form, or why nothing was done. What was accepted shows in the messages
 * themselves. In the Home tab there is no place for an answer, so it is shown in a window.
 */
export async function answerClick(
  { body, client, respond }: { body: BlockAction; client: WebClient; respond: RespondFn },
  reply: Reply,
  about: { request: Request; desk: Desk },
): Promise<void> {
  const { desk } = about;
  if (await openForm(client, reply, { ...about, trigger: body.trigger_id, onTop: inWindow(body) })) return;
  const done = isDone(reply);
  if (done && !body.container.is_ephemeral && !inWindow(body)) return;
  await sayToClicker({ body, client, respond }, reply.rendered, done).catch((error: unknown) =>
    desk.log.warn({ err: error }, 'answer not delivered'),
  );
}

/** An answer only the one who clicked sees. */
export async function sayToClicker(
  { body, client, respond }: { body: BlockAction; client: WebClient; respond: RespondFn },
  rendered: Rendered,
  done = false,
): Promise<void> {
  if (inView(body)) {
    const view = renderFormAnswer('Rollout', rendered, '');
    if (inWindow(body) && body.view) await client.views.update({ view_id: body.view.id, view });
    else await client.views.open({ trigger_id: body.trigger_id, view });
    return;
  }
  // What only this person sees is brought up to date where it stands; nobody else will do it.
  if (body.container.is_ephemeral && done) {
    await respond({ ...answerBody(rendered), replace_original: true });
    return;
  }
  const threadTs = threadOf(body);
  if (threadTs === null || inChannelToo(body)) await respond({ ...answerBody(rendered), replace_original: false });
  if (threadTs !== null) await respond({ ...answerBody(rendered), replace_original: false, thread_ts: threadTs });
}

/** Seen in the channel as well as in its thread, and nobody says where it was clicked: answered in both. */
function inChannelToo({ message }: BlockAction): boolean {
  return message !== undefined && (message.thread_ts === message.ts || message.subtype === 'thread_broadcast');
}

/** Clicked in a window that an answer or a form opened. */
function inWindow(body: BlockAction): boolean {
  return inView(body) && body.view?.type === 'modal';
}

/** Clicked in the Home tab or in a window: there is no channel to answer in. */
export function inView(body: BlockAction): boolean {
  return body.container.type === 'view';
}

/** What a form that could not be carried out shows: why, and what was typed, so that nothing is lost. */
export function formAnswer(title: string, rendered: Rendered, filled: FormAnswers | null) {
  const typed = Object.values(filled ?? {}).filter((words) => words !== '');
  return renderFormAnswer(title, rendered, typed.join('\n'));
}

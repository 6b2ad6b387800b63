import type { App, SlashCommand, ViewSubmitAction } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { Verb } from '../rollout/authority.js';
import { answerBody } from '../slack/answer.js';
import { renderUnknownButton } from '../slack/messages/index.js';
import { type Origin, originOf } from '../slack/origin.js';
import { answerClick, formAnswer, inView, STILL_WORKING, sayToClicker, slashAnswer } from './answering.js';
import { attempt, beginAtOnce, isStale, stale, unknownVerb, withPatience } from './attempt.js';
import { readTyped } from './grammar.js';
import { HANDLERS } from './handlers.js';
import { publishHome } from './home.js';
import type { Desk, Reply } from './request.js';
import { clickRequest, formRequest, mentionRequest, slashRequest } from './requests.js';
import { bindSlackNews } from './slack-news.js';

const OURS = /^rollout_/;

/** Binds `/rollout`, its buttons, forms, mentions and the Home tab to the verbs. Few listeners: each costs on every request. */
export function register(app: App, desk: Desk): void {
  bindCommand(app, desk);
  bindClicks(app, desk);
  bindForms(app, desk);
  bindMentions(app, desk);
  bindSlackNews(app, desk);
  app.event('app_home_opened', async ({ event, body, client }) => {
    if (event.tab !== 'home') return;
    await publishHome(client, await desk.directory.identify(originOf(event.user, body)), desk);
  });
}

function bindCommand(app: App, desk: Desk): void {
  app.command('/rollout', async ({ command, ack, respond, client }) => {
    await desk.onStep('FP01');
    const { verb, word, rest } = readTyped(command.text ?? '');
    const actor = await desk.directory.identify(originOf(command.user_id, command));
    const request = slashRequest(command, rest, actor);
    const answer: Promise<Reply> = verb
      ? attempt(HANDLERS[verb], request, desk)
      : Promise.resolve({ rendered: unknownVerb(word) });
    const underWay = beginAtOnce(answer, desk);
    const shown = answer.then((reply) => slashAnswer(client, reply, aboutSlash(command, { request, desk })));
    const inTime = await withPatience(shown.then((rendered) => ({ rendered })));
    await desk.onStep('FP03');
    // A form that opened says it all.
    if (inTime?.rendered === null) await ack();
    else await ack(answerBody(inTime?.rendered ?? STILL_WORKING));
    await desk.onStep('FP04');
    const rendered = await shown;
    if (!inTime && rendered)
      await respond(answerBody(rendered)).catch((error: unknown) =>
        desk.log.warn({ err: error }, 'late answer not delivered'),
      );
    await underWay;
  });
}

function aboutSlash(command: SlashCommand, about: { request: ReturnType<typeof slashRequest>; desk: Desk }) {
  return { ...about, trigger: command.trigger_id };
}

function bindClicks(app: App, desk: Desk): void {
  app.action({ type: 'block_actions', action_id: OURS }, async ({ body, action, ack, respond, client }) => {
    await desk.onStep('FP01');
    const verb = action.action_id.replace(OURS, '');
    const actor = await desk.directory.identify(originOf(body.user.id, body));
    const value = 'value' in action && typeof action.value === 'string' ? action.value : '';
    const request = clickRequest(body, value, actor);
    if (verb === 'home') {
      await ack();
      return publishHome(client, actor, desk);
    }
    if (!isVerb(verb) || !request) {
      await ack();
      return sayToClicker({ body, client, respond }, renderUnknownButton()).catch((error: unknown) =>
        desk.log.warn({ err: error }, 'answer not delivered'),
      );
    }
    const answer: Promise<Reply> = isStale(verb, Number(action.action_ts) * 1000)
      ? Promise.resolve({ rendered: stale(verb) })
      : attempt(HANDLERS[verb], request, desk);
    const underWay = beginAtOnce(answer, desk);
    await withPatience(answer);
    await desk.onStep('FP03');
    await ack();
    await desk.onStep('FP04');
    await answerClick({ body, client, respond }, await answer, { request, desk });
    await underWay;
    if (inView(body)) await publishHome(client, actor, desk);
  });
}

function isVerb(text: string): text is Verb {
  return Object.hasOwn(HANDLERS, text);
}

/** Nothing is decided until a form is submitted; then its words take the same road as typed ones. */
function bindForms(app: App, desk: Desk): void {
  app.view<ViewSubmitAction>({ type: 'view_submission', callback_id: OURS }, async ({ body, view, ack, client }) => {
    await desk.onStep('FP01');
    const verb = view.callback_id.replace(OURS, '');
    const request = formRequest(body, await desk.directory.identify(originOf(body.user.id, body)));
    if (!isVerb(verb) || !request) {
      return ack({ response_action: 'update', view: formAnswer('Rollout', renderUnknownButton(), null) });
    }
    const answer = attempt(HANDLERS[verb], request, desk);
    const underWay = beginAtOnce(answer, desk);
    const title = view.title.text;
    const inTime = await withPatience(answer);
    await desk.onStep('FP03');
    if (!inTime) await ack({ response_action: 'update', view: formAnswer(title, STILL_WORKING, null) });
    else if (inTime.after) await ack();
    else if (inTime.field) {
      await ack({ response_action: 'errors', errors: { [inTime.field.name]: inTime.field.error } });
    } else await ack({ response_action: 'update', view: formAnswer(title, inTime.rendered, request.filled) });
    await desk.onStep('FP04');
    const reply = await answer;
    if (!inTime) await showLate(client, { viewId: view.id, title, reply, desk });
    else if (verb === 'start' && reply.after) await tell(client, { request, reply, desk });
    await underWay;
    // Opened in the Home tab: nothing else there says what came of it.
    if (request.channelId === '') await publishHome(client, request.actor, desk);
  });
}

async function showLate(
  client: WebClient,
  { viewId, title, reply, desk }: { viewId: string; title: string; reply: Reply; desk: Desk },
): Promise<void> {
  await client.views
    .update({ view_id: viewId, view: formAnswer(title, reply.rendered, null) })
    .catch((error: unknown) => desk.log.warn({ err: error }, 'late answer not delivered'));
}

/** Who can approve what is worth more than a closed window. */
async function tell(
  client: WebClient,
  { request, reply, desk }: { request: { channelId: string; actor: { userId: string } }; reply: Reply; desk: Desk },
): Promise<void> {
  const { text, blocks } = reply.rendered;
  const { channelId: channel, actor } = request;
  const told =
    channel === ''
      ? client.chat.postMessage({ channel: actor.userId, text, blocks })
      : client.chat.postEphemeral({ channel, user: actor.userId, text, blocks });
  await told.catch((error: unknown) => desk.log.warn({ err: error }, 'answer not delivered'));
}

interface Said {
  readonly user: string;
  readonly channel: string;
  readonly ts: string;
  readonly thread_ts?: string;
  readonly event_ts: string;
}

/** What is said to the bot: behind a mention in a channel, or anything in a direct message. */
function bindMentions(app: App, desk: Desk): void {
  app.event('app_mention', async ({ event, body, client }) => {
    const { user, text } = event;
    const words = text.replace(/^[^<]*<@[A-Z0-9]+>\s*/u, '');
    if (user)
      await hear({ ...event, user }, { words, eventId: body.event_id, origin: originOf(user, body), client, desk });
  });
  app.event('message', async ({ event, body, client }) => {
    // Edits, joins and what bots say have a subtype or a bot behind them.
    if (event.channel_type !== 'im' || event.subtype !== undefined || event.bot_id !== undefined) return;
    const { user, text = '' } = event;
    const words = text.replace(/^\s*<@[A-Z0-9]+>\s*/u, '').replace(/^\/?rollout\b\s*/u, '');
    if (user)
      await hear({ ...event, user }, { words, eventId: body.event_id, origin: originOf(user, body), client, desk });
  });
}

async function hear(
  said: Said,
  about: { words: string; eventId: string; origin: Origin; client: WebClient; desk: Desk },
): Promise<void> {
  const { client, desk, eventId } = about;
  await desk.onStep('FP01');
  const { verb, word, rest } = readTyped(about.words);
  const actor = await desk.directory.identify(about.origin);
  const request = mentionRequest(said, { eventId, actor, args: rest });
  const answer: Promise<Reply> = !verb
    ? Promise.resolve({ rendered: unknownVerb(word) })
    : isStale(verb, Number(said.event_ts) * 1000)
      ? Promise.resolve({ rendered: stale(verb) })
      : attempt(HANDLERS[verb], request, desk);
  // Not waited for: the ack waits for this listener.
  void beginAtOnce(answer, desk);
  const { rendered } = await answer;
  const { channel, user, thread_ts } = said;
  await client.chat
    .postEphemeral({ channel, user, text: rendered.text, blocks: rendered.blocks, ...(thread_ts && { thread_ts }) })
    .catch((error: unknown) => desk.log.warn({ err: error }, 'answer not delivered'));
  await desk.onStep('FP03');
}

/**
 * An event is acked by the framework before anybody has looked at it. Here it is acked when its listener is done, so that
 * a mention lost in a crash is delivered again, as a command that was not acked is asked again.
 */
export function ackEventsWhenDone(app: App): App {
  const held: App = Object.create(app);
  held.processEvent = async (event) => {
    if (event.body.type !== 'event_callback') return app.processEvent(event);
    await app.processEvent({ ...event, ack: async () => undefined });
    await event.ack();
  };
  return held;
}

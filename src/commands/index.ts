import type { App, BlockElementAction, SlashCommand, ViewSubmitAction } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { isVerb } from '../rollout/state/verbs.js';
import { type Arrival, isHeard } from '../slack/connection/arrival.js';
import { OURS, type Unexpected, unexpected } from '../slack/connection/expected.js';
import { originOf } from '../slack/connection/origin.js';
import { answerBody } from '../slack/posting/answer.js';
import { type Rendered, renderHowToSayIt, renderTooMany, renderUnknownButton } from '../slack/words/messages/index.js';
import { addressedByMention, addressedDirectly, type HowAddressed } from './addressed.js';
import { answerClick, formAnswer, inView, STILL_WORKING, sayToClicker, slashAnswer } from './answering.js';
import { attempt, beginAtOnce, withPatience } from './attempt.js';
import { HANDLERS } from './handlers.js';
import { publishHome } from './home.js';
import { type Allowed, createLimit, slowDown } from './limit.js';
import { type Desk, isDone, type Reply, type Request } from './request.js';
import { clickRequest, formRequest, mentionRequest, slashRequest } from './requests.js';
import { bindSlackNews } from './slack-news.js';
import { answerTyped, readWords } from './typed.js';
import { readChoice } from './value.js';

/** Binds `/rollout`, its buttons, forms, mentions and the Home tab to the verbs. Few listeners: each costs on every request. */
export function register(app: App, desk: Desk): void {
  const limit = createLimit();
  // Of one person as much as a person asks; the way down has no limit.
  const allowed: Allow = (person, verb) => (verb === 'rollback' ? 'yes' : limit(person));
  bindCommand(app, { desk, allowed });
  bindClicks(app, { desk, allowed });
  bindForms(app, { desk, allowed });
  bindMentions(app, { desk, allowed });
  bindSlackNews(app, desk);
  app.event('app_home_opened', async ({ event, body, client }) => {
    if (event.tab !== 'home' || allowed(event.user, null) !== 'yes') return;
    await publishHome(client, await desk.directory.identify(originOf(event.user, body)), desk);
  });
}

type Allow = (person: string, verb: string | null) => Allowed;

interface Intake {
  readonly desk: Desk;
  readonly allowed: Allow;
}

function bindCommand(app: App, { desk, allowed }: Intake): void {
  app.command('/rollout', async ({ command, ack, respond, client, context }) => {
    await desk.onCrashPoint('FP01');
    const words = readWords(command.text ?? '');
    const may = allowed(command.user_id, words.verb);
    if (may === 'quiet') await slowDown();
    if (may !== 'yes') return ack(may === 'say' ? answerBody(renderTooMany()) : undefined);
    const actor = await desk.directory.identify(originOf(command.user_id, command));
    const arrival = arrivalOf(context);
    const request = slashRequest(command, words.rest, { actor, tooLate: tooLateBy(arrival, desk) });
    const answer = answerTyped(words, request, desk);
    const underWay = beginAtOnce(answer, desk);
    const shown = answer.then((reply) => slashAnswer(client, reply, aboutSlash(command, { request, desk })));
    const inTime = await withPatience(shown.then((rendered) => ({ rendered })));
    const heard = inTime !== null && isHeard(arrival);
    await desk.onCrashPoint('FP03');
    // A form that opened says it all.
    const taken = await reached(
      inTime?.rendered === null ? ack() : ack(answerBody(inTime?.rendered ?? STILL_WORKING)),
      desk,
    );
    await desk.onCrashPoint('FP04');
    const rendered = await shown;
    if (!(heard && taken) && rendered)
      await respond(answerBody(rendered)).catch((error: unknown) =>
        desk.log.warn({ err: error }, 'late answer not delivered'),
      );
    await underWay;
  });
}

/** A connection that is gone takes no answer; it is given another way, and never ends the work. */
async function reached(ack: Promise<void>, desk: Desk): Promise<boolean> {
  try {
    await ack;
    return true;
  } catch (error) {
    desk.log.warn({ err: error }, 'answer not taken; it goes another way');
    return false;
  }
}

function aboutSlash(command: SlashCommand, about: { request: Request; desk: Desk }) {
  return { ...about, trigger: command.trigger_id };
}

function bindClicks(app: App, { desk, allowed }: Intake): void {
  app.action({ type: 'block_actions', action_id: OURS }, async ({ body, action, ack, respond, client, context }) => {
    await desk.onCrashPoint('FP01');
    const { verb, value } = pressed(action);
    const may = allowed(body.user.id, verb);
    if (may !== 'yes') {
      if (may === 'quiet') await slowDown();
      await ack();
      return may === 'quiet' ? undefined : say({ body, client, respond }, renderTooMany(), desk);
    }
    const actor = await desk.directory.identify(originOf(body.user.id, body));
    const tooLate = tooLateBy(sentAt(arrivalOf(context), action.action_ts), desk);
    const request = clickRequest(body, value, { actor, tooLate });
    if (verb === 'home') {
      await ack();
      return publishHome(client, actor, desk);
    }
    if (!isVerb(verb) || !request) {
      await ack();
      return say({ body, client, respond }, renderUnknownButton(), desk);
    }
    const answer = attempt(HANDLERS[verb], request, desk);
    const underWay = beginAtOnce(answer, desk);
    await withPatience(answer);
    await desk.onCrashPoint('FP03');
    await reached(ack(), desk);
    await desk.onCrashPoint('FP04');
    await answerClick({ body, client, respond }, await answer, { request, desk });
    await underWay;
    if (inView(body)) await publishHome(client, actor, desk);
  });
}

/** What was asked for: by a button of its own, or by a choice from a menu. */
function pressed(action: BlockElementAction): { readonly verb: string; readonly value: string } {
  if (action.type === 'overflow') return readChoice(action.selected_option?.value);
  const value = 'value' in action && typeof action.value === 'string' ? action.value : '';
  return { verb: action.action_id.replace(OURS, ''), value };
}

async function say(to: Parameters<typeof sayToClicker>[0], rendered: Rendered, desk: Desk): Promise<void> {
  await sayToClicker(to, rendered).catch((error: unknown) => desk.log.warn({ err: error }, 'answer not delivered'));
}

/** How the request reached this process, as whoever took it noted. */
function arrivalOf(context: object): Arrival {
  const { arrival } = context as { readonly arrival?: Arrival };
  if (!arrival) throw new Error('a request without a note of its arrival');
  return arrival;
}

/** Slack's own time of a click or a message, in seconds, is better than that of its delivery. */
function sentAt(arrival: Arrival, ts: string): Arrival {
  const ms = Number(ts) * 1000;
  return Number.isFinite(ms) && ms > 0 ? { ...arrival, sentAt: ms } : arrival;
}

function tooLateBy(arrival: Arrival, desk: Desk): Request['tooLate'] {
  return () => desk.isTooLate(arrival);
}

/** Nothing is decided until a form is submitted; then its words take the same road as typed ones. */
function bindForms(app: App, { desk, allowed }: Intake): void {
  app.view<ViewSubmitAction>(
    { type: 'view_submission', callback_id: OURS },
    async ({ body, view, ack, client, context }) => {
      await desk.onCrashPoint('FP01');
      const verb = view.callback_id.replace(OURS, '');
      if (allowed(body.user.id, verb) !== 'yes')
        return ack({ response_action: 'update', view: formAnswer('Rollout', renderTooMany(), null) });
      const actor = await desk.directory.identify(originOf(body.user.id, body));
      const request = formRequest(body, { actor, tooLate: tooLateBy(arrivalOf(context), desk) });
      if (!isVerb(verb) || !request) {
        return ack({ response_action: 'update', view: formAnswer('Rollout', renderUnknownButton(), null) });
      }
      const answer = attempt(HANDLERS[verb], request, desk);
      const underWay = beginAtOnce(answer, desk);
      const title = view.title.text;
      const inTime = await withPatience(answer);
      await desk.onCrashPoint('FP03');
      if (!inTime) await ack({ response_action: 'update', view: formAnswer(title, STILL_WORKING, null) });
      else if (isDone(inTime)) await ack();
      else if (inTime.field) {
        await ack({ response_action: 'errors', errors: { [inTime.field.name]: inTime.field.error } });
      } else await ack({ response_action: 'update', view: formAnswer(title, inTime.rendered, request.filled) });
      await desk.onCrashPoint('FP04');
      const reply = await answer;
      if (!inTime) await showLate(client, { viewId: view.id, title, reply, desk });
      else if (verb === 'start' && isDone(reply)) await tell(client, { request, reply, desk });
      await underWay;
      // Opened in the Home tab: nothing else there shows the result.
      if (request.channelId === '') await publishHome(client, request.actor, desk);
    },
  );
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

/** What is said to the bot: behind its name in a channel, or anything in a direct message. */
function bindMentions(app: App, { desk, allowed }: Intake): void {
  app.event('app_mention', async ({ event, body, client, context }) => {
    const addressed = addressedByMention(event, ownName(body, context));
    await hear(event, { addressed, arrival: arrivalOf(context), body, client, desk, allowed });
  });
  app.event('message', async ({ event, body, client, context }) => {
    if (event.channel_type !== 'im') return;
    const addressed = addressedDirectly(event, ownName(body, context));
    await hear(event, { addressed, arrival: arrivalOf(context), body, client, desk, allowed });
  });
}

/** The bot's user id: as it was asked, else as Slack says for whom the event is. */
function ownName(body: object, { botUserId }: { botUserId?: string }): string | undefined {
  return botUserId ?? Authorized.safeParse(body).data?.authorizations.find(({ is_bot }) => is_bot)?.user_id;
}

const Authorized = z.object({
  authorizations: z.array(z.object({ user_id: z.string().optional(), is_bot: z.boolean().optional() })),
});

type EventBody = Parameters<typeof originOf>[1];

interface Heard {
  readonly user?: string;
  readonly channel: string;
  readonly ts: string;
  readonly thread_ts?: string;
}

interface Hearing extends Intake {
  readonly addressed: HowAddressed;
  readonly arrival: Arrival;
  readonly body: EventBody;
  readonly client: WebClient;
}

async function hear(event: object, { addressed, arrival, body, client, desk, allowed }: Hearing): Promise<void> {
  const said = event as Heard;
  const { user } = said;
  if (addressed.kind === 'nothing' || user === undefined) return;
  await desk.onCrashPoint('FP01');
  const words = readWords(addressed.kind === 'command' ? addressed.words : '');
  const may = allowed(user, addressed.kind === 'command' ? words.verb : null);
  if (may === 'quiet') return;
  if (may === 'say') return whisper({ ...said, user }, renderTooMany(), { client, desk });
  if (addressed.kind === 'hint') return whisper({ ...said, user }, renderHowToSayIt(addressed), { client, desk });
  const actor = await desk.directory.identify(originOf(user, body));
  const tooLate = tooLateBy(sentAt(arrival, said.ts), desk);
  const request = mentionRequest(said, words.rest, { actor, tooLate });
  const answer = answerTyped(words, request, desk);
  // Not waited for: the ack waits for this listener.
  void beginAtOnce(answer, desk);
  await whisper({ ...said, user }, (await answer).rendered, { client, desk });
  await desk.onCrashPoint('FP03');
}

/** Only the one who said it sees this. */
async function whisper(
  { channel, user, thread_ts }: Heard & { user: string },
  { text, blocks }: Rendered,
  { client, desk }: { client: WebClient; desk: Desk },
): Promise<void> {
  await client.chat
    .postEphemeral({ channel, user, text, blocks, ...(thread_ts && { thread_ts }) })
    .catch((error: unknown) => desk.log.warn({ err: error }, 'answer not delivered'));
}

/**
 * The framework's intake with two differences. What the bot does not listen to is answered, where the framework would leave it
 * without an answer, so that Slack shows an error or sends it again. And an event is acked when its listener is done, not before anybody has
 * looked at it, so that a mention lost in a crash is delivered again, as a command that was not acked is asked again.
 */
export function createIntake(app: App, onUnexpected: (what: Unexpected['what']) => void): App {
  const intake: App = Object.create(app);
  intake.processEvent = async (event) => {
    const odd = unexpected(event.body);
    if (odd) {
      onUnexpected(odd.what);
      return event.ack(odd.answer);
    }
    if (event.body.type !== 'event_callback') return app.processEvent(event);
    await app.processEvent({ ...event, ack: async () => undefined });
    await event.ack();
  };
  return intake;
}

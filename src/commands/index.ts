import { randomUUID } from 'node:crypto';
import type { App, BlockAction, SlashCommand } from '@slack/bolt';
import { z } from 'zod';
import type { Verb } from '../rollout/authority.js';
import { refusal } from '../rollout/refusal.js';
import { answerBody } from '../slack/answer.js';
import type { Rendered } from '../slack/blocks.js';
import { renderRefusal } from '../slack/messages/index.js';
import { escapeText } from '../slack/text.js';
import { advance } from './advance.js';
import { approve } from './approve.js';
import { closedTo } from './closed-to.js';
import { deny } from './deny.js';
import { extend } from './extend.js';
import { finish } from './finish.js';
import { nearestVerb, readTyped } from './grammar.js';
import { have } from './have.js';
import { help } from './help.js';
import { history } from './history.js';
import { list } from './list.js';
import { refuse } from './moving.js';
import { pause } from './pause.js';
import type { ButtonValue, Desk, Reply, Request, VerbHandler } from './request.js';
import { resume } from './resume.js';
import { rollback } from './rollback.js';
import { start } from './start.js';
import { status } from './status.js';
import { why } from './why.js';

/** Every verb, one file each. */
export const HANDLERS: Readonly<Record<Verb, VerbHandler>> = {
  ...{ start, status, why, advance, approve, deny, pause, resume, extend, finish, rollback, list, history, have, help },
};

/** Slack gives three seconds; after these the person is told to wait, and the answer follows. */
const PATIENCE_MS = 2_400;
/** A command this old was meant for another moment; taking back is always meant. */
const STALE_MS = 60_000;
const NEVER_STALE: ReadonlySet<Verb> = new Set([
  'rollback',
  'pause',
  'deny',
  'have',
  'status',
  'why',
  'list',
  'history',
  'help',
]);

const Value = z.union([
  z.strictObject({ request: z.string().regex(/^\d+\.\d+$/) }),
  z.strictObject({
    rollout: z.number().int().positive(),
    stage: z.number().int().optional(),
    attempt: z.number().int().optional(),
  }),
]);

/** Binds `/rollout`, its buttons and mentions to the verbs. Few listeners: each one costs on every request. */
export function register(app: App, desk: Desk): void {
  app.command('/rollout', async ({ command, ack, respond }) => {
    await desk.onStep('FP01');
    const { verb, word, rest } = readTyped(command.text ?? '');
    const asked = slashRequest(command, rest);
    const answer: Promise<Reply> = verb
      ? attempt(HANDLERS[verb], asked, desk)
      : Promise.resolve({ rendered: unknownVerb(word) });
    const underWay = beginAtOnce(answer, desk);
    const inTime = await withPatience(answer);
    await desk.onStep('FP03');
    await ack(answerBody(inTime ? inTime.rendered : STILL_WORKING));
    await desk.onStep('FP04');
    const reply = await answer;
    if (!inTime)
      await respond(answerBody(reply.rendered)).catch((error: unknown) =>
        desk.log.warn({ err: error }, 'late answer not delivered'),
      );
    await underWay;
  });

  app.action<BlockAction>(/^rollout_/, async ({ body, action, ack, respond }) => {
    await desk.onStep('FP01');
    const verb = action.action_id.replace(/^rollout_/, '') as Verb;
    const handler = HANDLERS[verb];
    const asked = clickRequest(body, 'value' in action && typeof action.value === 'string' ? action.value : '');
    if (!handler || !asked) return void (await ack());
    const sentAt = Number(action.action_ts) * 1000;
    const answer: Promise<Reply> = isStale(verb, sentAt)
      ? Promise.resolve({ rendered: stale(verb) })
      : attempt(handler, asked, desk);
    const underWay = beginAtOnce(answer, desk);
    await withPatience(answer);
    await desk.onStep('FP03');
    await ack();
    await desk.onStep('FP04');
    const reply = await answer;
    // What an accepted click did shows in the messages themselves; only what changed nothing must be said.
    if (!reply.after) {
      await respond({ ...answerBody(reply.rendered), replace_original: false, ...threadOf(body) }).catch(
        (error: unknown) => desk.log.warn({ err: error }, 'answer not delivered'),
      );
    }
    await underWay;
  });

  app.event('app_mention', async ({ event, body, client }) => {
    if (!event.user) return;
    await desk.onStep('FP01');
    const { verb, word, rest } = readTyped(event.text.replace(/^[^<]*<@[A-Z0-9]+>\s*/u, ''));
    const asked: Request = {
      ...{
        key: `event:${body.event_id}`,
        actor: { kind: 'slack', teamId: body.team_id, userId: event.user },
        channelId: event.channel,
      },
      ...{ threadTs: event.thread_ts ?? null, args: rest, button: null, messageTs: event.ts },
    };
    const late = verb !== null && isStale(verb, Number(event.event_ts) * 1000);
    const answer: Promise<Reply> = !verb
      ? Promise.resolve({ rendered: unknownVerb(word) })
      : late
        ? Promise.resolve({ rendered: stale(verb) })
        : attempt(HANDLERS[verb], asked, desk);
    // Not waited for: the ack waits for this listener.
    void beginAtOnce(answer, desk);
    const reply = await answer;
    const where = {
      channel: event.channel,
      user: event.user,
      ...(event.thread_ts ? { thread_ts: event.thread_ts } : {}),
    };
    await client.chat
      .postEphemeral({ ...where, text: reply.rendered.text, blocks: reply.rendered.blocks })
      .catch((error: unknown) => desk.log.warn({ err: error }, 'answer not delivered'));
    await desk.onStep('FP03');
  });
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

/**
 * What an accepted command made due begins at once, beside the answer to it: neither a slow ack, nor one that is lost, nor
 * an answer that Slack does not take may hold a rollback up.
 */
async function beginAtOnce(answer: Promise<Reply>, desk: Desk): Promise<void> {
  try {
    await (await answer).after?.();
  } catch (error) {
    desk.log.error({ err: error }, 'not carried out yet; it is tried again');
  }
}

/** A click in a thread is answered there: on a phone the channel behind it cannot be seen. */
function threadOf(body: BlockAction): { thread_ts?: string } {
  const threadTs: unknown = body.message?.thread_ts ?? body.container.thread_ts;
  return typeof threadTs === 'string' ? { thread_ts: threadTs } : {};
}

function slashRequest(command: SlashCommand, args: string): Request {
  return {
    ...{
      key: `slash:${command.trigger_id}`,
      actor: { kind: 'slack', teamId: command.team_id, userId: command.user_id },
    },
    ...{ channelId: command.channel_id, threadTs: null, args, button: null, messageTs: '' },
  };
}

function clickRequest(body: BlockAction, value: string): Request | null {
  const button = readValue(value);
  const teamId = body.user.team_id ?? body.team?.id;
  if (!button || !teamId) return null;
  return {
    ...{
      key: `click:${body.trigger_id}`,
      actor: { kind: 'slack', teamId, userId: body.user.id },
      channelId: body.channel?.id ?? '',
    },
    ...{ threadTs: null, args: '', button, messageTs: body.message?.ts ?? '' },
  };
}

/** A button's value is our own words come back; anything else is somebody else's. */
export function readValue(value: string): ButtonValue | null {
  try {
    const parsed = Value.safeParse(JSON.parse(value));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Runs a verb; whatever breaks becomes an answer, never silence. */
async function attempt(handler: VerbHandler, asked: Request, desk: Desk): Promise<Reply> {
  try {
    const closed = await closedTo(handler.verb, asked, desk);
    return closed ? refuse(handler.verb, closed, null) : await handler.run(asked, desk);
  } catch (error) {
    const id = randomUUID().slice(0, 8);
    desk.log.error({ err: error, verb: handler.verb, errorId: id }, 'command failed');
    const reason = isDatabase(error)
      ? refusal('database_down', [], { detail: id })
      : refusal('busy', [], { detail: `error ${id}`, helps: 'status' });
    return {
      rendered: renderRefusal({ refusal: reason, verb: handler.verb, rollout: null, watch: null, now: new Date(0) }),
    };
  }
}

/** Postgres out of reach, or out of time: nothing was accepted as far as we know, and asking again is safe. */
function isDatabase(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  const lost = [
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'ENOTFOUND',
    '57P01',
    '57P03',
    '57014',
    '55P03',
    '08006',
    '08001',
    '53300',
    '25006',
  ];
  return (code !== undefined && lost.includes(code)) || /timeout|terminated|Connection/i.test(message ?? '');
}

async function withPatience<T>(promise: Promise<T>): Promise<T | null> {
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

function isStale(verb: Verb, sentAt: number): boolean {
  return !NEVER_STALE.has(verb) && Number.isFinite(sentAt) && Date.now() - sentAt > STALE_MS;
}

function stale(verb: Verb): Rendered {
  return renderRefusal({
    refusal: refusal('stale_delivery', [], { helps: 'status' }),
    verb,
    rollout: null,
    watch: null,
    now: new Date(0),
  });
}

function unknownVerb(word: string): Rendered {
  const near = nearestVerb(word);
  const detail = near ? `${word}; you may mean ${near}` : word;
  return renderRefusal({
    refusal: refusal('unknown_command', [], { detail, helps: 'help' }),
    verb: near ?? 'help',
    rollout: null,
    watch: null,
    now: new Date(0),
  });
}

const STILL_WORKING: Rendered = { text: escapeText('Still working on it. The answer follows here.'), blocks: [] };

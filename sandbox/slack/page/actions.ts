import { z } from 'zod';
import type { Delivery, LocalSlack } from '../types.js';
import { click, clickShape, enteredValues } from './click.js';
import { PageError } from './reply.js';

const id = z.string().min(1);
const person = { user: id };

const shapes = {
  command: z.object({ ...person, channel: id, text: z.string().min(1) }),
  say: z.object({ ...person, channel: id, text: z.string().min(1), threadTs: z.string().optional() }),
  click: clickShape,
  submit: z.object({ ...person, values: enteredValues }),
  close: z.object(person),
  home: z.object(person),
};

export type Act = keyof typeof shapes;

export const isAct = (name: string): name is Act => Object.hasOwn(shapes, name);

function parse<Shape extends z.ZodType>(shape: Shape, body: unknown): z.infer<Shape> {
  const result = shape.safeParse(body);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new PageError(400, `${issue?.path.join('.') || 'The body'}: ${issue?.message ?? 'is not valid'}.`);
}

const outcome = (delivery: Delivery) => ({ acked: delivery.acked, tookMs: delivery.tookMs });

/** `/rollout status now` → `/rollout` and `status now`. Mentions are left to the local Slack. */
async function command(body: unknown, slack: LocalSlack) {
  const { user, channel, text } = parse(shapes.command, body);
  const typed = /^(\/[a-z0-9_-]+)(?:\s+([\s\S]*))?$/i.exec(text.trim());
  if (!typed?.[1]) throw new PageError(400, 'A command starts with a slash and a name, like /rollout status.');
  const name = typed[1].toLowerCase();
  if (slack.commands.length > 0 && !slack.commands.some((known) => known.command === name)) {
    throw new PageError(400, `${name} is not a valid command.`);
  }
  const words = typed[2]?.trim() ?? '';
  return outcome(await slack.command({ user, channel, text: words, command: name }));
}

async function say(body: unknown, slack: LocalSlack) {
  const { user, channel, text, threadTs } = parse(shapes.say, body);
  const message = await slack.say({ user, channel, text, ...(threadTs ? { threadTs } : {}) });
  return { ts: message.ts };
}

async function submit(body: unknown, slack: LocalSlack) {
  const { user, values } = parse(shapes.submit, body);
  return outcome(await slack.submit({ user, values }));
}

/** Does what the person did. Throws PageError when it cannot be done; what the app answers is no error. */
export async function perform(act: Act, body: unknown, slack: LocalSlack): Promise<unknown> {
  const { user } = parse(z.looseObject(person), body);
  if (!slack.workspace.users.some((each) => each.id === user)) throw new PageError(404, `There is no user ${user}.`);
  if (act === 'command') return command(body, slack);
  if (act === 'say') return say(body, slack);
  if (act === 'click') return outcome(await click(parse(shapes.click, body), slack));
  if (act === 'submit') return submit(body, slack);
  if (act === 'close') await slack.closeView({ user });
  else await slack.openHome(user);
  return { ok: true };
}

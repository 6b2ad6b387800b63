import { z } from 'zod';
import { viewValues } from '../deliveries/view-values.js';
import type { Delivery, LocalSlack, SlackMessage } from '../types.js';
import { isRecord, type Json, recordIn, recordsIn, stringIn } from './json.js';
import { PageError } from './reply.js';

const id = z.string().min(1);
const element = {
  user: id,
  actionId: id,
  value: z.string().optional(),
  /** The kind of menu, when it is not a button: then `value` is what was chosen. */
  control: z.string().optional(),
};
const held = z.union([z.string(), z.array(z.string()), z.null()]);

/** What was entered in a modal: block id → action id → value. */
export const enteredValues = z.record(z.string(), z.record(z.string(), held));

/** A click in a message, in the Home tab, or in the modal on top. */
export const clickShape = z.union([
  z.object({ ...element, channel: id, ts: id, ephemeral: z.boolean().optional() }),
  z.object({ ...element, view: z.enum(['home', 'modal']), values: enteredValues.optional() }),
]);

type Click = z.infer<typeof clickShape>;
type InMessage = Extract<Click, { ts: string }>;
type InView = Extract<Click, { view: string }>;

function findElement(
  blocks: Json[],
  { actionId, value, control }: Click,
): { found: Json; blockId: string } | undefined {
  for (const block of blocks) {
    const single = [recordIn(block, 'accessory'), recordIn(block, 'element')].filter(isRecord);
    const found = [...recordsIn(block, 'elements'), ...single].find(
      (each) =>
        stringIn(each, 'action_id') === actionId &&
        (control !== undefined || (stringIn(each, 'value') ?? '') === (value ?? '')),
    );
    if (found) return { found, blockId: stringIn(block, 'block_id') ?? '' };
  }
  return undefined;
}

/** The entry of `actions` as Slack sends it; undefined when there is no such element (any more). */
function actionOf(blocks: Json[], click: Click): Json | undefined {
  const place = findElement(blocks, click);
  if (!place) return undefined;
  const { found, blockId } = place;
  const type = stringIn(found, 'type') ?? '';
  const base = { type, action_id: click.actionId, block_id: blockId, action_ts: String(Date.now() / 1000) };
  if (type === 'button') return { ...base, text: found.text, value: found.value };
  if (type === 'users_select') return { ...base, selected_user: click.value };
  const groups = recordsIn(found, 'option_groups').flatMap((group) => recordsIn(group, 'options'));
  const options = [...recordsIn(found, 'options'), ...groups];
  return { ...base, selected_option: options.find((each) => stringIn(each, 'value') === click.value) };
}

function blocksOf(message: SlackMessage): Json[] {
  const attached = (message.attachments ?? []).flatMap((attachment) => recordsIn(attachment, 'blocks'));
  return [...(message.blocks ?? []).filter(isRecord), ...attached];
}

async function clickInMessage(click: InMessage, slack: LocalSlack): Promise<Delivery> {
  const { control, value, ephemeral, user, channel, ts, actionId } = click;
  const where = { user, channel, ts, actionId };
  if (!control)
    return slack.click({ ...where, ...(value === undefined ? {} : { value }), ...(ephemeral ? { ephemeral } : {}) });
  const message = slack.message(channel, ts) ?? slack.ephemerals(channel, user).find((each) => each.ts === ts);
  const action = message && actionOf(blocksOf(message), click);
  if (!action) throw new PageError(409, 'That menu is no longer in the message.');
  return slack.clickRaw({ ...where, value: value ?? '', body: { actions: [action] } });
}

/** The view as the payload shows it, and what it is made of. */
function viewOf({ view, user, values }: InView, slack: LocalSlack): { shown: Json; blocks: Json[] } | undefined {
  if (view === 'home') {
    const home = slack.home(user);
    return (
      home && { shown: { ...home, id: `V-home-${user}`, state: { values: {} } }, blocks: recordsIn(home, 'blocks') }
    );
  }
  const open = slack.views(user).at(-1);
  if (!open) return undefined;
  const state = { values: viewValues(open.view, values ?? {}) };
  return { shown: { ...open.view, id: open.id, hash: open.hash, state }, blocks: recordsIn(open.view, 'blocks') };
}

async function clickInView(click: InView, slack: LocalSlack): Promise<Delivery> {
  const view = viewOf(click, slack);
  const action = view && actionOf(view.blocks, click);
  if (!action) throw new PageError(409, 'That button is no longer there.');
  const container = { type: 'view', view_id: view.shown.id };
  return slack.clickRaw({
    user: click.user,
    // A view stands in no channel; the address is needed for delivery only and taken out of the payload again.
    channel: slack.directMessage(click.user).id,
    ts: '0',
    actionId: click.actionId,
    value: click.value ?? '',
    body: {
      container,
      view: view.shown,
      actions: [action],
      channel: undefined,
      message: undefined,
      response_url: undefined,
    },
  });
}

/** Delivers a click on what the person sees. Throws when it is not there any more. */
export function click(input: Click, slack: LocalSlack): Promise<Delivery> {
  return 'view' in input ? clickInView(input, slack) : clickInMessage(input, slack);
}

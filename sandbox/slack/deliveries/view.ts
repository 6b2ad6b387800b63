import type { Outcome } from '../deliver.js';
import type { Delivery, OpenView } from '../types.js';
import { isRecord, type Json, recordsIn, textIn } from '../values.js';
import { SlackError } from '../web-api/slack-error.js';
import { checkedView, closeViews, pushView, replaceView, viewJson } from '../web-api/views.js';
import { type Desk, interactive, userNamed } from './desk.js';
import { missingFields, viewValues } from './view-values.js';

export interface Submission {
  user: string;
  values: Record<string, Record<string, unknown>>;
}

function topView(desk: Desk, user: string): OpenView {
  const top = desk.state.stack(user).at(-1);
  if (!top) throw new Error(`${user} has no view open`);
  return top;
}

/** Submits the view on top. Throws when a required field is empty, as Slack's form would not let it go. */
export async function submit(desk: Desk, { user: userId, values }: Submission): Promise<Delivery> {
  const { state } = desk;
  const user = userNamed(state, userId);
  const top = topView(desk, user.id);
  const filled = viewValues(top.view, values);
  const missing = missingFields(top.view, filled);
  if (missing.length > 0) {
    showErrors(
      desk,
      user.id,
      top,
      Object.fromEntries(missing.map((id) => [id, 'Please complete this required field.'])),
    );
    throw new Error(`required fields are empty: ${missing.join(', ')}`);
  }
  const body: Json = {
    ...interactive(desk, 'view_submission', user),
    trigger_id: desk.triggers.issue(user.id),
    view: viewJson(state, top, state.stack(user.id), filled),
    response_urls: [],
  };
  return desk.deliverer.deliver({ kind: 'interactive', body }, (outcome) => settle(desk, user.id, top.id, outcome));
}

/** Closes the view on top, or all of them if it says so; the app hears of it only if it asked to. */
export async function closeView(desk: Desk, userId: string): Promise<void> {
  const { state } = desk;
  const user = userNamed(state, userId);
  const top = topView(desk, user.id);
  const view = viewJson(state, top, state.stack(user.id));
  const clears = top.view.clear_on_close === true;
  closeViews(state, user.id, clears ? allFromTop(desk, user.id) : [top.id]);
  if (top.view.notify_on_close !== true) return;
  const body: Json = { ...interactive(desk, 'view_closed', user), view, is_cleared: clears };
  await desk.deliverer.deliver({ kind: 'interactive', body });
}

function allFromTop({ state }: Desk, user: string): string[] {
  return state
    .stack(user)
    .map(({ id }) => id)
    .reverse();
}

function showErrors(desk: Desk, user: string, open: OpenView, errors: Record<string, string>): void {
  const { state } = desk;
  const shown: OpenView = { ...open, errors };
  state.stacks.set(
    user,
    state.stack(user).map((one) => (one.id === open.id ? shown : one)),
  );
  state.emit({ type: 'view', user, view: shown });
}

function settle(desk: Desk, user: string, viewId: string, { acked, response }: Outcome): void {
  const { state } = desk;
  const open = state.stack(user).find((one) => one.id === viewId);
  // A second answer to the same submission finds the view gone.
  if (!open) return;
  try {
    if (!acked) throw new SlackError('operation_timeout');
    respond(desk, user, open, isRecord(response) ? response : {});
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    showErrors(desk, user, open, { [firstInput(open)]: 'We had some trouble connecting. Try again?' });
  }
}

function respond(desk: Desk, user: string, open: OpenView, response: Json): void {
  const { state } = desk;
  switch (response.response_action) {
    case 'errors':
      showErrors(desk, user, open, fieldErrors(open, response.errors));
      return;
    case 'clear':
      closeViews(state, user, allFromTop(desk, user));
      return;
    case 'update':
      replaceView(state, user, open.id, checkedView(state, response.view, 'modal'));
      return;
    case 'push':
      pushView(state, user, checkedView(state, response.view, 'modal'));
      return;
    default:
      closeViews(state, user, [open.id]);
  }
}

/** The form's own trouble is shown under its first field; a form without any shows it by itself. */
function firstInput(open: OpenView): string {
  return textIn(recordsIn(open.view.blocks).find((block) => block.type === 'input')?.block_id);
}

/** Errors belong to input blocks of the view; Slack refuses others. */
function fieldErrors(open: OpenView, errors: unknown): Record<string, string> {
  const inputs = recordsIn(open.view.blocks).filter((block) => block.type === 'input');
  const entries = isRecord(errors) ? Object.entries(errors) : [];
  if (entries.length === 0 || entries.some(([id]) => !inputs.some((block) => block.block_id === id))) {
    throw new SlackError('invalid_arguments');
  }
  return Object.fromEntries(entries.map(([id, text]) => [id, textIn(text)]));
}

import type { Choice, Delivery, OpenView } from '../types.js';
import { type Json, recordsIn } from '../values.js';
import { homeView, viewJson } from '../web-api/views.js';
import { type Desk, interactive, userNamed } from './desk.js';
import { actionEntry, findElement } from './elements.js';
import { viewValues, withChoice } from './view-values.js';

export interface ViewClick {
  user: string;
  actionId: string;
  blockId?: string;
  value?: Choice;
  /** What the other fields of the view hold by now: block id → action id → value. */
  values?: Record<string, Record<string, unknown>>;
}

/** Uses a button or menu in the modal on top of this person's stack. Throws when it is not shown. */
export async function clickView(desk: Desk, input: ViewClick): Promise<Delivery> {
  const stack = desk.state.stack(input.user);
  const top = stack.at(-1);
  if (!top) throw new Error(`${input.user} has no view open`);
  return send(desk, input, top, stack);
}

/** Uses a button or menu in the Home tab. Throws when it is not shown. */
export async function clickHome(desk: Desk, input: ViewClick): Promise<Delivery> {
  const home = homeView(desk.state, input.user);
  if (!home) throw new Error(`the app has published no Home tab for ${input.user}`);
  return send(desk, input, home, [home]);
}

/** Unlike a click in a message it comes from no channel, and there is nothing to answer through a response_url. */
function send(desk: Desk, input: ViewClick, shown: OpenView, stack: OpenView[]): Promise<Delivery> {
  const { state } = desk;
  const user = userNamed(state, input.user);
  const found = findElement(recordsIn(shown.view.blocks), input);
  if (!found) throw new Error(`the view of ${user.name} shows no button ${input.actionId}`);
  const action = actionEntry(found, input.value, state.nextTs());
  const body: Json = {
    ...interactive(desk, 'block_actions', user),
    container: { type: 'view', view_id: shown.id },
    trigger_id: desk.triggers.issue(user.id),
    view: viewJson(state, shown, stack, viewValues(shown.view, withChoice(input.values ?? {}, found, input.value))),
    actions: [action],
  };
  return desk.deliverer.deliver({ kind: 'interactive', body });
}

import type { Choice } from '../types.js';
import { isRecord, type Json, optionsOf, recordsIn, textIn } from '../values.js';
import { entryOf } from './view-values.js';

/** Which element a person uses: blocks may share an action id, buttons of one action id differ by their value. */
export interface Aim {
  actionId: string;
  blockId?: string;
  value?: Choice;
}

interface Found {
  element: Json;
  blockId: string;
}

/** What a block lets people use now. An input waits for the submission unless the app asked to hear of it at once. */
function elementsOf(block: Json): Json[] {
  const accessory = isRecord(block.accessory) ? [block.accessory] : [];
  const input = isRecord(block.element) && block.dispatch_action === true ? [block.element] : [];
  return [...recordsIn(block.elements), ...accessory, ...input];
}

function isAimedAt(element: Json, { actionId, value }: Aim): boolean {
  if (element.action_id !== actionId) return false;
  return element.type !== 'button' || value === undefined || textIn(element.value) === value;
}

/** The element a person means, as these blocks show it. */
export function findElement(blocks: readonly Json[], aim: Aim): Found | undefined {
  for (const block of blocks) {
    const blockId = textIn(block.block_id);
    const element = elementsOf(block).find((one) => isAimedAt(one, aim));
    if (element && (aim.blockId === undefined || aim.blockId === blockId)) return { element, blockId };
  }
  return undefined;
}

/** The entry of `actions` for a button pressed or a choice made. Throws when the choice is not offered. */
export function actionEntry({ element, blockId }: Found, value: Choice | undefined, actionTs: string): Json {
  const { type, action_id, text, style } = element;
  const entry: Json = { type, action_id, block_id: blockId, action_ts: actionTs };
  if (type !== 'button') return { ...entry, ...chosen(element, value) };
  for (const [name, given] of Object.entries({ text, value: element.value, style })) {
    if (given !== undefined) entry[name] = given;
  }
  return entry;
}

function chosen(element: Json, value: Choice | undefined): Json {
  const offered = optionsOf(element);
  const wanted = typeof value === 'string' ? [value] : (value ?? []);
  const missing = wanted.find((one) => offered.length > 0 && !offered.some((option) => option.value === one));
  if (missing !== undefined) throw new Error(`${textIn(element.action_id)} offers no choice ${missing}`);
  return entryOf(element, value);
}

import type { ActionsBlockElement, Button, HomeView, InputBlock, KnownBlock, ModalView } from '@slack/types';
import { isRecord } from '../../sandbox/slack/values.js';
import { readChoice } from '../../src/commands/value.js';
import type { Rendered } from '../../src/slack/words/blocks.js';
import type { MessageContext } from '../../src/slack/words/messages/index.js';
import { NOW } from '../support/rollouts.js';

/** A message as a person reads it: times as UTC, plain spaces, a row of buttons as `[ Approve ] [ Deny ]`. */
export function readable(rendered: Rendered): string {
  return plainly(rendered.blocks.map(blockText).join('\n'));
}

function plainly(text: string): string {
  return text.replaceAll(/<!date\^[^|>]*\|([^>]*)>/g, '$1').replaceAll('\u00a0', ' ');
}

function blockText(block: KnownBlock): string {
  if (block.type === 'section') return block.text?.text ?? '';
  if (block.type === 'header') return `# ${block.text.text}`;
  if (block.type === 'context')
    return block.elements.map((element) => ('text' in element ? element.text : '')).join('\n');
  if (block.type === 'actions') return block.elements.map(elementText).join(' ');
  throw new Error(`a ${block.type} block is not expected`);
}

function elementText(element: ActionsBlockElement): string {
  if (element.type === 'button') return `[ ${element.text.text} ]`;
  if (element.type === 'overflow') return `[ ⋯ ${element.options.map(({ text }) => text.text).join(' | ')} ]`;
  throw new Error(`a ${element.type} is not expected among buttons`);
}

/** What stands behind `⋯` in a message, in order, each as what its button would be. */
export function menuIn(
  rendered: Rendered,
): { readonly label: string; readonly verb: string; readonly value: unknown }[] {
  const menus = rendered.blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []));
  return menus.flatMap((element) => {
    if (element.type !== 'overflow') return [];
    return element.options.map(({ text, value = '' }) => {
      const { verb, value: carried } = readChoice(value);
      return { label: text.text, verb, value: JSON.parse(carried) };
    });
  });
}

/** A form or the Home tab as a person reads it: each field as `label: [what stands in it]`. */
export function readableView(view: HomeView | ModalView): string {
  const title = view.type === 'modal' ? [`# ${view.title.text}`] : [];
  const said = view.blocks.map((block) => ('element' in block ? fieldText(block) : blockText(block as KnownBlock)));
  const send =
    view.type === 'modal'
      ? [
          [view.submit, view.close]
            .map((each) => each && `[ ${each.text} ]`)
            .filter(Boolean)
            .join(' '),
        ]
      : [];
  return plainly([...title, ...said, ...send].join('\n'));
}

function fieldText({ label, element }: InputBlock): string {
  const value = 'initial_value' in element ? element.initial_value : undefined;
  const chosen = 'initial_option' in element ? element.initial_option?.text?.text : undefined;
  const options = 'options' in element ? ` of ${element.options?.length}` : '';
  return `${label.text}: [${value ?? chosen ?? ''}]${options}`;
}

/** All buttons of a message, in order. */
export function buttonsIn(rendered: Rendered): Button[] {
  return rendered.blocks.flatMap(buttonsOf);
}

function buttonsOf(block: KnownBlock): Button[] {
  return block.type === 'actions' ? block.elements.filter((element) => element.type === 'button') : [];
}

/** The button with this action, and its value parsed. */
export function buttonNamed(rendered: Rendered, action: string): { button: Button; value: unknown } | undefined {
  const button = buttonsIn(rendered).find((each) => each.action_id === action);
  return button && { button, value: JSON.parse(button.value ?? 'null') };
}

/** Every string in a message that Slack reads as mrkdwn. */
export function mrkdwnIn(rendered: { readonly text: string; readonly blocks: readonly unknown[] }): string[] {
  const found: string[] = [rendered.text];
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(walk);
    else if (isRecord(value)) {
      if (value.type === 'mrkdwn' && typeof value.text === 'string') found.push(value.text);
      Object.values(value).forEach(walk);
    }
  };
  walk(rendered.blocks);
  return found;
}

/** Lines as they are told, one under the other. */
export function told(...lines: string[]): string {
  return lines.join('\n');
}

/** What posts of this rollout are rendered from at `NOW`, with nothing watched unless said. */
export function at(rollout: MessageContext['rollout'], more: Partial<MessageContext> = {}): MessageContext {
  return { rollout, watch: null, now: NOW, lowering: null, byHand: [], ...more };
}

/** What a plan's two links look like. */
export const LINKS =
  '<https://grafana.example.com/d/shop?a=1&amp;b=2|Dashboard> · <https://wiki.example.com/runbooks/new-checkout|Runbook>';
export const BY_HAND = ["UPDATE feature_flags SET rollout_percentage = 0 WHERE name = 'NEW_CHECKOUT';"];
export const NUMBERS_LINE =
  'Error rate 0.31 % (limit 5) · p95 latency 412 ms (limit 1,000) · Login success 99.6 % (min 95) · Memory 4 % (limit 100)';

import type { ActionsBlock, Button, KnownBlock, MrkdwnElement, Overflow, PlainTextOption } from '@slack/types';
import { type Phrase, toMrkdwn, toSpoken } from './inline.js';
import { escapeCode, spoken, withoutHalfMark } from './text.js';

/** A message as Slack takes it. `text` says all of it in plain words: screen readers and notifications get nothing else. */
export interface Rendered {
  readonly text: string;
  readonly blocks: KnownBlock[];
}

/** What is shown, and what is read aloud in its place. */
interface Line {
  readonly mrkdwn: string;
  readonly spoken: string;
}

/** A message in the making: a line that is a string is mrkdwn, already escaped; `code` is not. */
export type MessagePart =
  | {
      readonly kind: 'lines' | 'small';
      readonly lines: readonly Line[];
      readonly omitted: number;
      /** What can be done about these lines, beside them. */
      readonly button?: Button;
    }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'buttons'; readonly buttons: readonly Button[]; readonly menu: readonly Button[] };

/** Lines of one section; those that say nothing ('' or null) are left out. */
export function lines(...all: readonly (string | Phrase | null)[]): MessagePart {
  return { kind: 'lines', lines: said(all), omitted: 0 };
}

/** Lines of one section with a button beside them. */
export function linesWith(button: Button | null, ...all: readonly (string | Phrase | null)[]): MessagePart {
  const part = { kind: 'lines', lines: said(all), omitted: 0 } as const;
  return button ? { ...part, button } : part;
}

/** Lines set smaller: who, when, ids. */
export function small(...all: readonly (string | Phrase | null)[]): MessagePart {
  return { kind: 'small', lines: said(all), omitted: 0 };
}

/** Lines people copy from, or a table whose columns must stand under each other. */
export function codeBlock(text: string): MessagePart {
  return { kind: 'code', text };
}

export function buttons(...all: readonly (Button | null)[]): MessagePart {
  return buttonsAndMenu(all, []);
}

/** What Slack takes in one menu. */
const MOST_IN_MENU = 5;

/**
 * A row of buttons with the rest behind `⋯`. A button that asks back first stays in the row: a menu could only ask for all
 * of its choices. A menu of one would hide it for nothing, unless the row has that action already: Slack takes each once.
 */
export function buttonsAndMenu(shown: readonly (Button | null)[], rest: readonly (Button | null)[]): MessagePart {
  const inView = shown.filter((button) => button !== null);
  const all = rest.filter((button) => button !== null);
  const inMenu = all.filter((button) => !button.confirm);
  const isTaken = inMenu.some(({ action_id }) => inView.some((button) => button.action_id === action_id));
  const menu = inMenu.length > 1 || isTaken ? inMenu.slice(0, MOST_IN_MENU) : [];
  return { kind: 'buttons', buttons: [...inView, ...all.filter((button) => !menu.includes(button))], menu };
}

function said(all: readonly (string | Phrase | null)[]): Line[] {
  return all.flatMap((line) => {
    if (line === null || line.length === 0) return [];
    return typeof line === 'string'
      ? { mrkdwn: line, spoken: spoken(line) }
      : { mrkdwn: toMrkdwn(line), spoken: toSpoken(line) };
  });
}

/** What Slack was seen to accept, with room to spare: characters and bytes of the whole message, text included. */
const MESSAGE_CHARS = 9_000;
const MESSAGE_BYTES = 14_000;
/** Kept free in every message for the line that `withNote` may put on top, which counts twice: as a block and as text. */
const NOTE_CHARS = 320;
const NOTE_ROOM = 1_000;
const SECTION_CHARS = 2_900;
const CODE_CHARS = 1_500;
const SAFE_CODE_CHARS = 2_000;
/** Escaped five times as long, it is still taken whole. */
const PIECE_CHARS = 400;
const TEXT_CHARS = 2_500;
/** What is left of it when the whole is still too long. */
const SHORT_TEXT_CHARS = 600;

/** Puts parts together under ids that are unique in the message, and keeps the whole within what Slack accepts. */
export function compose(id: string, parts: readonly MessagePart[]): Rendered {
  let kept = parts.filter((part) => !isEmpty(part)).map((part) => fitPart(part, SECTION_CHARS));
  let chars = TEXT_CHARS;
  for (;;) {
    const rendered = { text: statement(kept, chars), blocks: kept.map((part, i) => block(part, `${id}:${i + 1}`)) };
    if (fits(rendered)) return rendered;
    if (chars > SHORT_TEXT_CHARS) chars = SHORT_TEXT_CHARS;
    else {
      const shorter = shortenLongest(kept);
      if (!shorter) return rendered;
      kept = shorter;
    }
  }
}

/** A list in a message: as many entries as fit without losing a line of any, of the numbers given, the largest first. */
export function composeMost(
  id: string,
  numbers: readonly number[],
  parts: (most: number) => readonly MessagePart[],
): Rendered {
  const most = numbers.find((number) => {
    const all = parts(number).filter((part) => !isEmpty(part));
    const whole = {
      text: statement(all, SHORT_TEXT_CHARS),
      blocks: all.map((part, i) => block(part, `${id}:${i + 1}`)),
    };
    return all.every((part) => length(part) <= SECTION_CHARS) && fits(whole);
  });
  return compose(id, parts(most ?? numbers.at(-1) ?? 0));
}

function fits(rendered: Rendered): boolean {
  const json = JSON.stringify(rendered);
  return json.length <= MESSAGE_CHARS - NOTE_ROOM && Buffer.byteLength(json) <= MESSAGE_BYTES - 2 * NOTE_ROOM;
}

/** The same message with one more line on top, for a copy that stands elsewhere. The line is mrkdwn, already escaped. */
export function withNote({ text, blocks }: Rendered, note: string): Rendered {
  const line = shortNote(note);
  const first = blocks[0]?.block_id ?? 'message';
  return { text: `${spoken(line)}\n${text}`, blocks: [block(lines(line), `${first}:note`), ...blocks] };
}

/** Cut, but never inside a mention, a link or an entity. */
function shortNote(note: string): string {
  if (note.length <= NOTE_CHARS) return note;
  const cut = note.slice(0, NOTE_CHARS - 1);
  return `${withoutHalfMark(cut)}…`;
}

/** Parts as blocks of a form or of the Home tab, which hold more than a message: each section cut by itself. */
export function viewBlocks(id: string, parts: readonly MessagePart[]): KnownBlock[] {
  const kept = parts.filter((part) => !isEmpty(part)).map((part) => fitPart(part, SECTION_CHARS));
  return kept.map((part, i) => block(part, `${id}:${i + 1}`));
}

function isEmpty(part: MessagePart): boolean {
  if (part.kind === 'buttons') return part.buttons.length + part.menu.length === 0;
  return part.kind === 'code' ? part.text.trim() === '' : part.lines.length === 0;
}

function shown(part: Extract<MessagePart, { lines: readonly Line[] }>): Line[] {
  const more = `and ${part.omitted} more lines`;
  return part.omitted === 0 ? [...part.lines] : [...part.lines, { mrkdwn: more, spoken: more }];
}

function shownText(part: Extract<MessagePart, { lines: readonly Line[] }>): string {
  return shown(part)
    .map(({ mrkdwn }) => mrkdwn)
    .join('\n');
}

function length(part: MessagePart): number {
  return 'lines' in part ? lengthOf(part.lines) : 0;
}

function lengthOf(all: readonly Line[]): number {
  return all.reduce((sum, { mrkdwn }) => sum + mrkdwn.length, Math.max(0, all.length - 1));
}

/** Cuts between lines, never inside one: half a link or half a time would show as rubbish. */
function fitPart(part: MessagePart, chars: number): MessagePart {
  if (!('lines' in part) || length(part) <= chars) return part;
  const kept = [...part.lines];
  while (kept.length > 1 && lengthOf(kept) > chars) kept.pop();
  return { ...part, lines: kept, omitted: part.omitted + part.lines.length - kept.length };
}

function shortenLongest(parts: readonly MessagePart[]): MessagePart[] | null {
  const longest = parts.reduce((a, b) => (length(b) > length(a) ? b : a));
  const shorter = fitPart(longest, Math.floor(length(longest) * 0.8));
  return length(shorter) < length(longest) ? parts.map((part) => (part === longest ? shorter : part)) : null;
}

function fittedCode(text: string): string {
  let chars = CODE_CHARS;
  let safe = escapeCode(text, chars);
  // Escaping makes `<` four characters long, so what counts is measured afterwards.
  while (safe.length > SAFE_CODE_CHARS) {
    chars = Math.floor(chars * 0.8);
    safe = escapeCode(text, chars);
  }
  return safe;
}

/** The whole of a long text as code, in as many blocks as it takes: what people typed is never lost. */
export function codeBlocks(id: string, text: string): KnownBlock[] {
  const points = [...text];
  const pieces = Array.from({ length: Math.ceil(points.length / PIECE_CHARS) }, (_, i) => {
    return points.slice(i * PIECE_CHARS, (i + 1) * PIECE_CHARS).join('');
  });
  return pieces.map((piece, i) => block(codeBlock(piece), `${id}:${i + 1}`));
}

/** `verbatim`: Slack makes no link or mention of plain words; those it is to show are written out. */
function mrkdwn(text: string): MrkdwnElement {
  return { type: 'mrkdwn', text, verbatim: true };
}

function block(part: MessagePart, block_id: string): KnownBlock {
  switch (part.kind) {
    case 'lines': {
      const section = { type: 'section', block_id, text: mrkdwn(shownText(part)) } as const;
      return part.button ? { ...section, accessory: part.button } : section;
    }
    case 'small':
      return { type: 'context', block_id, elements: [mrkdwn(shownText(part))] };
    case 'code':
      return { type: 'section', block_id, text: mrkdwn(`\`\`\`\n${fittedCode(part.text)}\n\`\`\``) };
    case 'buttons':
      return { type: 'actions', block_id, elements: [...part.buttons, ...overflow(part.menu)] } satisfies ActionsBlock;
    default:
      return part satisfies never;
  }
}

/** A choice carries what its button would: the verb, a space, the value. `action_id` is that of the whole menu. */
function overflow(menu: readonly Button[]): Overflow[] {
  const options = menu.map(({ action_id = '', text, value = '' }): PlainTextOption => {
    return { text, value: `${action_id.replace(/^rollout_/, '')} ${value}` };
  });
  return options.length === 0 ? [] : [{ type: 'overflow', action_id: 'rollout_menu', options }];
}

function statement(parts: readonly MessagePart[], chars: number): string {
  const all = parts.flatMap((part) => {
    if (part.kind === 'buttons') return [];
    return part.kind === 'code' ? [fittedCode(part.text)] : shown(part).map((line) => line.spoken);
  });
  const kept = [...all];
  while (kept.length > 1 && kept.join('\n').length > chars) kept.pop();
  return kept.length === all.length ? all.join('\n') : `${kept.join('\n')}\n…`;
}

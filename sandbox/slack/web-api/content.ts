import { problemsTogether, SECOND_TABLE } from '../block-kit/together.js';
import { validateBlocks } from '../block-kit.js';
import type { SlackMessage } from '../types.js';
import { charactersIn, isRecord, isRecordList, type Json, recordsIn } from '../values.js';
import type { Arguments } from './arguments.js';
import { SlackError } from './slack-error.js';

/** Undocumented by Slack; measured between 9,597 accepted and 11,341 rejected characters, with room to spare. */
const MOST_BLOCK_CHARACTERS = 13_200;
const MOST_BLOCK_BYTES = 16 * 1024;
const MOST_ATTACHMENTS = 100;
const LONGEST_TEXT = 40_000;
const LONGEST_EDIT = 4_000;

/** What a message says. A field that is absent was not sent. */
export type Content = Partial<Pick<SlackMessage, 'text' | 'blocks' | 'attachments' | 'metadata'>>;

/** Reads and checks text, blocks, attachments and metadata as `chat.*`, acks and response_url bodies carry them. */
export function readContent(args: Arguments): Content {
  const content: Content = {};
  const text = args.text('text') ?? args.text('markdown_text');
  if (text !== undefined) content.text = text;
  const blocks = args.structure('blocks', 'invalid_blocks_format');
  if (blocks !== undefined) content.blocks = checkedBlocks(blocks, '/blocks');
  const attachments = args.structure('attachments', 'invalid_attachments');
  if (attachments !== undefined) content.attachments = checkedAttachments(attachments);
  const metadata = args.structure('metadata', 'invalid_metadata_format');
  if (metadata !== undefined && !(isRecord(metadata) && Object.keys(metadata).length === 0)) {
    content.metadata = checkedMetadata(metadata);
  }
  checkBudget(content);
  return content;
}

/** Throws no_text when nothing at all would be shown. */
export function requireSomething(content: Content): void {
  if (!content.text && !content.blocks?.length && !content.attachments?.length) throw new SlackError('no_text');
}

/** Slack cuts the text of a new message and refuses that of an edit or an ephemeral one. */
export function cutText(text: string): { text: string; warning?: Json } {
  if (text.length <= LONGEST_TEXT) return { text };
  return { text: text.slice(0, LONGEST_TEXT), warning: { warnings: ['message_truncated'] } };
}

export function refuseLongText(content: Content): void {
  if ((content.text ?? '').length > LONGEST_EDIT) throw new SlackError('msg_too_long');
}

function checkedBlocks(blocks: unknown, at: string): Json[] {
  const problems = validateBlocks(blocks, 'message');
  if (problems.length > 0 || !isRecordList(blocks)) {
    const messages = problems.map(({ pointer, message }) => `[ERROR] ${message} [json-pointer:${at}${pointer}]`);
    const errors = problems.map(({ pointer, message }) => `${message} [json-pointer:${at}${pointer}]`);
    const onlyTables = problems.length > 0 && problems.every(({ message }) => message === SECOND_TABLE);
    const code = onlyTables ? 'invalid_attachments' : 'invalid_blocks';
    throw new SlackError(code, { errors, response_metadata: { messages } });
  }
  return blocks;
}

function checkedAttachments(attachments: unknown): Json[] {
  if (!isRecordList(attachments)) throw new SlackError('invalid_attachments');
  if (attachments.length > MOST_ATTACHMENTS) throw new SlackError('too_many_attachments');
  attachments.forEach((attachment, index) => {
    if (attachment.blocks !== undefined) checkedBlocks(attachment.blocks, `/attachments/${index}/blocks`);
  });
  return attachments;
}

function isScalar(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function checkedMetadata(metadata: unknown): NonNullable<SlackMessage['metadata']> {
  if (!isRecord(metadata)) throw new SlackError('invalid_metadata_format');
  const { event_type, event_payload } = metadata;
  if (typeof event_type !== 'string' || !isRecord(event_payload)) throw new SlackError('invalid_metadata_schema');
  const flat = (value: unknown) => isScalar(value) || (isRecord(value) && Object.values(value).every(isScalar));
  const fits = (value: unknown) => (Array.isArray(value) ? value.every(flat) : isScalar(value));
  if (!Object.values(event_payload).every(fits)) throw new SlackError('invalid_metadata_schema');
  return { event_type, event_payload };
}

function checkBudget(content: Content): void {
  const attached = (content.attachments ?? []).flatMap((one) => recordsIn(one.blocks));
  const blocks = [...(content.blocks ?? []), ...attached];
  if (blocks.length === 0) return;
  const second = problemsTogether(blocks).find(({ message }) => message === SECOND_TABLE);
  if (second) throw new SlackError('invalid_attachments', { errors: [SECOND_TABLE] });
  const tooLong = charactersIn(blocks) > MOST_BLOCK_CHARACTERS;
  if (tooLong || bytesOf(blocks) > MOST_BLOCK_BYTES) throw new SlackError('msg_blocks_too_long');
}

/** Tables have limits of their own, in rows, columns and characters. */
function bytesOf(blocks: Json[]): number {
  const withoutRows = (key: string, value: unknown) => (key === 'rows' ? undefined : value);
  return Buffer.byteLength(JSON.stringify(blocks, withoutRows));
}

/** Slack gives every block an id of its own when the app gave none, also in a container. */
export function withBlockIds(blocks: Json[], nextId: () => string): Json[] {
  return blocks.map((block) => {
    const named = { block_id: nextId(), ...block };
    const children = isRecordList(block.child_blocks) ? withBlockIds(block.child_blocks, nextId) : undefined;
    return children ? { ...named, child_blocks: children } : named;
  });
}

import { charactersIn, isRecord, type Json, recordsIn } from '../values.js';
import type { BlockProblem } from './rules.js';

interface Placed {
  block: Json;
  pointer: string;
}

/** The name Slack gives a second table. It complains of attachments then, wherever the tables are. */
export const SECOND_TABLE = 'only_one_table_allowed';

/** Most characters in all cells of a message. */
const MOST_TABLE_CHARACTERS = 10_000;

/** Most characters in all markdown blocks of a message. */
const MOST_MARKDOWN_CHARACTERS = 12_000;

/** Not in Slack's reference; seen by people who posted a third. */
const MOST_CHARTS = 2;

const isTable = ({ block }: Placed) => block.type === 'table' || block.type === 'data_table';

/** The blocks with those in containers, in the order of the page. */
function everyBlock(blocks: readonly unknown[], at = ''): Placed[] {
  return blocks.flatMap((block, index) => {
    if (!isRecord(block)) return [];
    const pointer = `${at}/${index}`;
    const children = Array.isArray(block.child_blocks) ? block.child_blocks : [];
    return [{ block, pointer }, ...everyBlock(children, `${pointer}/child_blocks`)];
  });
}

/** What is wrong with blocks only because of each other. */
export function problemsTogether(blocks: readonly unknown[]): BlockProblem[] {
  const all = everyBlock(blocks);
  return [
    ...sameIds(all),
    ...tooManyTables(all),
    ...beyond(all, 'plan', 1),
    ...beyond(all, 'data_visualization', MOST_CHARTS),
    ...tooMuchMarkdown(all),
    ...focusedTwice(all),
  ];
}

/** Only one thing can have the keyboard when a view opens. */
function focusedTwice(all: Placed[]): BlockProblem[] {
  const focused = all.flatMap(({ block, pointer }) => {
    const elements = [block.element, block.accessory, block.elements].flat();
    return elements.filter((element) => isRecord(element) && element.focus_on_load === true).map(() => pointer);
  });
  return focused.slice(1).map((pointer) => ({ pointer, message: 'only one element may have `focus_on_load`' }));
}

/** Blocks of a kind of which a message has only so many. */
function beyond(all: Placed[], type: string, most: number): BlockProblem[] {
  return all
    .filter(({ block }) => block.type === type)
    .slice(most)
    .map(({ pointer }) => ({ pointer, message: `no more than ${most} ${type} allowed in a message` }));
}

function tooMuchMarkdown(all: Placed[]): BlockProblem[] {
  const markdown = all.map(({ block }) => block).filter(({ type }) => type === 'markdown');
  // One that is too long by itself was complained of already.
  if (markdown.length < 2 || charactersIn(markdown) <= MOST_MARKDOWN_CHARACTERS) return [];
  return [{ pointer: '', message: `no more than ${MOST_MARKDOWN_CHARACTERS} characters allowed in markdown blocks` }];
}

function sameIds(all: Placed[]): BlockProblem[] {
  const blockIds = all.map(({ block, pointer }) => ({ id: block.block_id, pointer: `${pointer}/block_id` }));
  const ofBlocks = repeated('block_id', blockIds);
  const ofActions = all.flatMap(({ block, pointer }) => {
    const ids = elementsOf(block).map((element, index) => ({
      id: element.action_id,
      pointer: `${pointer}/elements/${index}/action_id`,
    }));
    return repeated('action_id', ids);
  });
  return [...ofBlocks, ...ofActions];
}

function elementsOf(block: Json): Json[] {
  return block.type === 'actions' || block.type === 'context_actions' ? recordsIn(block.elements) : [];
}

/** Ids that occur a second time. */
function repeated(field: string, ids: { id: unknown; pointer: string }[]): BlockProblem[] {
  const seen = new Set<unknown>();
  return ids.flatMap(({ id, pointer }) => {
    if (id === undefined) return [];
    if (seen.has(id)) return [{ pointer, message: `\`${field}\` ${String(id)} already exists` }];
    seen.add(id);
    return [];
  });
}

function tooManyTables(all: Placed[]): BlockProblem[] {
  const tables = all.filter(isTable);
  const characters = tables.reduce((sum, { block }) => sum + charactersIn(block.rows), 0);
  const second = tables.slice(1).map(({ pointer }) => ({ pointer, message: SECOND_TABLE }));
  if (characters <= MOST_TABLE_CHARACTERS) return second;
  return [...second, { pointer: '', message: `no more than ${MOST_TABLE_CHARACTERS} characters allowed in tables` }];
}

import { blockOn, type Surface } from './block-kit/blocks.js';
import type { BlockProblem } from './block-kit/rules.js';
import { list } from './block-kit/rules.js';
import { isRecord, type Json, recordsIn } from './values.js';

export type { Surface } from './block-kit/blocks.js';
export type { BlockProblem } from './block-kit/rules.js';

const MOST_BLOCKS: Record<Surface, number> = { message: 50, modal: 100, home: 100 };

/** Most characters in all cells of a message's data tables. */
const MOST_TABLE_CHARACTERS = 10_000;

/**
 * Checks blocks the way Slack does before it takes them: unknown types and fields, required fields, lengths and counts,
 * ids that must be unique. Pointers start at the list of blocks. An empty answer means Slack takes them.
 */
export function validateBlocks(blocks: unknown, surface: Surface): BlockProblem[] {
  const problems: BlockProblem[] = [];
  list(MOST_BLOCKS[surface], blockOn[surface], 0)(blocks, '', problems);
  const known = Array.isArray(blocks) ? blocks : [];
  problems.push(...repeated(known, 'block_id', ''));
  known.forEach((block: unknown, index) => {
    if (isRecord(block)) problems.push(...repeated(elementsOf(block), 'action_id', `/${index}/elements`));
  });
  if (tableCharacters(known) > MOST_TABLE_CHARACTERS) {
    problems.push({ pointer: '', message: `no more than ${MOST_TABLE_CHARACTERS} characters allowed in data tables` });
  }
  return problems;
}

function elementsOf(block: Json): unknown[] {
  return block.type === 'actions' || block.type === 'context_actions' ? recordsIn(block.elements) : [];
}

/** Ids that occur a second time. */
function repeated(items: unknown[], field: 'block_id' | 'action_id', at: string): BlockProblem[] {
  const seen = new Set<unknown>();
  return items.flatMap((item, index) => {
    const id = isRecord(item) ? item[field] : undefined;
    if (id === undefined) return [];
    if (seen.has(id))
      return [{ pointer: `${at}/${index}/${field}`, message: `\`${field}\` ${String(id)} already exists` }];
    seen.add(id);
    return [];
  });
}

function tableCharacters(blocks: unknown[]): number {
  const tables = blocks.filter((block) => isRecord(block) && block.type === 'data_table');
  return recordsIn(tables)
    .flatMap((table) => (Array.isArray(table.rows) ? table.rows.flat() : []))
    .reduce((sum: number, cell: unknown) => sum + (isRecord(cell) ? JSON.stringify(cell.text ?? '').length : 0), 0);
}

import { blockOn } from './block-kit/blocks.js';
import type { Surface } from './block-kit/elements.js';
import type { BlockProblem } from './block-kit/rules.js';
import { list } from './block-kit/rules.js';
import { problemsTogether } from './block-kit/together.js';

export type { Surface } from './block-kit/elements.js';
export type { BlockProblem } from './block-kit/rules.js';

const MOST_BLOCKS: Record<Surface, number> = { message: 50, modal: 100, home: 100 };

/**
 * Checks blocks the way Slack does before it takes them: unknown types and fields, required fields, lengths and counts,
 * ids that must be unique, what a message may have only once. Pointers start at the list of blocks. An empty answer means
 * Slack takes them.
 */
export function validateBlocks(blocks: unknown, surface: Surface): BlockProblem[] {
  const problems: BlockProblem[] = [];
  list(MOST_BLOCKS[surface], blockOn[surface], 0)(blocks, '', problems);
  return [...problems, ...problemsTogether(Array.isArray(blocks) ? blocks : [])];
}

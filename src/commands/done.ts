import type { VerbHandler } from './request.js';
import { sayOfItems } from './say-of-items.js';

export const done: VerbHandler = {
  verb: 'done',
  usage: 'done [rollout] <item> [note]',
  does: 'say that an item is done, or that a test passed',
  run: (request, desk) => sayOfItems(request, desk, 'done'),
};

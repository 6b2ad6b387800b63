import type { VerbHandler } from './request.js';
import { sayOfItems } from './say-of-items.js';

export const reopen: VerbHandler = {
  verb: 'reopen',
  usage: 'reopen [rollout] <item> <reason>',
  does: 'take back what was said of an item',
  run: (request, desk) => sayOfItems(request, desk, 'reopen'),
};

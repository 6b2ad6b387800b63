import type { VerbHandler } from './request.js';
import { sayOfItems } from './say-of-items.js';

export const waive: VerbHandler = {
  verb: 'waive',
  usage: 'waive [rollout] <item> <reason>',
  does: 'say that an item is not needed, and why',
  run: (request, desk) => sayOfItems(request, desk, 'waive'),
};

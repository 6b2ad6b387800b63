import type { VerbHandler } from './request.js';
import { sayOfItems } from './say-of-items.js';

export const fail: VerbHandler = {
  verb: 'fail',
  usage: 'fail [rollout] <item> <what was seen>',
  does: 'say that an item did not pass, or cannot be tried',
  run: (request, desk) => sayOfItems(request, desk, 'fail'),
};

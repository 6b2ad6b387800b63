import type { VerbHandler } from './request.js';
import { sayOfItems } from './say-of-items.js';

export const run: VerbHandler = {
  verb: 'run',
  usage: 'run [rollout] <item>',
  does: 'have the bot do an item of its own now, or once more',
  run: (request, desk) => sayOfItems(request, desk, 'run'),
};

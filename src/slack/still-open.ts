import type { Message } from '../rollout/effects.js';
import { isOpen } from '../rollout/evolve-alerts.js';

/** Something people can still act on, or must know of: what a person deleted is said once more. */
export function isStillOpen(message: Message): boolean {
  switch (message.template) {
    case 'approval_request':
      return message.outcome.kind === 'open';
    case 'alert':
      return isOpen(message.post);
    case 'incident':
      return true;
    default:
      return false;
  }
}

/** It was open once and is over: somebody who never saw it need not hear of it. */
export function isOver(message: Message): boolean {
  return (message.template === 'approval_request' || message.template === 'alert') && !isStillOpen(message);
}

/** What stands there would tell people something that has changed: where it takes no edit, it is said in a new post. */
export function isWorthANewPost({ template }: Message): boolean {
  return template === 'incident' || template === 'approval_request' || template === 'alert';
}

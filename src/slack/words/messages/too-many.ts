import { compose, lines, type Rendered } from '../blocks.js';
import { code } from '../text.js';

/** Once to somebody who asks more than a person can: silence would look like a bot that is broken. */
export function renderTooMany(): Rendered {
  return compose('too-many', [
    lines(
      'Too many requests came from you in a short time. I did nothing with this one, and leave more of them without an answer until there are fewer.',
      `${code('/rollout rollback')} always works.`,
    ),
  ]);
}

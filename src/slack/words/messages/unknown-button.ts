import { compose, lines, type Rendered } from '../blocks.js';
import { code } from '../text.js';

/** A click on something this version did not draw: said, instead of silence. */
export function renderUnknownButton(): Rendered {
  return compose('unknown-button', [
    lines(
      'This button is from an earlier version of me and does nothing any more.',
      `Here is what works: ${code('/rollout status')}`,
    ),
  ]);
}

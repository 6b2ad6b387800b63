/** Words that are no clear place. */
import type { Caution } from './cautions.js';

/** Why a rollback does not go to a place that stood in its words. */
export interface Instead {
  /** The place as it was typed, and as it can be typed so that it is taken for one. */
  readonly said: string;
  readonly typed?: string;
  readonly because: 'words_behind' | 'no_such_place' | 'ambiguous' | 'not_lower';
}

/** Words behind `advance` that are no order to go anywhere. */
export type Unclear =
  | { readonly kind: 'place'; readonly said: string; readonly near: readonly string[] }
  | { readonly kind: 'ambiguous'; readonly said: string; readonly near: readonly string[] }
  /** A place where none can be given. */
  | { readonly kind: 'elsewhere'; readonly said: string }
  | Caution;

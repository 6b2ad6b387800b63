import type { Act, RollbackTo } from './plan.js';

/** What an act comes to, whatever it is called. */
export type Does = 'tells' | 'holds' | 'rolls_back';

/** What a limit of this act is called when it is broken, and what the bot then does. A new act does not compile without both. */
export const ACTS = {
  post: { level: 'warning', does: 'tells' },
  hold: { level: 'critical', does: 'holds' },
  rollback: { level: 'critical', does: 'rolls_back' },
  disable: { level: 'critical', does: 'rolls_back' },
} as const satisfies Record<Act['kind'], { readonly level: 'warning' | 'critical'; readonly does: Does }>;

export function isActKind(text: string): text is Act['kind'] {
  return Object.hasOwn(ACTS, text);
}

/** What a limit does that names no act, and is not critical. */
export const POSTS: Act = { kind: 'post' };

/** Where an act sends a rollout. Null: nowhere. Without `to`: where the stage's or the plan's rollback goes. */
export function wayOf(act: Act): { readonly to?: RollbackTo } | null {
  switch (act.kind) {
    case 'post':
    case 'hold':
      return null;
    case 'rollback':
      return act.to ? { to: act.to } : {};
    case 'disable':
      return { to: { kind: 'off' } };
    default:
      return act satisfies never;
  }
}

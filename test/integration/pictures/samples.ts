import type { HomeView, ModalView } from '@slack/types';
import type { Watch } from '../../../src/rollout/health/assess.js';
import { PHASES } from '../../../src/rollout/state/rollout.js';
import { asCopy } from '../../../src/slack/posting/copies.js';
import type { Rendered } from '../../../src/slack/words/blocks.js';
import { renderMessage } from '../../../src/slack/words/messages/index.js';
import { everyMessage } from '../../slack/every-message.js';
import { everyView } from '../../slack/every-view.js';
import { NOW, rolloutAt, watchAt } from '../../support/rollouts.js';

/** The words people really write, and the longest ones that are allowed. */
const WORDS = {
  plain: 'numbers look good',
  long: `${'unbrokenword'.repeat(20)} and then ${'many short words '.repeat(20)}`,
};

/** Every message and answer, and the live message once more in every phase of an ordinary rollout. */
export function messages(): Record<string, Rendered> {
  const lives = PHASES.map((phase) => {
    const ctx = { rollout: rolloutAt(phase), watch: watched(), now: NOW, lowering: null, byHand: [] };
    return [`live-${phase}`, renderMessage({ template: 'live' }, ctx)];
  });
  return { ...Object.fromEntries(lives), ...inBoth(everyMessage) };
}

/** With a few readings behind it, so that their course is drawn. */
function watched(): Watch {
  const { streaks, ...watch } = watchAt();
  const course: Readonly<Record<string, readonly number[]>> = {
    'error-rate': [0.2, 0.3, 0.9, 1.4, 0.4, 0.31],
    'p95-latency': [380, 420, 410, 412],
    'login-success': [99.7, 99.1, 97, 99.6],
  };
  const drawn = Object.entries(streaks).map(([name, streak]) => [name, { ...streak, recent: course[name] ?? [] }]);
  return { ...watch, streaks: Object.fromEntries(drawn) };
}

/** Posts of the channel as somebody is shown them directly: who is not in it, or when the bot cannot post there. */
export function copies(): Record<string, Rendered> {
  const kinds = {
    outside: { kind: 'outside', of: 1, link: 'https://x.example/archives/C0SHOP/p1' },
    removed: { kind: 'lost', of: 1, code: 'not_in_channel' },
    archived: { kind: 'lost', of: 1, code: 'is_archived' },
  } as const;
  const originals = Object.entries(inBoth(everyMessage)).filter(([name]) =>
    /-(approval_request|incident|completed)$/.test(name),
  );
  return Object.fromEntries(
    originals.flatMap(([name, rendered]) =>
      Object.entries(kinds).map(([kind, copy]) => [`direct-${name}-${kind}`, asCopy(rendered, copy, 'C0SHOP')]),
    ),
  );
}

export function forms(): Record<string, ModalView> {
  return only(inBoth(everyView), 'modal');
}

export function homes(): Record<string, HomeView> {
  return only(inBoth(everyView), 'home');
}

function inBoth<T>(every: (words: string) => Record<string, () => T>): Record<string, T> {
  const made = Object.entries(WORDS).flatMap(([kind, words]) =>
    Object.entries(every(words)).map(([name, render]) => [`${kind}-${name}`, render()] as const),
  );
  return Object.fromEntries(made);
}

function only<Type extends string, View extends { type: string }>(
  views: Record<string, View>,
  type: Type,
): Record<string, Extract<View, { type: Type }>> {
  const isOfType = (view: View): view is Extract<View, { type: Type }> => view.type === type;
  const kept = Object.entries(views).flatMap(([name, view]) => (isOfType(view) ? [[name, view] as const] : []));
  return Object.fromEntries(kept);
}

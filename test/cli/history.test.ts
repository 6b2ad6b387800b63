import { expect, test } from 'vitest';
import { markdownLines } from '../../src/cli/history.js';
import type { Recorded } from '../../src/rollout/state/events.js';
import { NOW, OPAL, rolloutAt } from '../support/rollouts.js';

test('the record in Markdown is a table that nothing in it can break', () => {
  const events: Recorded[] = [
    { seq: 1, at: NOW, actor: OPAL, event: { type: 'paused', reason: 'a | b *c* <!channel>' } },
    { seq: 2, at: NOW, actor: { kind: 'bot' }, event: { type: 'announcement_refused', code: 'is_archived' } },
    { seq: 3, at: NOW, actor: { kind: 'cli', name: 'opal@host_1' }, event: { type: 'channel_moved', to: 'C2' } },
  ];
  expect(markdownLines({ rollout: rolloutAt('held', { run: 3 }) }, events)).toEqual([
    '# New checkout (new-checkout#3)',
    '',
    'paused, 50 %, 3 events',
    '',
    '| | UTC | who | what |',
    '|--:|---|---|---|',
    '| 1 | 2026-11-24 19:19:20 | `@UOPAL` | paused: “a \\| b \\*c\\* \\<!channel\\>” |',
    '| 2 | 2026-11-24 19:19:20 | rollout-bot | not started: the channel does not take my messages (it is archived. Unarchive it) |',
    '| 3 | 2026-11-24 19:19:20 | cli opal@host\\_1 | Slack gave the channel another id: `#C2` |',
  ]);
});

import { eventsNeeded, type HistoryPage, historyPage, renderHistory } from '../slack/words/messages/index.js';
import { eventsOf } from '../store/rollouts.js';
import { refuse } from './moving.js';
import type { VerbHandler } from './request.js';
import { which } from './which.js';

/** The command line shows all of what is longer. */
const MOST_PAGES = 200;

export const history: VerbHandler = {
  verb: 'history',
  usage: 'history [rollout] [page|all]',
  does: 'show what happened, who did it and when',
  async run(request, desk) {
    const found = await which(request, desk, 'history');
    if (!found.ok) return refuse('history', found.refusal, null, found.candidates);
    const { rollout } = found.loaded;
    const { button } = request;
    const before = button && 'before' in button ? button.before : undefined;
    const page: HistoryPage = before === undefined ? readPage(found.rest) : { before };
    const { events, total } = await eventsOf(desk.db, rollout.id, eventsNeeded(page));
    return { rendered: renderHistory({ rollout, ...historyPage({ rollout, events, page }), total }) };
  },
};

/** `2`, `page 2`, `earlier`, `all`; anything else is the newest page. */
export function readPage(words: string): HistoryPage {
  const [, no] = /^(?:page\s+|p\.?\s*)?(\d{1,4})(?![\p{L}\p{N}])/iu.exec(words.trim()) ?? [];
  if (no !== undefined) return { no: Math.min(MOST_PAGES, Math.max(1, Number(no))) };
  if (/^(?:all|everything|full|whole|complete)(?!\p{L})/iu.test(words.trim())) return 'all';
  return { no: /^(?:earlier|older|more|next|before)(?!\p{L})/iu.test(words.trim()) ? 2 : 1 };
}

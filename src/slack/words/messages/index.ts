import type { Message } from '../../../rollout/state/effects.js';
import type { Rendered } from '../blocks.js';
import type { MessageContext } from '../phrases/context.js';
import { renderAlert } from './alert.js';
import { renderApprovalRequest } from './approval-request.js';
import { renderBaseline } from './baseline.js';
import { renderChange } from './change.js';
import { renderCompleted } from './completed.js';
import { renderIncident } from './incident.js';
import { renderListCard } from './list-card.js';
import { renderLive } from './live.js';
import { renderNotStarted } from './not-started.js';
import { renderOutcome } from './outcome.js';
import { renderOwnersAsked } from './owners-asked.js';
import { renderPaused } from './paused.js';
import { renderReminder } from './reminder.js';
import { renderReportDue } from './report-due.js';
import { renderRolledBack } from './rolled-back.js';
import { renderSaid } from './said.js';
import { renderStageComplete } from './stage-complete.js';
import { renderStageStart } from './stage-start.js';
import { renderSummary } from './summary.js';

export { type Rendered, withNote } from '../blocks.js';
export type { MessageContext } from '../phrases/context.js';
export type { Mine } from '../phrases/mine.js';
export { insteadWords } from '../phrases/rollback.js';
export { renderAlerts } from './alerts.js';
export { renderBaselineNow } from './baseline.js';
export { renderCheck } from './check.js';
export { renderChoice } from './choice.js';
export { renderDone } from './done.js';
export { renderExplain } from './explain.js';
export { renderHelp, renderVerbHelp } from './help.js';
export { eventsNeeded, type HistoryPage, historyPage, renderHistory, whoAndWhat } from './history.js';
export { renderHowToSayIt } from './how-to-say-it.js';
export { renderItems } from './items.js';
export { renderLastRunRolledBack } from './last-run-rolled-back.js';
export { type ListRow, MOST_ROWS, renderList } from './list.js';
export { renderMine } from './mine.js';
export { renderNothing } from './nothing.js';
export { renderOffer } from './offer.js';
export { renderOutput } from './output.js';
export { renderPlans } from './plans.js';
export { renderQuestion } from './question.js';
export { renderRefusal } from './refusal.js';
export { renderStatus } from './status.js';
export { renderTooMany } from './too-many.js';
export { renderUnknownButton } from './unknown-button.js';
export { renderWhy } from './why.js';

/** What a post says: data in, text and blocks out. The same input gives the same message, so an edit can be skipped. */
export function renderMessage(message: Message, ctx: MessageContext): Rendered {
  switch (message.template) {
    case 'live':
      return renderLive(ctx);
    case 'approval_request':
      return renderApprovalRequest(message, ctx);
    case 'outcome':
      return renderOutcome(message, ctx);
    case 'paused':
      return renderPaused(message, ctx);
    case 'rolled_back':
      return renderRolledBack(message, ctx);
    case 'change':
      return renderChange(message, ctx);
    case 'stage_start':
      return renderStageStart(message, ctx);
    case 'stage_complete':
      return renderStageComplete(message, ctx);
    case 'alert':
      return renderAlert(message, ctx);
    case 'incident':
      return renderIncident(message, ctx);
    case 'completed':
      return renderCompleted(message, ctx);
    case 'not_started':
      return renderNotStarted(message, ctx);
    case 'reminder':
      return renderReminder(message, ctx);
    case 'baseline':
      return renderBaseline(message, ctx);
    case 'summary':
      return renderSummary(message, ctx);
    case 'list_card':
      return renderListCard(message, ctx);
    case 'owners_asked':
      return renderOwnersAsked(message, ctx);
    case 'said':
      return renderSaid(message, ctx);
    case 'report_due':
      return renderReportDue(message, ctx);
    default:
      return message satisfies never;
  }
}

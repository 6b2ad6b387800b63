import { loadPlans } from '../plans/read/load.js';
import { renderAlerts } from '../slack/words/messages/index.js';
import { firingAlerts } from '../store/pushed-alerts.js';
import type { VerbHandler } from './request.js';

/** More than a message has room for. */
const MOST = 50;

export const alerts: VerbHandler = {
  verb: 'alerts',
  usage: 'alerts',
  does: 'show alerts pushed to the bot that are firing, and which checks read them',
  async run(_request, desk) {
    const { alerts: firing, total, now } = await firingAlerts(desk.db, MOST);
    // While nothing runs, whoever sets alerts up wants to know what will read them.
    const files = await loadPlans(desk.plansDir).catch(() => []);
    const plans = files.flatMap(({ result }) => (result.ok ? [result.plan] : []));
    return { rendered: renderAlerts({ firing, total, hooks: desk.settings.hooks, plans, now }) };
  },
};

import { checkIn } from '../../../rollout/health/in-force.js';
import type { Message } from '../../../rollout/state/effects.js';
import { bakingSince } from '../../../rollout/state/rollout.js';
import { buttons, compose, lines, type Rendered } from '../blocks.js';
import { checkTitle, valueWords } from '../phrases/checks.js';
import { title, typed } from '../phrases/commands.js';
import type { MessageContext } from '../phrases/context.js';
import { reportButton } from '../phrases/form-buttons.js';
import { lookup } from '../phrases/lookup.js';
import { actorName } from '../phrases/people.js';
import { bold, clock, duration, escapeText } from '../text.js';

/** Asks for a number that only people know; says who told it once somebody did. */
export function renderReportDue(
  { check: name }: Extract<Message, { template: 'report_due' }>,
  { rollout }: MessageContext,
): Rendered {
  const check = checkIn(rollout, name);
  const id = `report-due:${rollout.id}:${name.slice(0, 80)}`;
  if (check?.probe.kind !== 'manual') return compose(id, [lines(`${bold('Report')} ${escapeText(name, 40)}`)]);
  const report = lookup(rollout.health.reports, name);
  const last = report
    ? `Last: ${valueWords(check, report.value)}, ${actorName(report.by)} at ${clock(report.at)}`
    : `Until then it is unknown${bakingSince(rollout) ? ', and the bake stands still' : ''}.`;
  return compose(id, [
    lines(
      `${bold(`${checkTitle(check)}, please`)} · ${title(rollout)}`,
      escapeText(check.probe.ask),
      `${typed('report', rollout, `${check.name} 0`)} with the number, every ${duration(check.probe.everyMs)}`,
      last,
    ),
    buttons(reportButton(rollout, check.name)),
  ]);
}

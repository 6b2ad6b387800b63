import { beginsLater, quorumOf, type Rollback, type Rollout, type RolloutIn } from '../../../rollout/state/rollout.js';
import { buttons, compose, lines, type MessagePart, type Rendered, small } from '../blocks.js';
import { askedBy, deniedWords, falseAlarmWords, openOverride } from '../phrases/approvals.js';
import { nextWords } from '../phrases/auto.js';
import { bakeBar, bakeWords, restartedWords } from '../phrases/bake.js';
import { continueButton, detailsButton, pauseButton, rollbackButton } from '../phrases/buttons.js';
import { checkLines, checksNow, healthNow } from '../phrases/checks.js';
import { links, title, typed } from '../phrases/commands.js';
import type { MessageContext } from '../phrases/context.js';
import { inBrackets } from '../phrases/details.js';
import { atWords, beginsWords, exposureWords, productionWords } from '../phrases/exposure.js';
import { listLines, toDoWords } from '../phrases/items.js';
import { actorName, hasItWords, quorumNames, voteCount } from '../phrases/people.js';
import { causeWords, pausedWords, REASON_WORDS } from '../phrases/reasons.js';
import {
  againWords,
  lateWords,
  leftWords,
  readBackOf,
  readUntilWords,
  takenWords,
  triesWords,
} from '../phrases/rollback.js';
import { stageLabel, stageLine, stateShown } from '../phrases/stages.js';
import { wayBackWords } from '../phrases/way-back.js';
import { bold, capital, clock, clockSeconds, duration, link, moment, quoted, soon } from '../text.js';

/** The root of the thread, edited in place: where the rollout stands, how it is, what comes next, what one can do. */
export function renderLive(ctx: MessageContext): Rendered {
  const { rollout } = ctx;
  return compose(`live:${rollout.id}:${rollout.seq}`, [...liveParts(ctx), liveButtons(rollout)]);
}

/** Everything but the buttons; the answer to `status` begins with it. */
export function liveParts(ctx: MessageContext): MessagePart[] {
  const { rollout } = ctx;
  const { phase } = rollout;
  const noStages = phase === 'rolling_back' || phase === 'rolled_back' || phase === 'not_started';
  return [
    lines(headline(rollout), ...bake(ctx), noStages ? '' : stageLine(rollout), entry(rollout)),
    lines(...progress(ctx)),
    small(links(rollout), started(rollout), checked(ctx), earlier(ctx)),
  ];
}

function liveButtons(rollout: Rollout): MessagePart {
  return buttons(continueButton(rollout), pauseButton(rollout), rollbackButton(rollout), detailsButton(rollout));
}

function headline(rollout: Rollout): string {
  const known = rollout.exposure.anchor !== null && rollout.phase !== 'not_started';
  const {
    plan,
    exposure: { confirmed },
  } = rollout;
  const read =
    rollout.phase === 'rolling_back'
      ? `${exposureWords(plan, confirmed)} when last read`
      : productionWords(plan, confirmed);
  const exposure = known ? ` · ${read}` : '';
  const ended = rollout.phase === 'completed' && rollout.finishNote !== null;
  return `${stateShown(rollout, ended ? 'finished early' : undefined)} · ${title(rollout)}${exposure}`;
}

/** The state in the order people ask: what blocks it, its health, what comes next. */
function progress(ctx: MessageContext): string[] {
  const { rollout, now } = ctx;
  switch (rollout.phase) {
    case 'planned':
      return [...listLines(rollout), line('Next', begins(rollout))];
    case 'starting':
      return [line('Now', nowStarting(rollout, now)), ...(rollout.health.capture ? health(ctx) : []), next(ctx)];
    case 'rolling_back':
    case 'rolled_back':
      return [...wayDownLines(ctx, rollout.rollback), hasItWords(rollout.alerts.haveIt), ...listLines(rollout)];
    case 'completed':
    case 'not_started':
      return [ending(rollout), ...listLines(rollout)];
    case 'held':
      return [
        pausedWords(rollout, rollout.held, bold('Paused')),
        extended(rollout),
        restartedWords(rollout),
        ...health(ctx),
        alerts(rollout),
        ...listLines(rollout),
        line('Denied', deniedWords(rollout)),
        next(ctx),
        wayBack(rollout),
        hasItWords(rollout.alerts.haveIt),
      ];
    case 'ready':
    case 'awaiting_approval':
    case 'applying':
    case 'baking':
      return [
        extended(rollout),
        restartedWords(rollout),
        ...health(ctx),
        alerts(rollout),
        ...listLines(rollout),
        ...waiting(ctx),
        wayBack(rollout),
        hasItWords(rollout.alerts.haveIt),
      ];
    default:
      return rollout satisfies never;
  }
}

/** How far the bake is, drawn and in words; nothing bakes before the first stage, on the way down and after the end. */
function bake({ rollout, watch, now }: MessageContext): string[] {
  switch (rollout.phase) {
    case 'ready':
    case 'awaiting_approval':
    case 'applying':
    case 'baking':
    case 'held': {
      const words = bakeWords(rollout, watch, now);
      return words === '' ? [] : [`${bakeBar(rollout, watch)} ${words}`];
    }
    case 'planned':
    case 'starting':
    case 'rolling_back':
    case 'rolled_back':
    case 'completed':
    case 'not_started':
      return [];
    default:
      return rollout satisfies never;
  }
}

function line(name: string, words: string): string {
  return words === '' ? '' : `${bold(name)} ${words}`;
}

function wayBack(rollout: Rollout): string {
  return line('Way back', wayBackWords(rollout));
}

function nowStarting({ health: { capture }, plan }: Rollout, now: Date): string {
  if (!capture) return 'reading the targets and every check once';
  const { baselineMs = 0 } = plan;
  const until = soon(new Date(capture.since.getTime() + baselineMs), now);
  return `measuring the baseline for ${duration(baselineMs)}, until about ${until}; nothing was raised yet`;
}

/** Nothing was read or written yet: what it waits for, and who says go. */
function begins(rollout: Rollout): string {
  const go = `operators say go with ${typed('advance', rollout)}`;
  const wait = toDoWords(rollout) === '' ? go : `${go}, when that is done`;
  return `${wait}. No target was touched yet`;
}

/** Who made the bake longer last, and why: what it needs is no longer what the plan says. */
function extended({ bake: { extension } }: Rollout): string {
  if (!extension) return '';
  const said = quoted(extension.reason);
  return `Extended by ${duration(extension.byMs)} by ${actorName(extension.by)}${said === '' ? '' : `: ${said}`}`;
}

function health({ rollout, watch, now }: MessageContext): string[] {
  const checks = checksNow(rollout, watch);
  if (checks.length === 0 || (!watch && Object.keys(rollout.health.verdicts).length === 0)) return [];
  return [line('Health', healthNow(checks)), ...checkLines(checks, now)];
}

/** Alerts that no check line shows: somebody else moved the targets. */
function alerts(rollout: Rollout): string {
  const drift = Object.values(rollout.alerts.episodes).find((episode) => episode.open && episode.kind === 'drift');
  if (!drift) return '';
  const read = drift.detail?.kind === 'not_lowered' ? 'have not been lowered' : 'read other than ordered';
  return line('Alert', `the targets ${read} since ${clock(drift.since)}`);
}

function next(ctx: MessageContext): string {
  const { rollout } = ctx;
  const words = nextWords(ctx);
  if (words !== '') return line('Next', words);
  const toDo = toDoWords(rollout);
  if (toDo !== '') return line('Next', `completed by itself when that is done: ${toDo}`);
  return line(
    'Next',
    rollout.bake.done
      ? `over ${atWords(rollout.plan, rollout.exposure.confirmed)}: ${typed('finish', rollout)}`
      : 'completed after this bake',
  );
}

/** What is awaited: a click, a read-back, or only the bake. */
function waiting(ctx: MessageContext): string[] {
  const { rollout, watch, now } = ctx;
  const { request, raise } = rollout;
  if (request) {
    const quorum = quorumOf(rollout, request);
    const over = openOverride(rollout, request, watch);
    const needs = quorum ? `, needs ${quorumNames(quorum)} (${voteCount(quorum, request)})` : '';
    const stage = rollout.plan.stages[request.stageNo - 1];
    return [
      line('Next', `${stage ? stageLabel(stage) : exposureWords(rollout.plan, request.to)}${needs}`),
      line('Asked', askedBy(request)),
      `Expires ${soon(request.expiresAt, now)}`,
      over === '' ? '' : line('Override', over),
    ];
  }
  if (raise) {
    const ordered = `by ${actorName(raise.orderedBy)} at ${clockSeconds(raise.orderedAt)}`;
    return [
      line(
        'Now',
        `${exposureWords(rollout.plan, raise.from)} → ${exposureWords(rollout.plan, raise.to)}, not read back yet`,
      ),
      line('Ordered', `${ordered}, fails unless read back by ${soon(raise.expiresAt, now)}`),
    ];
  }
  return [line('Denied', deniedWords(rollout)), next(ctx)];
}

function wayDownLines(ctx: MessageContext, rollback: Rollback): string[] {
  const { plan } = ctx.rollout;
  const move = `${exposureWords(plan, rollback.from)} → ${exposureWords(plan, rollback.to)}`;
  const why = line('Why', causeWords(ctx.rollout, rollback.cause));
  const done = readBackOf(ctx.rollout, rollback);
  if (done) {
    const took = capital(takenWords(ctx.rollout, done.tookMs));
    const {
      exposure: { late, settled },
    } = ctx.rollout;
    const again = readUntilWords(ctx.rollout) || 'reading the targets again until it is certain';
    const reading = late ? lateWords(ctx.rollout, late) : settled ? '' : again;
    return [
      line('Rolled back', `${move} at ${clock(done.at)}`),
      took,
      againWords(rollback, ctx.lowering),
      leftWords(rollback),
      why,
      reading === '' ? '' : `${capital(reading)}.`,
    ];
  }
  const tries = triesWords(ctx.lowering);
  const state = `Ordered at ${clockSeconds(rollback.orderedAt)}, not read back yet${tries === '' ? '' : ` (${tries})`}`;
  return [
    line('Rolling back', move),
    state,
    why,
    `I keep trying.${ctx.byHand.length === 0 ? '' : ' How to do it by hand: in the thread.'}`,
  ];
}

function ending(rollout: RolloutIn<'completed' | 'not_started'>): string {
  if (rollout.phase === 'not_started') {
    const { reason, detail } = rollout.failure;
    return line('Why', `${REASON_WORDS[reason]}${inBrackets(rollout, detail)}`);
  }
  const { endedAt, createdAt, finishNote } = rollout;
  const took = `after ${duration(endedAt.getTime() - createdAt.getTime())}`;
  const said = finishNote === null ? '' : quoted(finishNote);
  return line('Ended', `${moment(endedAt)}, ${took}, not watched any more${said === '' ? '' : `: ${said}`}`);
}

function started(rollout: Rollout): string {
  return `Started by ${actorName(rollout.startedBy)} ${moment(rollout.createdAt)}`;
}

/** A run after a false alarm says so for as long as it runs, and whether it skips stages. */
function entry(rollout: Rollout): string {
  const {
    entry: begun,
    plan,
    stage: { no: stageNo, attempts },
    request,
  } = rollout;
  if (!begun) return '';
  const asked = request && falseAlarmWords(rollout, request);
  if (asked) return asked;
  const said = quoted(begun.reason);
  const why = `run #${begun.run} was rolled back by a false alarm${said === '' ? '' : `, ${said}`}`;
  const exposure = plan.stages[begun.stageNo - 1]?.exposure ?? rollout.exposure.confirmed;
  if (beginsLater(rollout)) return `${beginsWords(plan, exposure, 'Begins')} again: ${why}`;
  const below = plan.stages.some((stage) => stage.no < begun.stageNo && attempts[stage.no] !== undefined);
  if (stageNo >= begun.stageNo && !below) return `${beginsWords(plan, exposure, 'Began')} again: ${why}`;
  return `${capital(why)}; this one goes from the first stage`;
}

/** The message it stands for was deleted by somebody; what was said under that one is still there. */
function earlier({ earlier: permalink }: MessageContext): string {
  if (permalink === undefined) return '';
  const before = link(permalink, 'the thread before this one');
  return `Earlier messages are in ${before}; this message was deleted and posted again`;
}

function checked({ rollout, watch }: MessageContext): string {
  if (!watch?.lastCheckAt) return '';
  const every = rollout.plan.stages[rollout.stage.no - 1]?.checkEveryMs;
  return `Checked at ${clockSeconds(watch.lastCheckAt)}${every === undefined ? '' : `, every ${duration(every)}`}`;
}

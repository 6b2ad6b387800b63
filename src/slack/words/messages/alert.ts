import { TARGET_SUBJECT } from '../../../rollout/health/assess.js';
import { sourceOf } from '../../../rollout/plan/sources.js';
import { levelOf } from '../../../rollout/plan/verdict.js';
import { ALERTS } from '../../../rollout/state/audience.js';
import type { Message } from '../../../rollout/state/effects.js';
import { isSameOutage } from '../../../rollout/state/evolve-alerts.js';
import type { AlertPost, Episode, Rollout } from '../../../rollout/state/rollout.js';
import { buttons, compose, lines, type Rendered } from '../blocks.js';
import { doneWords } from '../phrases/alert-done.js';
import { haveButton, pauseButton, rollbackButton } from '../phrases/buttons.js';
import { checkAt, checkTitle, limitBroken, valueWords } from '../phrases/checks.js';
import { links, title } from '../phrases/commands.js';
import type { MessageContext } from '../phrases/context.js';
import { detailWords, inBrackets, subjectWords } from '../phrases/details.js';
import { atWords, exposureWords, raiseWords } from '../phrases/exposure.js';
import { actingWords } from '../phrases/limits.js';
import { hasItWords, listed, membersMentioned, roleNames } from '../phrases/people.js';
import { REASON_WORDS } from '../phrases/reasons.js';
import { ALERT_ICONS } from '../phrases/stages.js';
import { ownAlertWords } from '../phrases/templates.js';
import { bold, clock, escapeText, lasted } from '../text.js';

type AlertMessage = Extract<Message, { template: 'alert' }>;

/** So many lines fit one screen of a phone. */
const MOST_LINES = 12;
/** Reasons that are shown of one outage. */
const MOST_REASONS = 3;

/** Alerts that are one line: one subject, or every check that one outage leaves without a number. */
type Line = readonly [Episode, ...Episode[]];

/** What is wrong, what was done about it, who has it, what one can do. Edited as lines join and end, at last without buttons. */
export function renderAlert({ post }: AlertMessage, ctx: MessageContext): Rendered {
  const { rollout } = ctx;
  const open = linesOf(post.lines.filter((line) => line.open));
  const over = linesOf(post.lines.filter((line) => !line.open));
  const id = `alerts:${rollout.id}:${post.no}:${post.lines.length}:${open.length}:${post.had.length}`;
  if (open.length === 0) return compose(id, [lines(...overWords(rollout, post, over))]);
  const [worst] = open;
  return compose(id, [
    lines(
      worst ? ownAlertWords(rollout, worst[0]) : '',
      ...(open.length + over.length === 1 && worst ? oneAlert(ctx, worst) : severalAlerts(ctx, open, over)),
      whoWords(rollout, post),
      post.place === 'channel' ? links(rollout) : '',
    ),
    buttons(haveButton(rollout), pauseButton(rollout), rollbackButton(rollout)),
  ]);
}

/** The worst first; those of one outage together. */
function linesOf(episodes: readonly Episode[]): Line[] {
  const found: [Episode, ...Episode[]][] = [];
  for (const episode of episodes) {
    const same = found.find(([first]) => isSameOutage(first, episode));
    if (same) same.push(episode);
    else found.push([episode]);
  }
  return found.toSorted(([a], [b]) => ALERTS[b.kind].rank - ALERTS[a.kind].rank);
}

function oneAlert({ rollout, watch, now }: MessageContext, line: Line): string[] {
  const [first] = line;
  const place = first.kind === 'raise_failed' ? '' : ` · ${atWords(rollout.plan, first.exposure)}`;
  return [
    shownProblem(rollout, line),
    `${limitWordsOf(rollout, first)} ${doneWords(rollout, watch, [first])}`.trim(),
    `${since(first, now)}${place} · ${title(rollout)}`,
  ];
}

function severalAlerts(
  { rollout, watch, now }: MessageContext,
  open: readonly Line[],
  over: readonly Line[],
): string[] {
  const place = `${title(rollout)} ${atWords(rollout.plan, rollout.exposure.confirmed)}`;
  const shown = open
    .slice(0, MOST_LINES)
    .map((line) => `${shownProblem(rollout, line)} · ${lowered(since(line[0], now))}`);
  const left = open.slice(MOST_LINES).map(([{ subject }]) => subjectWords(rollout, subject));
  return [
    `${bold(`${open.length} ${open.length === 1 ? 'alert' : 'alerts'}`)} · ${place}`,
    ...shown,
    left.length === 0 ? '' : `and ${left.length} more: ${listed(left, 'and')}`,
    doneWords(
      rollout,
      watch,
      open.map(([first]) => first),
    ),
    ...over.slice(0, MOST_LINES).map((line) => `✔ ${closedWords(rollout, line)}`),
  ];
}

function overWords(rollout: Rollout, post: AlertPost, over: readonly Line[]): string[] {
  const moved = post.movedTo === null ? '' : 'What is still open is in the channel now, further down in this thread.';
  const ends = over.map((line) => `✔ ${closedWords(rollout, line)}`);
  const [[first] = []] = over;
  if (!first) return [moved];
  const began = earliest(over.flatMap((line) => line.map(({ beganAt }) => beganAt)));
  const ended = latest(over.flatMap((line) => line.flatMap(({ closed }) => closed?.at ?? [])));
  const place = `${title(rollout)} ${atWords(rollout.plan, first.exposure)}`;
  const took = `${period(began, ended)}${lasted(ended.getTime() - began.getTime())} · ${place}`;
  return [
    ...ends.slice(0, MOST_LINES),
    over.length > MOST_LINES ? `and ${over.length - MOST_LINES} more` : '',
    took,
    moved,
  ];
}

function earliest(times: readonly Date[]): Date {
  return new Date(Math.min(...times.map((time) => time.getTime())));
}

function latest(times: readonly Date[]): Date {
  return new Date(Math.max(...times.map((time) => time.getTime())));
}

/** Both ends of it; within one minute they would read the same. */
function period(from: Date, to: Date): string {
  const sameMinute = Math.floor(from.getTime() / 60_000) === Math.floor(to.getTime() / 60_000);
  return sameMinute ? `At ${clock(from)}, ` : `${clock(from)} to ${clock(to)}, `;
}

function since({ beganAt }: Episode, now: Date): string {
  const ms = now.getTime() - beganAt.getTime();
  return `Since ${clock(beganAt)}${ms >= 1_000 ? ` (${lasted(ms)})` : ''}`;
}

function lowered(words: string): string {
  return `${words.charAt(0).toLowerCase()}${words.slice(1)}`;
}

/** Who has it, and who is called by this post. An edit of it calls nobody. */
function whoWords(rollout: Rollout, { had, place, mentions }: AlertPost): string {
  const owner = hasItWords(had);
  if (place === 'thread') return owner;
  const called = mentions.length === 0 ? roleNames(rollout.plan.contact) : membersMentioned(mentions);
  return `${bold('Who')} ${owner || 'nobody has it yet'}${called === '' ? '' : ` · contact ${called}`}`;
}

/** With the sign that the live message begins with meanwhile. */
function shownProblem(rollout: Rollout, line: Line): string {
  return `${ALERT_ICONS[line[0].kind]} ${problem(rollout, line)}`;
}

function problem(rollout: Rollout, line: Line): string {
  const [first] = line;
  const { subject, kind, value, exposure, limit, reason, detail } = first;
  const check = checkAt(rollout, subject);
  const because = inBrackets(rollout, detail);
  switch (kind) {
    case 'warning':
      return check && value !== null
        ? `${bold('Warning')}: ${limitBroken(check, value, 'warning', limit)}`
        : `${bold('Warning')}: ${escapeText(subject, 40)} is beyond its warning${because}`;
    case 'critical':
      return check && value !== null
        ? `${bold('Critical')}: ${limitBroken(check, value, 'critical', limit)}`
        : `${bold('Critical')}: ${escapeText(subject, 40)} is beyond its limit${because}`;
    case 'feared':
      return `${bold('In doubt')}: ${check ? checkTitle(check) : escapeText(subject, 40)} ${
        first.times === undefined
          ? 'has numbers beyond a limit, not long enough yet for it to count'
          : `came and went: numbers beyond a limit ${first.times} times or more, never long enough for it to count`
      }${check && value !== null ? `; the last is ${valueWords(check, value)}` : ''}`;
    case 'no_data':
      return subject === TARGET_SUBJECT
        ? `${bold('No data')}: the targets cannot be read${because}`
        : noData(rollout, line);
    case 'drift':
      if (detail?.kind === 'not_lowered')
        return `${bold('Not lowered yet')}: the targets are ${detailWords(rollout, detail)}`;
      return `${bold('Drift')}: ${reason ? REASON_WORDS[reason] : 'the targets read other than ordered'}${because}`;
    case 'raise_failed':
      return `${bold(`${raiseWords(rollout.plan, exposure, ['Not raised to', 'Not switched on'])}`)}: ${reason ? REASON_WORDS[reason] : 'the raise failed'}${because}`;
    default:
      return kind satisfies never;
  }
}

/** One outage of one source: it is named, and every check that has no number because of it. */
function noData(rollout: Rollout, line: Line): string {
  const names = listed(
    line.map(({ subject }) => subjectWords(rollout, subject)),
    'and',
  );
  const reasons = [...new Set(line.map(({ detail }) => detailWords(rollout, detail)))].filter(
    (reason) => reason !== '',
  );
  const because = reasons.length === 0 ? '' : ` (${reasons.slice(0, MOST_REASONS).join('; ')})`;
  const source = sourceName(rollout, line[0].subject);
  const from = source === '' ? '' : ` from ${source}`;
  return `${bold('No data')}${from}: ${names} ${line.length === 1 ? 'has' : 'have'} no number${because}`;
}

function sourceName({ plan }: Rollout, subject: string): string {
  const check = plan.checks.find(({ name }) => name === subject);
  const source = check && sourceOf(check.probe);
  return source ? escapeText(source.name, 80) : '';
}

/** The limit behind the one that is broken. */
function limitWordsOf(rollout: Rollout, { subject, kind }: Episode): string {
  const check = kind === 'warning' ? checkAt(rollout, subject) : undefined;
  return check ? actingWords(check) : '';
}

function warningOver(level: 'pass' | 'warning' | 'critical', name: string, value: string): string {
  if (level === 'pass') return `${bold('Recovered')}: ${name} is back at ${value}`;
  return `${bold('Warning closed')}: ${name} was last ${value}`;
}

function closedWords(rollout: Rollout, line: Line): string {
  const [{ subject, kind, closed }] = line;
  const check = checkAt(rollout, subject);
  const name = subjectWords(rollout, subject);
  const value = closed?.value ?? null;
  if (closed?.how === 'ended') return `${bold('Not watched any more')}: ${name}`;
  switch (kind) {
    case 'warning':
      if (!check || value === null) return `${bold('Closed with the rollback')}: the warning about ${name}`;
      if (closed?.how === 'further') return `${bold('Went further')}: ${name} was last ${valueWords(check, value)}`;
      return warningOver(levelOf(check, value), name, valueWords(check, value));
    case 'critical':
      if (!check || value === null) return `${bold('Closed with the rollback')}: ${name} was beyond its limit`;
      if (closed?.how === 'further') return `${bold('Went further')}: ${name} was last ${valueWords(check, value)}`;
      return levelOf(check, value) === 'pass'
        ? `${bold('Recovered')}: ${name} is back at ${valueWords(check, value)}`
        : `${bold('No longer critical')}: ${name} was last ${valueWords(check, value)}`;
    case 'feared':
      if (!check || value === null) return `${bold('No longer in doubt')}: ${name}`;
      return levelOf(check, value) === 'pass'
        ? `${bold('Steady again')}: ${name} is ${valueWords(check, value)}`
        : `${bold('No longer in doubt')}: ${name} was last ${valueWords(check, value)}`;
    case 'no_data':
      return dataAgain(rollout, line);
    case 'drift':
      return value === null
        ? 'The targets read as expected again'
        : `${bold('The targets read as expected again')}: ${exposureWords(rollout.plan, value)}`;
    case 'raise_failed':
      return bold(closed?.how === 'further' ? 'Another raise failed' : 'The failed raise is dealt with');
    default:
      return kind satisfies never;
  }
}

function dataAgain(rollout: Rollout, line: Line): string {
  const [{ subject, closed }] = line;
  if (closed?.how === 'rolled_back')
    return `${bold('Closed with the rollback')}: ${namesOf(rollout, line)} had no data`;
  if (subject === TARGET_SUBJECT)
    return closed?.how === 'further'
      ? `${bold('Went further')}: the targets could not be read as a whole`
      : `${bold('Data again')}: the targets can be read`;
  const check = checkAt(rollout, subject);
  const value = closed?.value ?? null;
  if (line.length === 1 && check && value !== null)
    return `${bold('Data again')}: ${checkTitle(check)} is ${valueWords(check, value)}`;
  return `${bold('Data again')}: ${namesOf(rollout, line)} ${line.length === 1 ? 'has' : 'have'} numbers`;
}

function namesOf(rollout: Rollout, line: Line): string {
  return listed(
    line.map(({ subject }) => subjectWords(rollout, subject)),
    'and',
  );
}

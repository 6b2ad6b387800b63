import type { Actor } from '../plan/actor.js';
import { sameActor } from '../plan/actor.js';
import { sameMember } from './audience.js';
import type { EventOf, Recorded } from './events.js';
import type { Handlers } from './handlers.js';
import type { AlertPost, Called, Episode, Rollout } from './rollout.js';

/** How alerts change a rollout, and who has them. */
export const ALERTS_HAPPEN = {
  alert_opened(r, event, rec): Rollout {
    return opened(r, event, rec);
  },
  alert_eased(r, event): Rollout {
    const { subject, no, value, limits, limit } = event;
    const { limit: _before, ...same } = r.alerts.episodes[subject] ?? {};
    return changed(r, { subject, no }, () => ({ ...(same as Episode), value, limits, ...(limit && { limit }) }));
  },
  alert_closed(r, event, rec): Rollout {
    return closed(r, event, rec);
  },
  people_called(r, event, rec): Rollout {
    return called(r, event, rec);
  },
  acknowledged(r, _event, rec): Rollout {
    return {
      ...r,
      alerts: {
        ...r.alerts,
        haveIt: [...r.alerts.haveIt.filter((one) => !sameActor(one, rec.actor)), rec.actor],
        posts: postsOf(r).map((post) => (isOpen(post) ? { ...post, had: with_(post.had, rec.actor) } : post)),
      },
    };
  },
} satisfies Partial<Handlers>;

export function postsOf({ alerts }: Pick<Rollout, 'alerts'>): readonly AlertPost[] {
  return alerts.posts;
}

/** Something in it is still wrong. */
export function isOpen({ lines }: Pick<AlertPost, 'lines'>): boolean {
  return lines.some(({ open }) => open);
}

/** What is reported in the channel once in a stage: this check, or these of its limits. */
export function toldKeys({ subject, limits = [] }: Pick<Episode, 'subject' | 'limits'>): string[] {
  return limits.length === 0 ? [subject] : limits.map((limit) => `${subject} ${limit}`);
}

/** Readings that one outage takes are one alert, however many checks need them. */
export function isSameOutage(a: Episode, b: Episode): boolean {
  return a.kind === 'no_data' && b.kind === 'no_data' && a.source !== undefined && a.source === b.source;
}

function with_(actors: readonly Actor[], actor: Actor): readonly Actor[] {
  return [...actors.filter((one) => !sameActor(one, actor)), actor];
}

function opened(r: Rollout, { type: _type, post: no, ...about }: EventOf<'alert_opened'>, { at }: Recorded): Rollout {
  const episode: Episode = { ...about, since: at, open: true };
  const known = postsOf(r).find((post) => post.no === no);
  const post: AlertPost = known ?? emptyPost(no, at);
  const again = post.lines.some((line) => line.open && isSameOutage(line, episode));
  const posts = known
    ? postsOf(r).map((one) => (one === known ? { ...one, lines: [...one.lines, episode] } : one))
    : [...current(r, at), { ...post, lines: [episode] }];
  return {
    ...r,
    alerts: { ...r.alerts, episodes: { ...r.alerts.episodes, [episode.subject]: episode }, posts },
    stage: {
      ...r.stage,
      told: post.place === 'channel' && wasHeard(post) ? toldToo(r, [episode]) : r.stage.told,
      issues: again ? r.stage.issues : { ...r.stage.issues, opened: r.stage.issues.opened + 1 },
    },
  };
}

/** Somebody was called by it, and reads what joins it a moment later. What joins any other post is an edit that nobody sees. */
export function wasHeard({ mentions }: Pick<AlertPost, 'mentions'>): boolean {
  return mentions.length > 0;
}

function emptyPost(no: number, at: Date): AlertPost {
  return { no, at, place: 'thread', mentions: [], owed: false, had: [], lines: [], movedTo: null };
}

/**
 * Posts in which nothing has been open since before this moment have said their last. The newest stays: the next number follows
 * its own, and a number that came again would be an edit of a post that nobody looks at any more.
 */
function current(r: Rollout, at: Date): AlertPost[] {
  const posts = postsOf(r);
  const newest = posts.at(-1);
  return posts.filter(
    (post) => post === newest || isOpen(post) || post.lines.some(({ closed }) => closed && closed.at >= at),
  );
}

function closed(r: Rollout, { subject, no, value, how }: EventOf<'alert_closed'>, { at }: Recorded): Rollout {
  const episode = r.alerts.episodes[subject];
  if (!episode || episode.no !== no) return r;
  const next = changed(r, episode, (line) => ({ ...line, open: false, closed: { at, value, how } }));
  const still = postsOf(r).some(({ lines }) =>
    lines.some((line) => line.open && line.subject !== subject && isSameOutage(line, episode)),
  );
  const anything = r.rollback !== null || Object.values(next.alerts.episodes).some(({ open }) => open);
  return {
    ...next,
    alerts: { ...next.alerts, haveIt: anything ? next.alerts.haveIt : [] },
    stage: { ...next.stage, issues: still ? r.stage.issues : { ...r.stage.issues, closed: r.stage.issues.closed + 1 } },
  };
}

/** The episode, in its post and as the last of its subject. */
function changed(
  r: Rollout,
  { subject, no }: Pick<Episode, 'subject' | 'no'>,
  change: (episode: Episode) => Episode,
): Rollout {
  const episode = r.alerts.episodes[subject];
  if (!episode || episode.no !== no) return r;
  const after = change(episode);
  const isIt = (line: Episode): boolean => line.subject === subject && line.no === no;
  return {
    ...r,
    alerts: {
      ...r.alerts,
      episodes: { ...r.alerts.episodes, [subject]: after },
      posts: postsOf(r).map((post) =>
        post.lines.some(isIt) ? { ...post, lines: post.lines.map((line) => (isIt(line) ? after : line)) } : post,
      ),
    },
  };
}

function called(r: Rollout, event: EventOf<'people_called'>, { at }: Recorded): Rollout {
  const { post: no, alerts, mentions, owed } = event;
  const moves = (line: Episode): boolean =>
    alerts.some(({ subject, no: episode }) => line.subject === subject && line.no === episode);
  const moved = postsOf(r).flatMap((post) => (post.no === no ? [] : post.lines.filter(moves)));
  const target = postsOf(r).find((post) => post.no === no) ?? emptyPost(no, at);
  const lines = [...target.lines, ...moved];
  const after: AlertPost = {
    ...target,
    lines,
    place: 'channel',
    owed: target.owed || owed,
    mentions: [...target.mentions, ...mentions],
  };
  const others = current(r, at).filter((post) => post.no !== no);
  const left = others.map((post): AlertPost => {
    if (!post.lines.some(moves)) return post;
    return { ...post, lines: post.lines.filter((line) => !moves(line)), owed: false, movedTo: no };
  });
  return {
    ...r,
    alerts: {
      ...r.alerts,
      posts: [...left, after].toSorted((a, b) => a.no - b.no),
      called: [...r.alerts.called.filter(({ member }) => !isAmong(member, mentions)), ...callsNow(mentions, at)],
    },
    stage: {
      ...r.stage,
      told: toldToo(
        r,
        lines.filter(({ open }) => open),
      ),
    },
  };
}

function toldToo({ stage: { told } }: Rollout, lines: readonly Episode[]): readonly string[] {
  return [...new Set([...told, ...lines.flatMap(toldKeys)])];
}

function isAmong(member: Called['member'], members: readonly Called['member'][]): boolean {
  return members.some((one) => sameMember(one, member));
}

function callsNow(members: readonly Called['member'][], at: Date): Called[] {
  return members.map((member) => ({ member, at }));
}

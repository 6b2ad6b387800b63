/** Who hears what: where it is said, who is called, and when once more. */

import type { Actor } from '../plan/actor.js';
import type { WorkingHours } from '../plan/plan.js';
import type { Effect, Message, ShowEffect } from './effects.js';
import { isInHours } from './remind.js';
import type { AlertKind, Called, Member, Rollout } from './rollout.js';

/** How loud an alert is: in the channel at once, or in the thread until it lasts and nobody has it. */
export const ALERTS = {
  warning: { rank: 1, heard: 'when_it_lasts' },
  feared: { rank: 2, heard: 'when_it_lasts' },
  no_data: { rank: 3, heard: 'at_once' },
  critical: { rank: 4, heard: 'at_once' },
  drift: { rank: 4, heard: 'at_once' },
  raise_failed: { rank: 4, heard: 'at_once' },
} as const satisfies Record<AlertKind, { readonly rank: number; readonly heard: 'at_once' | 'when_it_lasts' }>;

/** So long may somebody take a warning before it is posted in the channel. */
export const LASTS_MS = 5 * 60_000;
/** Nobody is called twice about one rollout within this, except by an incident. */
export const CALL_AGAIN_MS = 15 * 60_000;
/** When a warning calls people, in the plan's time zone; a plan that names none is in UTC. */
const CALLING_HOURS: WorkingHours = {
  days: ['mon', 'tue', 'wed', 'thu', 'fri'],
  fromMinute: 9 * 60,
  toMinute: 18 * 60,
};

/**
 * Whom trouble calls: the plan's contacts; where it names none, or none of them was found when the rollout started, who
 * started it; where that was no person, the operators.
 */
export function contactsOf({ plan, people, startedBy }: Pick<Rollout, 'plan' | 'people' | 'startedBy'>): Member[] {
  const contacts = plan.contact.flatMap((role) => membersOf(people, role));
  if (contacts.length > 0) return distinct(contacts);
  if (startedBy.kind === 'slack') return [{ kind: 'user', id: startedBy.userId }];
  return distinct(membersOf(people, 'operators'));
}

function membersOf(people: Rollout['people'], role: string): readonly Member[] {
  return Object.hasOwn(people, role) ? (people[role] ?? []) : [];
}

function distinct(members: readonly Member[]): Member[] {
  return members.filter((one, at) => members.findIndex((other) => sameMember(one, other)) === at);
}

export function sameMember(a: Member, b: Member): boolean {
  return a.kind === b.kind && a.id === b.id;
}

/** Of these, who may be called now. */
export function callable(members: readonly Member[], called: readonly Called[], now: Date): Member[] {
  return members.filter((one) => {
    const last = called.findLast(({ member }) => sameMember(member, one));
    return !last || now.getTime() - last.at.getTime() >= CALL_AGAIN_MS;
  });
}

/** What of an alert is heard in the channel at this moment. */
export interface Hearing {
  readonly place: 'thread' | 'channel';
  readonly calls: boolean;
}

/** What is known when it is decided who hears of an alert. */
export interface Heard {
  readonly kind: AlertKind;
  /** Since it was posted. */
  readonly lastedMs: number;
  /** Who said "I have it". */
  readonly had: readonly Actor[];
  /** This limit of this check was already posted to the channel in this stage. */
  readonly told: boolean;
  /** The bake does not go on because of it. */
  readonly stopsClock: boolean;
  readonly timezone: string;
  readonly now: Date;
}

/** Before anybody's last call is looked at. */
export function hearingOf({ kind, lastedMs, had, told, stopsClock, timezone, now }: Heard): Hearing {
  if (ALERTS[kind].heard === 'at_once') return { place: 'channel', calls: true };
  if (told || had.length > 0 || lastedMs < LASTS_MS) return { place: 'thread', calls: false };
  return { place: 'channel', calls: stopsClock || isInHours(now, CALLING_HOURS, timezone) };
}

/** Who is told by a message, and what happens to it later. */
export interface Audience {
  /** `root`: the first message of the thread. `channel`: in the thread, and shown in the channel too. */
  readonly place: 'root' | 'thread' | 'channel' | 'person';
  /** Where the channel takes no posts: who is written to directly. Null: nobody, it can be read later. */
  readonly mustHear: 'starter' | 'contacts' | null;
  /** Who is shown it directly too, where they do not see the channel. */
  readonly outside: 'approvers' | null;
  /**
   * `open`: people can still act on it; deleted by somebody, it is said once more. `over`: it was true once. Where Slack refuses
   * to edit one of these it is posted again: the old text would mislead.
   */
  readonly still: 'open' | 'over' | null;
  /** It waits for no other message and no budget. */
  readonly urgent: boolean;
}

const QUIET: Audience = {
  place: 'thread',
  mustHear: null,
  outside: null,
  still: null,
  urgent: false,
};

/** The one table of messages. A new template does not compile before it has its line here. */
export function audienceOf(message: Message): Audience {
  switch (message.template) {
    case 'live':
      return { ...QUIET, place: 'root' };
    case 'approval_request': {
      const open = message.outcome.kind === 'open';
      const asks = { still: open ? 'open' : 'over', outside: open ? 'approvers' : null } as const;
      return { ...QUIET, ...asks, place: 'channel', mustHear: 'starter' };
    }
    case 'alert': {
      const { post } = message;
      const still = post.lines.some(({ open }) => open) ? 'open' : 'over';
      // What the channel does not have to hear of, nobody has to hear of directly.
      const mustHear = post.place === 'channel' ? 'contacts' : null;
      return { ...QUIET, place: post.place, mustHear, still };
    }
    case 'incident': {
      // One that a person ordered and that was read back is news: nobody is woken for it.
      const isNews = message.rollback.cause.reason === 'person' && message.exposure !== null;
      return { ...QUIET, place: 'channel', mustHear: isNews ? 'starter' : 'contacts', still: 'open', urgent: true };
    }
    case 'completed':
      return { ...QUIET, place: 'channel', mustHear: 'starter' };
    case 'not_started':
    case 'reminder':
      return { ...QUIET, mustHear: 'starter' };
    case 'list_card':
      return { ...QUIET, still: message.open ? 'open' : 'over' };
    case 'outcome':
    case 'paused':
    case 'rolled_back':
      return { ...QUIET, place: 'person' };
    case 'change':
    case 'stage_start':
    case 'stage_complete':
    case 'baseline':
    case 'summary':
    case 'report_due':
    case 'owners_asked':
    case 'said':
      return QUIET;
    default:
      return message satisfies never;
  }
}

/** Calls to targets, posts of the channel, what goes to single people, and steps: they do not wait for each other. */
export const LANES = ['target', 'message', 'direct', 'step'] as const;
export type Lane = (typeof LANES)[number];

/** What is stored beside an effect, so that a query knows whom it tells without knowing any message. */
export interface Addressed {
  readonly lane: Lane;
  /** Who it goes to alone. */
  readonly person: string | null;
  /** Null: it is no message. */
  readonly place: Audience['place'] | null;
  readonly mustHear: Audience['mustHear'];
  readonly outside: Audience['outside'];
  readonly still: Audience['still'];
  /** It goes before everything else of its lane; a call to a target waits for nothing then. */
  readonly urgent: boolean;
  /** What comes after it on its lane waits for it. */
  readonly holdsUp: boolean;
}

const TO_TARGET: Addressed = {
  lane: 'target',
  person: null,
  place: null,
  mustHear: null,
  outside: null,
  still: null,
  urgent: false,
  holdsUp: true,
};

export function addressed(effect: Effect): Addressed {
  switch (effect.kind) {
    case 'rehearse':
    case 'raise':
      return TO_TARGET;
    case 'read':
      return { ...TO_TARGET, holdsUp: false };
    case 'lower':
      return { ...TO_TARGET, urgent: true };
    case 'step':
      // They may take long, and nothing that raises, lowers or is said waits for them.
      return { ...TO_TARGET, lane: 'step' };
    case 'item':
      return { ...TO_TARGET, lane: 'step', holdsUp: false };
    case 'show':
      return addressedMessage(effect);
    default:
      return effect satisfies never;
  }
}

function addressedMessage({ message, person }: ShowEffect): Addressed {
  const { place, mustHear, outside, still, urgent } = audienceOf(message);
  if (person !== undefined)
    return { lane: 'direct', person, place: 'person', mustHear: null, outside: null, still, urgent, holdsUp: true };
  return { lane: 'message', person: null, place, mustHear, outside, still, urgent, holdsUp: true };
}

/** Who acts. Identity is (team id, user id), never a name. */
export type Actor =
  | { readonly kind: 'slack'; readonly teamId: string; readonly userId: string }
  /** `user@host` of the shell that ran the command line. */
  | { readonly kind: 'cli'; readonly name: string }
  /** The clock and the checks: the bot by itself. */
  | { readonly kind: 'bot' };

export const BOT: Actor = { kind: 'bot' };

/** The stored form: `slack:T1:U1`, `cli:user@host`, `bot`. */
export function actorKey(actor: Actor): string {
  switch (actor.kind) {
    case 'slack':
      return `slack:${actor.teamId}:${actor.userId}`;
    case 'cli':
      return `cli:${actor.name}`;
    case 'bot':
      return 'bot';
    default:
      return actor satisfies never;
  }
}

/**
 * Taken to be the same person, whatever workspace they are known by, where that refuses: an app that is installed for the whole
 * organisation in the middle of a rollout knows the same people by the same ids and another workspace.
 */
export function sameActor(a: Actor, b: Actor): boolean {
  return a.kind === 'slack' && b.kind === 'slack' ? samePerson(a, b) : actorKey(a) === actorKey(b);
}

export function samePerson(a: { readonly userId: string }, b: { readonly userId: string }): boolean {
  return a.userId === b.userId;
}

/**
 * What is known of an actor at the moment of a command. `roles` are the roles of this rollout's plan the person holds now;
 * 'unknown' when none is certain because membership could not be read freshly enough (`lastKnownRoles` then says what was known before).
 */
export interface Standing {
  readonly who: 'member' | 'guest' | 'stranger' | 'bot' | 'deactivated' | 'cli' | 'unknown';
  readonly roles: readonly string[] | 'unknown';
  readonly lastKnownRoles: readonly string[];
  /** There may be more roles: of some it is not known. */
  readonly unsure?: boolean;
  /** Where something is unknown because Slack will not say it before a person changes something: its code and what to change. */
  readonly refused?: string;
}

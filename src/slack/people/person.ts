import type { Standing } from '../../rollout/plan/actor.js';

/** What `users.info` says about somebody, as far as it decides who may act. */
export interface Person {
  /** What people call them; '' when Slack does not say. */
  readonly name: string;
  readonly deleted: boolean;
  readonly bot: boolean;
  /** Of an organisation that only shares a channel with ours. */
  readonly stranger: boolean;
  readonly guest: boolean;
  /** Every workspace they are in: one, or on an Enterprise Grid several. */
  readonly teams: readonly string[];
  readonly enterpriseId: string | null;
}

/** The fields of Slack's user object that are read; none of them is always there. */
export interface SlackUser {
  readonly id?: string | undefined;
  readonly team_id?: string | undefined;
  readonly real_name?: string | undefined;
  readonly profile?: { readonly display_name?: string | undefined } | undefined;
  readonly deleted?: boolean | undefined;
  readonly is_bot?: boolean | undefined;
  readonly is_workflow_bot?: boolean | undefined;
  readonly is_stranger?: boolean | undefined;
  readonly is_restricted?: boolean | undefined;
  readonly is_ultra_restricted?: boolean | undefined;
  readonly enterprise_user?:
    | { readonly enterprise_id?: string | undefined; readonly teams?: readonly string[] | undefined }
    | undefined;
}

export function personOf(user: SlackUser): Person {
  const { enterprise_user: org } = user;
  const teams = [user.team_id, ...(org?.teams ?? [])].filter((id) => id !== undefined && id !== '');
  return {
    name: user.profile?.display_name || user.real_name || '',
    deleted: user.deleted ?? false,
    bot: (user.is_bot ?? false) || (user.is_workflow_bot ?? false) || user.id === 'USLACKBOT',
    stranger: user.is_stranger ?? false,
    guest: (user.is_restricted ?? false) || (user.is_ultra_restricted ?? false),
    teams: [...new Set(teams as string[])],
    enterpriseId: org?.enterprise_id || null,
  };
}

/** Is somebody in this workspace, or, for an app installed for a whole organisation, of it? */
export function belongsTo({ teams, enterpriseId }: Person, ourId: string): boolean {
  return teams.includes(ourId) || enterpriseId === ourId;
}

/** `ourId` is the workspace the bot serves. Whoever is not known to be in it is a stranger. */
export function whoIs(person: Person, ourId: string): Exclude<Standing['who'], 'cli' | 'unknown'> {
  if (person.deleted) return 'deactivated';
  if (person.bot) return 'bot';
  if (person.stranger || !belongsTo(person, ourId)) return 'stranger';
  return person.guest ? 'guest' : 'member';
}

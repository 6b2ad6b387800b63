import type { WebClient } from '@slack/web-api';
import type { PersonRef } from '../../rollout/plan/plan.js';
import type { Member } from '../../rollout/state/rollout.js';
import { askSlack, type LastKnown, NotFound, type PeopleMemory, SlackRefuses } from './last-known.js';

/** Handles of groups change rarely. */
const NAMES_MS = 60_000;
/** Whose address it is changes more rarely still; who they are now is asked of the person. */
const ADDRESSES_MS = 3_600_000;

/** Makes the people and groups that a plan names into ids. */
export function createMembers({ client, known }: { client: WebClient; known: PeopleMemory }) {
  /**
   * Throws NotFound for a handle or an address that Slack does not know, SlackRefuses where it never says, anything else when
   * it does not say now.
   */
  async function memberOf(ref: PersonRef, teamId: string): Promise<Member> {
    switch (ref.kind) {
      case 'user':
      case 'group':
        return { kind: ref.kind, id: ref.id };
      case 'email': {
        const ask = () => idOfEmail(ref.email);
        const about = { teamId, kind: 'email', key: ref.email, maxAgeMs: ADDRESSES_MS } as const;
        return { kind: 'user', id: said(await known.ask({ ...about, method: 'users.lookupByEmail', ask })) };
      }
      case 'handle': {
        const ask = () => allHandles(teamId);
        const about = { teamId, kind: 'handles', key: 'all', maxAgeMs: NAMES_MS } as const;
        const handles = said(await known.ask({ ...about, method: 'usergroups.list', ask }));
        const id = handles[ref.handle.replace(/^@/, '')];
        if (!id) throw new NotFound(ref.handle);
        return { kind: 'group', id };
      }
      default:
        return ref satisfies never;
    }
  }

  async function idOfEmail(email: string): Promise<string> {
    const hidden = 'nobody has this address, or Slack hides addresses here; name the person by id';
    const notFound = () => new NotFound(email, { fix: hidden });
    const { user } = await askSlack('users.lookupByEmail', () => client.users.lookupByEmail({ email }), notFound);
    if (!user?.id) throw notFound();
    return user.id;
  }

  async function allHandles(teamId: string): Promise<Record<string, string>> {
    const { usergroups } = await askSlack('usergroups.list', () => client.usergroups.list({ team_id: teamId }));
    return Object.fromEntries(
      (usergroups ?? []).flatMap((group) => (group.handle && group.id ? [[group.handle, group.id]] : [])),
    );
  }

  return { memberOf };
}

/** What was said before may stand in for what Slack does not say now, not for what it never will. */
export function said<T>({ value, why }: LastKnown<T>): T {
  if (why instanceof SlackRefuses) throw why;
  return value;
}

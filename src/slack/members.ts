import type { WebClient } from '@slack/web-api';
import type { PersonRef } from '../rollout/plan.js';
import type { Member } from '../rollout/rollout.js';
import { askSlack, type Known, NotFound } from './last-known.js';

/** Handles of groups and addresses change rarely. */
const NAMES_MS = 60_000;

/** Makes the people and groups that a plan names into ids. */
export function createMembers({ client, known }: { client: WebClient; known: Known }) {
  /** Throws NotFound for a handle or an address that Slack does not know, anything else when Slack does not say. */
  async function memberOf(ref: PersonRef, teamId: string): Promise<Member> {
    switch (ref.kind) {
      case 'user':
      case 'group':
        return { kind: ref.kind, id: ref.id };
      case 'email': {
        const { value } = await known({
          ...{ teamId, kind: 'email', key: ref.email, maxAgeMs: NAMES_MS },
          ask: () => idOfEmail(ref.email),
        });
        return { kind: 'user', id: value };
      }
      case 'handle': {
        const ask = () => allHandles(teamId);
        const { value } = await known({ teamId, kind: 'handles', key: 'all', maxAgeMs: NAMES_MS, ask });
        const id = value[ref.handle.replace(/^@/, '')];
        if (!id) throw new NotFound(ref.handle);
        return { kind: 'group', id };
      }
      default:
        return ref satisfies never;
    }
  }

  async function idOfEmail(email: string): Promise<string> {
    const missing = ['users_not_found'];
    const notFound = () => new NotFound(email);
    const { user } = await askSlack(() => client.users.lookupByEmail({ email }), { missing, notFound });
    if (!user?.id) throw notFound();
    return user.id;
  }

  async function allHandles(teamId: string): Promise<Record<string, string>> {
    const { usergroups } = await askSlack(() => client.usergroups.list({ team_id: teamId }));
    return Object.fromEntries(
      (usergroups ?? []).flatMap((group) => (group.handle && group.id ? [[group.handle, group.id]] : [])),
    );
  }

  return { memberOf };
}

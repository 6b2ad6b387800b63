import { sameActor, samePerson } from '../rollout/plan/actor.js';
import { forbids } from '../rollout/state/authority.js';
import { isMet } from '../rollout/state/item-state.js';
import type { ListedItem } from '../rollout/state/items.js';
import { quorumOf, type Rollout } from '../rollout/state/rollout.js';
import type { Mine } from '../slack/words/messages/home.js';
import { itemsOf } from '../store/items.js';
import { activeRollouts, domainNow, type Loaded, rolledBackToday } from '../store/rollouts.js';
import { openRows } from './items-meant.js';
import type { Desk, Request } from './request.js';

type Person = Request['actor'];
type Item = Mine['items'][number];

/** Of more than these the newest are looked at: a Home tab shows far fewer. */
const MOST_LOOKED_AT = 200;

/** Everything under way that concerns this person, with what they may do about it. */
export async function mineOf(actor: Person, desk: Desk): Promise<Mine> {
  const [{ rollouts: active }, over] = await Promise.all([
    activeRollouts(desk.db, MOST_LOOKED_AT),
    rolledBackToday(desk.db),
  ]);
  const [items, rolledBack] = await Promise.all(
    [active, over].map(async (all) => {
      const found = await Promise.all(all.map((loaded) => itemOf(actor, loaded, desk)));
      return found.filter((item) => item !== null);
    }),
  );
  const now = [...active, ...over][0]?.now ?? (await domainNow(desk.db));
  return {
    person: actor.userId,
    now,
    items: items ?? [],
    rolledBack: (rolledBack ?? []).map(({ rollout }) => rollout),
  };
}

async function itemOf(actor: Person, { rollout, watch }: Loaded, desk: Desk): Promise<Item | null> {
  const standing = await desk.directory.standing(actor, rollout.people);
  const roles = standing.roles === 'unknown' ? standing.lastKnownRoles : standing.roles;
  const asked = rollout.request !== undefined && sameActor(rollout.request.requestedBy, actor);
  const mine = sameActor(rollout.startedBy, actor) || asked || roles.length > 0;
  if (forbids('status', standing) !== null || !mine) return null;
  return {
    rollout,
    watch,
    mine: sameActor(rollout.startedBy, actor) || asked,
    operates: forbids('advance', standing) === null,
    mayStop: forbids('pause', standing) === null,
    toDo: await toDoOf(actor, { rollout, roles, desk }),
    mayApprove: waitsForMe(actor, rollout) && forbids('approve', standing, approversOf(rollout)) === null,
  };
}

/** What this person could do now of its lists: items of a role they hold and have not signed; of nobody's, what operators do. */
async function toDoOf(
  actor: Person,
  { rollout, roles, desk }: { rollout: Rollout; roles: readonly string[]; desk: Desk },
): Promise<readonly ListedItem[]> {
  if (!rollout.lists.some(({ state }) => state === 'open')) return [];
  const items = await itemsOf(desk.db, rollout.id);
  return openRows(rollout, items).filter(({ plan: { by }, state, waitsFor, item }) => {
    if (isMet(state) || waitsFor.length > 0) return false;
    if (item?.signed.some((vote) => samePerson(vote, actor))) return false;
    return (by?.roles ?? ['operators']).some((role) => roles.includes(role));
  });
}

function waitsForMe(actor: Person, { request }: Rollout): boolean {
  if (!request || sameActor(request.requestedBy, actor)) return false;
  return !request.votes.some((vote) => samePerson(vote, actor));
}

function approversOf(rollout: Rollout): readonly string[] {
  return rollout.request ? (quorumOf(rollout, rollout.request)?.roles ?? []) : [];
}

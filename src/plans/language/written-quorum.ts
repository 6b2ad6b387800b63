/** Whom a plan asks for, as it is written: a role, one person of each role of a list, or so many people of several. */
import type { Quorum } from '../../rollout/plan/plan.js';
import { ANY } from './items.js';
import type { ItemOutline } from './outline.js';

/** Undefined where something is wrong with it, which is told already. */
export function quorumOf(written: ItemOutline['by']): Quorum | undefined {
  if (written === undefined) return undefined;
  if (typeof written === 'string') return each([written]);
  if (Array.isArray(written)) return each(written);
  const roles = soundRoles(written.of);
  const { any: count } = written;
  if (!roles || count === undefined || !Number.isInteger(count) || count < ANY.from || count > ANY.to) return undefined;
  return { kind: 'any', count, roles };
}

function each(names: readonly (string | undefined)[]): Quorum | undefined {
  const roles = soundRoles(names);
  return roles && { kind: 'each', roles };
}

function soundRoles(names: readonly (string | undefined)[] | undefined): string[] | undefined {
  const roles = (names ?? []).flatMap((name) => name ?? []);
  return roles.length > 0 && new Set(roles).size === names?.length ? roles : undefined;
}

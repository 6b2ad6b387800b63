/** The lists of a plan file that passed every rule → the lists that rollouts keep. */

import type { CriterionPlan } from '../../rollout/plan/criteria.js';
import type { Action, Attempt, ExpectedResult, Job } from '../../rollout/plan/jobs.js';
import type { ItemPlan, ListPlan, Lists, Work } from '../../rollout/plan/lists.js';
import type { PlannedLimit } from '../../rollout/plan/plan.js';
import { withoutUndefined } from '../../rollout/plan/without-undefined.js';
import { itemsIn, type PlannedList, plannedLists, type WithLists, type WrittenItem } from '../language/lists.js';
import { namesOf, neededBy } from '../language/needs.js';
import type { ItemOutline } from '../language/outline.js';
import { quorumOf } from '../language/written-quorum.js';
import { parseDuration } from '../values/duration.js';
import { parseReference } from '../values/limit-forms.js';

export function toLists(file: WithLists): Lists {
  return plannedLists(file).map(toList);
}

function toList(list: PlannedList): ListPlan {
  const names = namesOf(list);
  const items = itemsIn(list);
  const numbers = new Map(items.map((item, index) => [item, index + 1] as const));
  const needs = (item: WrittenItem) =>
    neededBy(item, names)
      .flatMap((needed) => numbers.get(needed) ?? [])
      .sort((a, b) => a - b);
  return {
    kind: list.kind,
    stageNo: list.stageNo,
    items: items.map((item, index) => toItem(item, { no: index + 1, needs: needs(item) })),
  };
}

function toItem(item: WrittenItem, place: Pick<ItemPlan, 'no' | 'needs'>): ItemPlan {
  return withoutUndefined<ItemPlan>({
    ...place,
    name: item.name,
    title: item.title,
    group: item.group?.title,
    work: toWork(item),
    by: quorumOf(item.by),
    optional: item.optional ? true : undefined,
    waive: item.waive?.flatMap((role) => role ?? []),
  });
}

const TIMEOUTS: Readonly<Record<Action['kind'], number>> = { run: 600_000, request: 30_000, query: 30_000 };

function toJob(action: Attempt, { timeout, within, fresh, repeatable, verify }: ItemOutline): Job {
  return {
    ...action,
    ...withoutUndefined<Omit<Job, keyof Attempt>>({
      timeoutMs: msOf(timeout) ?? TIMEOUTS[action.kind],
      withinMs: msOf(within),
      freshMs: msOf(fresh),
      repeatable: repeatable ? true : undefined,
      verify: (verify && toAction(verify)) ?? undefined,
    }),
  };
}

function msOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseDuration(text);
}

/** What the bot does; null where that is nothing. The rules have seen to it that it is one thing. */
function toAction(written: NonNullable<ItemOutline['verify']>): Attempt | null {
  const expect = toExpected(written.expect);
  const { run, request, query, cwd, env = [] } = written;
  if (run) return withoutUndefined<Attempt>({ kind: 'run', run: defined(run), env: defined(env), cwd, expect });
  if (request) {
    const { method, url = '', headers = {}, body } = request;
    return withoutUndefined<Attempt>({
      kind: 'request',
      method: METHODS.find((known) => known === method) ?? 'GET',
      url,
      headers: lowerCased(headers),
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
      expect,
    });
  }
  return query
    ? withoutUndefined<Attempt>({ kind: 'query', url: query.url ?? '', sql: query.sql ?? '', expect })
    : null;
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

function defined<T>(all: readonly (T | undefined)[]): T[] {
  return all.flatMap((one) => (one === undefined ? [] : [one]));
}

function lowerCased(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name.toLowerCase(), value]])),
  );
}

function toExpected(expect: ItemOutline['expect']): ExpectedResult | undefined {
  if (expect === undefined) return undefined;
  if (typeof expect === 'string') return { kind: 'text', value: expect.trim() };
  if (typeof expect === 'number') return { kind: 'number', value: expect };
  const [low, high] = expect.between ?? [];
  return withoutUndefined<ExpectedResult>({
    kind: 'bounds',
    below: expect.below,
    above: expect.above,
    atMost: high ?? expect.at_most,
    atLeast: low ?? expect.at_least,
  });
}

/** What breaks what is required. */
const BROKEN_BY = { below: 'at_least', above: 'at_most', at_most: 'above', at_least: 'below' } as const;

function toCriterion(written: ItemOutline): CriterionPlan | null {
  const { check, between } = written;
  if (check === undefined) return null;
  const [low, high] = between ?? [];
  const both: PlannedLimit[] =
    low === undefined || high === undefined
      ? []
      : [
          { op: 'below', value: low },
          { op: 'above', value: high },
        ];
  const keys = ['below', 'above', 'at_most', 'at_least'] as const;
  const broken = keys.flatMap((key) => toBroken(BROKEN_BY[key], written[key]));
  return { kind: 'check', check, broken: [...broken, ...both] };
}

function toBroken(op: PlannedLimit['op'], bound: string | number | undefined): PlannedLimit[] {
  if (typeof bound === 'number') return [{ op, value: bound }];
  const than = bound === undefined ? undefined : parseReference(bound);
  return than ? [{ op, than }] : [];
}

function toWork({ written }: WrittenItem): Work {
  const criterion = toCriterion(written);
  if (criterion) return criterion;
  if (written.say !== undefined) return { kind: 'say', text: written.say.trim() };
  const action = toAction(written);
  if (action) return toJob(action, written);
  if (written.test === undefined) return { kind: 'do' };
  return withoutUndefined<Work>({
    kind: 'test',
    as: written.as?.trim(),
    how: written.how?.trim(),
    expect: typeof written.expect === 'string' ? written.expect.trim() : undefined,
  });
}

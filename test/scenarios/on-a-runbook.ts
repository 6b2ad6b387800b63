/** A plan of `examples/` as it stands there, played on the whole bot: its room, its people, and what it reads and moves. */
import { readFile } from 'node:fs/promises';
import { expect, onTestFinished } from 'vitest';
import { parse, stringify } from 'yaml';
import { parsePlan } from '../../src/plans/read/parse.js';
import type { ListKind, Lists } from '../../src/rollout/plan/lists.js';
import type { CheckPlan } from '../../src/rollout/plan/plan.js';
import type { EventOf } from '../../src/rollout/state/events.js';
import type { ListState } from '../../src/rollout/state/list-state.js';
import { listsInTheWay } from '../../src/rollout/state/lists.js';
import { isTerminal } from '../../src/rollout/state/rollout.js';
import { type MetricsServer, startMetricsServer } from '../support/metrics-server.js';
import { WHO } from '../support/scene.js';
import { openRoom, type Room } from './room.js';

export const MINUTE = 60_000;
const SHOP = 'C0SHOP';

export interface Runbook {
  readonly room: Room;
  /** What checks that read themselves say from now on, by their names. */
  say(numbers: Readonly<Record<string, number>>): void;
  /** Opal reports what checks ask people for. */
  report(numbers: Readonly<Record<string, number>>): Promise<void>;
  /** Opal starts it, and says what people report; the baseline passes. */
  start(reports?: Readonly<Record<string, number>>): Promise<void>;
  /** Opal asks for the next stage, and these people approve it in turn; then users have it. */
  advance(...approvers: readonly string[]): Promise<void>;
  approve(...approvers: readonly string[]): Promise<void>;
  /**
   * Everything in the way of the next move is done: by whoever of these may, as a form takes it, and by the bot, which is waited for;
   * what waits for it too. When all is over: everything that follows.
   */
  doAll(...people: readonly string[]): Promise<void>;
  /** What blocks nothing is done as well; then the record has to say of each item of such lists that somebody did it. */
  everyItemIsRecorded(...kinds: readonly ListKind[]): Promise<void>;
  /** The bake that has begun passes. */
  bake(): Promise<void>;
  /** Minutes pass, with a reading at each. */
  minutes(count: number): Promise<void>;
  /** Within so many milliseconds it is rolled back. */
  falls(within: number): Promise<void>;
  /** Everything the bot wrote in the channel. */
  words(): string;
}

export interface RunbookWords {
  /** The plan's name. */
  readonly name: string;
  /** What its `${NAME}`s stand for. */
  readonly variables: (metrics: MetricsServer) => Readonly<Record<string, string>>;
  /** Who is in the user groups of the plan; @release-team is opal and oscar. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  /** What the plan's folders of programs are here. */
  readonly folders?: Readonly<Record<string, string>>;
  /** What the programs are here that items of the plan run by bare names: `npm` is a whole path. */
  readonly programs?: Readonly<Record<string, string>>;
  /** Only what its checks and limits do is tried: nothing is to be done but what is measured. */
  readonly withoutItems?: boolean;
  /** What its checks say when all is well. */
  readonly healthy: Readonly<Record<string, number>>;
  /** What happens by itself in every minute that passes. */
  readonly everyMinute?: (room: Room) => Promise<void>;
}

const HOUR_AS_SECONDS = 5;
/** Five windows, of a minute each. */
const BASELINE_SECONDS = 300;
/** The longest `for` of the plans, which a bake has to be long enough for. */
const LEAST_SECONDS = 300;

/**
 * An hour of bakes becomes five seconds (`7d` is `840s`), of five minutes at least, still read once a minute, the plan's own rhythm. The
 * numbers are of the last minute, so that a baseline is five of them. Whatever else has a time stays: the `for` of limits,
 * promises, rhythms of people. Thresholds, stages and roles are untouched.
 */
function sooner(plan: string): string {
  const seconds = (key: string, count: string, unit: string) => {
    const least = key === 'max: ' ? 2 * LEAST_SECONDS : LEAST_SECONDS;
    return Math.max(least, Number(count) * (unit === 'd' ? 24 : 1) * HOUR_AS_SECONDS);
  };
  return plan
    .replaceAll(/\b(bake: (?:\{ for: )?|max: )(\d+)([hd])\b/g, (_, key: string, count: string, unit: string) => {
      return `${key}${seconds(key, count, unit)}s`;
    })
    .replaceAll(/\bbaseline: \d+[hd]\b/g, `baseline: ${BASELINE_SECONDS}s`)
    .replaceAll(/\[\d+m\]/g, '[1m]')
    .replaceAll(/\bwindow: \d+m\b/g, 'window: 1m')
    .replaceAll(/^( +)probe:\n( +)kind: sql$/gm, '$1window: 1m\n$1probe:\n$2kind: sql');
}

/** The lists of a plan as it is written. */
interface WrittenLists {
  before?: unknown;
  exit?: readonly unknown[];
  after?: unknown;
  after_rollback?: unknown;
  every_stage?: WrittenLists;
  stages?: readonly WrittenLists[];
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The plan with its criteria and no other item. */
function withoutItems(text: string): string {
  const plan = parse(text) as WrittenLists;
  for (const part of [plan, plan.every_stage ?? {}, ...(plan.stages ?? [])]) {
    const items = (part.exit ?? []).flatMap((item) =>
      isMapping(item) && Array.isArray(item.items) ? item.items : [item],
    );
    const criteria = items
      .filter((item) => isMapping(item) && 'check' in item)
      .map(({ needs: _needs, ...item }) => item);
    if (criteria.length > 0) part.exit = criteria;
    else delete part.exit;
    for (const list of ['before', 'after', 'after_rollback'] as const) delete part[list];
  }
  if (plan.every_stage && !plan.every_stage.exit) delete plan.every_stage;
  return stringify(plan, { lineWidth: 0 });
}

export async function openRunbook(words: RunbookWords): Promise<Runbook> {
  const { name, variables, groups, folders = {}, programs = {}, healthy, everyMinute } = words;
  const metrics = await startMetricsServer();
  onTestFinished(() => metrics.close());
  const text = sooner(await readFile(new URL(`../../examples/${name}.yml`, import.meta.url), 'utf8'));
  const inFolders = Object.entries(folders).reduce((all, [from, to]) => all.replaceAll(from, to), text);
  const whole = inFolders.replaceAll(/\brun: \[([\w-]+)(?=[,\]])/g, (written, name: string) =>
    programs[name] === undefined ? written : `run: [${programs[name]}`,
  );
  const plan = words.withoutItems ? withoutItems(whole) : whole;
  const known = variables(metrics);
  const room = await openRoom({ transport: 'http', plan, fill: (value) => filled(value, known) });
  onTestFinished(() => room.close());
  furnish(room, plan, groups);
  const { checks, lists } = readPlan(plan);
  const say = speaker(metrics, checks);
  say(healthy);
  // Opal first: she is in every group, so that one form takes what others would need several for.
  const people = [...new Set([WHO.opal, WHO.oscar, ...Object.values(groups).flat()])];
  const play = playing(room, { name, people, everyMinute: everyMinute ?? (async () => undefined) });
  return {
    room,
    say,
    ...play,
    async everyItemIsRecorded(...kinds) {
      await play.doAll();
      const said = await itemsInTheRecord(room);
      const planned = lists.filter(({ kind }) => kinds.includes(kind));
      const unsaid = planned.flatMap((list) =>
        list.items.filter(({ no }) => !said.has(`${list.kind} ${list.stageNo} ${no}`)).map(({ title }) => title),
      );
      expect(unsaid).toEqual([]);
      expect(planned.map(({ kind }) => kind)).toEqual(expect.arrayContaining([...kinds]));
    },
  };
}

/** Which items are done in the record, as `<list> <stage> <place in the list>`. */
async function itemsInTheRecord(room: Room): Promise<ReadonlySet<string>> {
  const { rows } = await room.db.query<{ line: string }>(`select line from events where type = 'item_changed'`);
  const changes = rows.map(({ line }) => (JSON.parse(line) as { event: EventOf<'item_changed'> }).event);
  const done = changes.filter(({ to }) => to === 'done');
  return new Set(done.map(({ item: { kind, stageNo, no } }) => `${kind} ${stageNo} ${no}`));
}

function filled(value: string, known: Readonly<Record<string, string>>): string {
  return value.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => {
    const found = known[name];
    if (found === undefined) throw new Error(`${name} is not set`);
    return found;
  });
}

function readPlan(text: string): { checks: readonly CheckPlan[]; lists: Lists } {
  const parsed = parsePlan(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return { checks: parsed.plan.checks, lists: parsed.lists };
}

/** The plan's channel and its user groups, in a workspace that has others. */
function furnish(room: Room, plan: string, groups: RunbookWords['groups']): void {
  const channel = /^channel: "#(.+?)"/m.exec(plan)?.[1] ?? '';
  room.slack.setChannel(SHOP, { name: channel });
  // Who began it approves nothing, and may do everything else.
  for (const [handle, members] of Object.entries(groups)) {
    const users = [...new Set([...members, WHO.opal])];
    const found = room.slack.workspace.groups.find((group) => group.handle === handle);
    if (found) room.slack.setGroupUsers(found.id, users);
    else {
      const id = `S0${handle.replaceAll('-', '').toUpperCase()}`;
      room.slack.workspace.groups.push({ id, handle, name: handle, users });
    }
  }
}

function speaker(metrics: MetricsServer, checks: readonly CheckPlan[]): Runbook['say'] {
  return (numbers) => {
    for (const [name, value] of Object.entries(numbers)) {
      const probe = checks.find((check) => check.name === name)?.probe;
      if (probe?.kind === 'prometheus') metrics.query(probe.query, value);
      else if (probe?.kind === 'http') metrics.number(probe.value, value);
      else throw new Error(`${name} is no check that is read over HTTP`);
    }
  };
}

/** Ticks all that one list has open, as far as this person may; false: there is nothing to tick. */
async function tickList(room: Room, user: string, { kind, stageNo, opening }: ListState): Promise<boolean> {
  const { id } = await room.rollout();
  await room.pressOld(user, 'rollout_done', { rollout: id, item: [kind, stageNo, opening, 0], form: 'items' });
  const [view] = room.slack.views(user);
  const groups =
    (view?.view.blocks as unknown as TickBlock[] | undefined)?.filter(({ block_id }) => block_id.startsWith('items')) ??
    [];
  if (groups.length === 0) {
    await room.slack.closeView({ user });
    return false;
  }
  const ticked = groups.map(({ block_id, element }) => [
    block_id,
    { items: element.options.map(({ value }) => value) },
  ]);
  await room.slack.submit({ user, values: Object.fromEntries(ticked) });
  await room.settle();
  // What somebody else has to do is said in the form's place.
  if (room.slack.views(user).length > 0) await room.slack.closeView({ user });
  return true;
}

const LOOKS_OF_THE_BOT = 10;

/** Something runs, or a criterion cannot be told yet. */
async function isLooking(room: Room): Promise<boolean> {
  const { phase, lists } = await room.rollout();
  const open = lists.filter(({ state }) => state === 'open');
  return open.some(
    ({ kind, counts, criteria }) =>
      counts.running > 0 || (kind === 'exit' && phase === 'ready' && criteria.some(({ state }) => state === 'open')),
  );
}

interface TickBlock {
  readonly block_id: string;
  readonly element: { readonly options: readonly { readonly value: string }[] };
}

function playing(
  room: Room,
  {
    name,
    people,
    everyMinute,
  }: { name: string; people: readonly string[]; everyMinute: (room: Room) => Promise<void> },
): Omit<Runbook, 'room' | 'say' | 'everyItemIsRecorded'> {
  /** What the bot has in hand ends, and what it reads after a bake is read. */
  const botDoes = async () => {
    await room.settle();
    for (let passed = 0; passed < LOOKS_OF_THE_BOT && (await isLooking(room)); passed += 1) await minutes(1);
  };
  const doAll: Runbook['doAll'] = async (...chosen) => {
    const open = async () => {
      const rollout = await room.rollout();
      const lists = isTerminal(rollout.phase)
        ? rollout.lists.filter(({ state }) => state === 'open')
        : listsInTheWay(rollout);
      return lists.filter(({ counts }) => counts.open > 0);
    };
    const left = async () => (await open()).reduce((sum, { counts }) => sum + counts.open, 0);
    for (let before = -1; before !== (await left()); await botDoes()) {
      before = await left();
      for (const list of await open())
        for (const user of chosen.length > 0 ? chosen : people) if (!(await tickList(room, user, list))) break;
    }
  };
  const minutes = async (count: number) => {
    for (let passed = 0; passed < count; passed += 1) {
      await everyMinute(room);
      await room.pass(MINUTE, MINUTE);
    }
  };
  const leaves = async (phase: string) => {
    for (let passed = 0; passed < 120 && (await room.phase()) === phase; passed += 1) await minutes(1);
    expect(await room.phase(), room.transcript()).not.toBe(phase);
  };
  const approve: Runbook['approve'] = async (...approvers) => {
    for (const user of approvers) {
      expect(await room.phase(), room.transcript()).toBe('awaiting_approval');
      await room.press(user, 'rollout_approve');
    }
    const live = async () => (await room.phase()) !== 'applying';
    await room.passUntil('users have it', live, { stepMs: 2_000, maxMs: 5 * MINUTE });
    expect(await room.phase(), room.transcript()).toBe('baking');
    await report(known);
  };
  /** What people have to report again in every stage: a report from before says nothing about it. */
  let known: Readonly<Record<string, number>> = {};
  const report: Runbook['report'] = async (numbers) => {
    known = { ...known, ...numbers };
    for (const [check, value] of Object.entries(numbers)) await room.ask(WHO.opal, `report ${check} ${value}`);
  };
  return {
    minutes,
    approve,
    report,
    doAll,
    async start(reports = {}) {
      await everyMinute(room);
      const told = await room.ask(WHO.opal, `start ${name}`);
      expect(await room.events(), told).toContain('started');
      if ((await room.phase()) === 'planned') {
        expect(await room.ask(WHO.opal, 'advance')).toContain('Something that is to be done before is not done');
        await doAll();
        await room.ask(WHO.opal, 'advance');
      }
      await report(reports);
      if ((await room.phase()) === 'starting') await leaves('starting');
      expect(['awaiting_approval', 'baking'], room.transcript()).toContain(await room.phase());
      if ((await room.phase()) === 'baking') await report(known);
    },
    async advance(...approvers) {
      await doAll();
      const told = await room.ask(WHO.opal, 'advance');
      if (approvers.length > 0) expect(await room.phase(), told).toBe('awaiting_approval');
      await approve(...approvers);
    },
    async bake() {
      expect(await room.phase(), room.transcript()).toBe('baking');
      await leaves('baking');
      // What people reported before says nothing of the whole bake.
      if ((await room.phase()) === 'ready') await report(known);
      const {
        stage,
        plan: { stages },
      } = await room.rollout();
      if (stage.no === stages.length) await doAll();
      expect(['ready', 'completed'], room.transcript()).toContain(await room.phase());
    },
    async falls(within) {
      const fallen = async () => (await room.phase()) === 'rolled_back';
      await room.passUntil('rolled back', fallen, { stepMs: 10_000, maxMs: within });
    },
    words: () =>
      room
        .posts()
        .map((post) => room.read(post))
        .join('\n\n'),
  };
}

import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { createAdapters } from '../../src/adapters/index.js';
import { waitForReadBack } from '../../src/commands/read-back.js';
import { createDeliver } from '../../src/deliver/index.js';
import { createDispatch } from '../../src/dispatch.js';
import { openPool } from '../../src/store/connect.js';
import { startWorker } from '../../src/store/workers.js';
import { TargetError } from '../../src/targets/target.js';
import { bakingAtTen, stage } from '../scenarios/on-stage.js';
import type { Scene } from '../support/scene.js';

const LONG_MS = 20_000;

/** The bot is gone, a shell has ordered the rollback, and nothing is carried out yet. */
async function ordered() {
  const scene = await stage({ checkLaws: false });
  await bakingAtTen(scene);
  await scene.stop();
  const url = scene.config.databaseUrl;
  const log = pino({ level: 'silent' });
  const worker = await startWorker(url, { wake: () => undefined, error: () => undefined });
  const db = openPool({ url, max: 2, onError: () => undefined });
  const adapters = createAdapters({ fill: (value) => value, network: {} });
  const dispatch = createDispatch({ db, worker: worker.id, log });
  const deliver = createDeliver({ db, worker: worker.id, dispatch, adapters, sender: null, log });
  onTestFinished(async () => {
    await adapters.close();
    await worker.close();
    await db.end();
  });
  const { id } = await scene.rollout();
  const command = { type: 'rollback', to: null, reason: '' } as const;
  const standing = { who: 'cli', roles: [], lastKnownRoles: [] } as const;
  const actor = { kind: 'cli', name: 'root@host' } as const;
  const answer = await dispatch.command({ key: 'cli:1', params: 1 }, id, { command, actor, standing });
  if (answer.kind !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(answer)}`);
  return { scene, db, deliver, adapters, rollout: answer.rollout, carryOut: () => deliver.run(answer.claimed) };
}

/** What a terminal shows, and each line as it comes. */
function terminal(onLine: (line: string) => void = () => undefined) {
  const lines: string[] = [];
  const print = (line: string): void => {
    lines.push(line);
    onLine(line);
  };
  return { lines, print };
}

/** Neither what to look at nor what to carry out is there, as when the database is gone. */
const hide = ({ db }: Scene) =>
  db.query('alter table rollouts rename to hidden; alter table effects rename to hidden_effects');
const show = ({ db }: Scene) =>
  db.query('alter table hidden rename to rollouts; alter table hidden_effects rename to effects');

test('a database that fails for a while is told once, and waiting goes on until it is read back', async () => {
  const { scene, carryOut, ...parts } = await ordered();
  await hide(scene);
  const { lines, print } = terminal((line) => {
    if (line.startsWith('NOT SEEN')) void show(scene).then(carryOut);
  });
  expect(await waitForReadBack({ ...parts, waitMs: LONG_MS, print })).toBe(true);
  expect(lines).toEqual([
    expect.stringMatching(/^NOT SEEN, the bot's database does not answer: .*rollouts/),
    'Rolled back to 0 % and read back.',
  ]);
  expect(scene.target.exposure).toBe(0);
});

test('a database that stays away ends in what to do by hand', async () => {
  const { scene, carryOut: _never, ...parts } = await ordered();
  await hide(scene);
  const { lines, print } = terminal();
  expect(await waitForReadBack({ ...parts, waitMs: 1_000, print })).toBe(false);
  expect(lines[1]).toBe('NOT ROLLED BACK YET. The order is kept and the bot goes on trying. Do this by hand:');
  expect(lines.at(-1)).toMatch(/^ {2}\S.*\b0\b/);
  expect(lines).toHaveLength(3);
});

test('a target that refuses is told with its words and its tries, once, and then by hand', async () => {
  const { scene, carryOut, ...parts } = await ordered();
  const away = new TargetError('unreachable', 'flag table: connection refused', { retryable: true });
  for (let time = 0; time < 50; time += 1) scene.target.failNext(away, 'set');
  await carryOut();
  const { lines, print } = terminal();
  expect(await waitForReadBack({ ...parts, waitMs: 1_000, print })).toBe(false);
  expect(lines[0]).toMatch(/^NOT YET APPLIED \(1 try\): .*connection refused/);
  expect(lines[1]).toMatch(/^NOT ROLLED BACK YET\. /);
  expect(lines[2]).toMatch(/^ {2}\S.*\b0\b/);
  expect(lines).toHaveLength(3);
});

/** A process dies after `off` was refused and before `set` was answered: another one goes the whole way again. */
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { createAdapters } from '../../src/adapters/index.js';
import { createDeliver } from '../../src/deliver/index.js';
import { freeDead } from '../../src/store/effects.js';
import { startWorker } from '../../src/store/workers.js';
import { OPEN_PLAN } from '../rollout/fixture.js';
import { hears, load, newKey, openStore, planNamed, rehearsed, rollback, started } from '../store/store.js';
import { configFor, startFlagService, status, TOKEN, targetAt } from '../targets/flag-service.js';

const PATH = '/flags/checkout';

test('off is refused, the process dies, and another takes users out', async () => {
  const [store, service] = await Promise.all([openStore(), startFlagService()]);
  onTestFinished(async () => {
    await service.close();
    await store.close();
  });
  const fill = (text: string) => text.replace(`\${ADMIN_URL}`, service.url).replace(`\${ADMIN_TOKEN}`, TOKEN);
  const { set } = configFor();
  const config = configFor({ off: { method: 'DELETE', url: set.url, headers: set.headers } });
  const [targetKey = ''] = targetAt(service, config).keys;
  const plan = { ...OPEN_PLAN, targets: [{ name: 'flag', config }] };
  const { id } = await started(store, planNamed('checkout', { plan, targetKey }));
  await rehearsed(store, id);
  const {
    exposure: { movedSeq },
  } = (await load(store, id)).rollout;
  await hears(store, id, { type: 'raised', movedSeq, exposure: 10 });
  service.flags.set(PATH, { rollout: 10, enabled: true });
  await store.db.query(`update effects set state = 'done', done_at = now() where rollout_id = $1`, [id]);

  const process = async () => {
    const worker = await startWorker(store.url, { wake: () => undefined, error: () => undefined });
    const deliver = createDeliver({
      db: store.db,
      worker: worker.id,
      dispatch: store.another({ worker: worker.id }),
      sender: null,
      log: pino({ level: 'silent' }),
      adapters: createAdapters({ fill, network: {} }),
    });
    return { worker, deliver };
  };
  const writes = () =>
    service
      .seen()
      .filter((request) => !request.startsWith('GET'))
      .map((request) => request.split(' ')[0]);
  const refuseOff = () => service.answerNext(status(403), (method) => method === 'DELETE');

  refuseOff();
  let answerLate = () => {};
  service.answerNext(
    (_request, response) => {
      answerLate = () => response.writeHead(204).end();
    },
    (method) => method === 'PUT',
  );
  const one = await process();
  await store.dispatch.command({ key: newKey(), params: 'rollback' }, id, rollback());
  const dying = one.deliver.pump(id);
  await expect.poll(writes).toEqual(['DELETE', 'PUT']);
  await one.worker.close();

  refuseOff();
  const other = await process();
  onTestFinished(() => other.worker.close());
  await freeDead(store.db, other.worker.id);
  await other.deliver.pump(id);
  expect(writes()).toEqual(['DELETE', 'PUT', 'DELETE', 'PUT']);
  expect(service.flags.get(PATH)).toEqual({ rollout: 0, enabled: false });
  const { rollout } = await load(store, id);
  expect(rollout.phase).toBe('rolled_back');
  expect(rollout.rollback?.left).toMatch(/^flag: off was refused, so set was told to be off /);
  // What the dead one hears later changes nothing.
  answerLate();
  await dying;
  expect((await load(store, id)).rollout.seq).toBe(rollout.seq);
});

import { expect, onTestFinished, test } from 'vitest';
import { WHO } from '../support/scene.js';
import { TARGETS } from '../support/scene-target.js';
import { PLAN } from '../support/scene-words.js';
import { createFlagTable } from '../targets/flag-table.js';
import { baked, bakingAtHalf, MINUTE, posts, SECOND, stage, waitingForHalf } from './on-stage.js';

const FLAG = PLAN.replaceAll('bake: 5m', 'bake: 1m').replace(
  '{ kind: memory, name: $TARGET }',
  `{ kind: postgres, url: "\${SHOP_DATABASE_URL}", table: feature_flags, rows: { name: [NEW_CHECKOUT] }, columns: { exposure: rollout_percentage, enabled: enabled } }`,
);

type Table = Awaited<ReturnType<typeof createFlagTable>>;

async function table(): Promise<Table> {
  const made = await createFlagTable();
  onTestFinished(() => made.close());
  return made;
}

async function percent({ sql }: Table): Promise<number> {
  const [row] = await sql<{ p: number }>(
    `select rollout_percentage::float8 as p from feature_flags where name = 'NEW_CHECKOUT'`,
  );
  return row?.p ?? Number.NaN;
}

test.each(TARGETS)(
  'a switch pulled by hand after the last check is not pushed back by an approval that never saw it; on %s',
  async (target) => {
    const scene = await stage({
      target,
      plan: PLAN.replaceAll('bake: 5m', 'bake: 1m').replaceAll('check_every: 1m', 'check_every: 10m'),
    });
    await waitingForHalf(scene);
    scene.target.exposure = 0;
    await scene.click(WHO.lea, 'rollout_approve');
    expect(scene.target.exposure).toBe(0);
    expect(await scene.rollout()).toMatchObject({
      phase: 'held',
      held: { cause: 'drift_down' },
      exposure: { confirmed: 0, wanted: 0 },
    });
  },
);

test('a switch pulled by hand while a raise is called back keeps no bake: the next stage is the first again', async () => {
  const scene = await stage();
  await bakingAtHalf(scene);
  await baked(scene);
  await scene.command(WHO.opal, 'advance');
  scene.target.hangNext('set');
  await scene.click(WHO.lea, 'rollout_approve');
  scene.target.exposure = 0;
  await scene.command(WHO.opal, 'pause what happens');
  await scene.passUntil('it is read back', async () => (await scene.rollout()).exposure.wanted === 0);
  expect(await scene.rollout()).toMatchObject({
    phase: 'held',
    held: { cause: 'drift_down' },
    stage: { no: 0 },
    exposure: { confirmed: 0 },
  });
  await scene.command(WHO.opal, 'resume');
  await scene.command(WHO.opal, 'advance');
  expect(scene.target.exposure).toBeLessThanOrEqual(10);
});

test('after a restart that points at another database nothing is moved there, and nothing read there is believed', async () => {
  const [a, b] = [await table(), await table()];
  let url = a.url;
  const scene = await stage({ plan: FLAG, fill: (value) => value.replace(/\$\{SHOP_DATABASE_URL\}/, url) });
  await scene.command(WHO.opal, 'start new-checkout');
  await baked(scene);
  expect(await percent(a)).toBe(10);
  url = b.url;
  await scene.restart();
  await expect.poll(() => scene.rollout()).toMatchObject({ phase: 'held', held: { cause: 'target_changed' } });
  await scene.command(WHO.opal, 'resume');
  await scene.command(WHO.opal, 'advance');
  if ((await scene.phase()) === 'awaiting_approval') await scene.click(WHO.lea, 'rollout_approve');
  expect(await percent(b)).toBe(0);
  await scene.command(WHO.opal, 'rollback');
  await scene.pass(40 * SECOND, 5 * SECOND);
  expect(await scene.phase()).toBe('rolling_back');
  const [incident] = posts(scene, 'incident:').slice(-1);
  expect(scene.read(incident)).toContain('NOT YET APPLIED');
  expect(scene.read(incident)).toContain(a.url.split('/').at(-1)?.split('?')[0] ?? 'no name');
  url = a.url;
  await scene.restart();
  await scene.pass(10 * SECOND, 5 * SECOND);
  expect(await percent(a)).toBe(0);
  expect(await scene.phase()).toBe('rolled_back');
});

test('a mention that is delivered hours late advances nothing', async () => {
  const plan = PLAN.replaceAll('bake: 5m', 'bake: 1m').replaceAll(', approve: [engineering-lead]', '');
  const scene = await stage({ plan });
  await scene.command(WHO.opal, 'start new-checkout');
  await baked(scene);
  const { createHmac } = await import('node:crypto');
  const hoursAgo = Math.floor(Date.now() / 1000) - 6 * 3600;
  const event = {
    type: 'app_mention',
    user: WHO.opal,
    text: '<@U0ROLLOUT> advance',
    ts: `${hoursAgo}.000100`,
    event_ts: `${hoursAgo}.000100`,
    channel: 'C0SHOP',
  };
  const body = JSON.stringify({
    type: 'event_callback',
    event_id: 'EvLATE',
    event_time: hoursAgo,
    team_id: scene.slack.workspace.teamId,
    event,
  });
  const stamp = String(Math.floor(Date.now() / 1000));
  const signature = `v0=${createHmac('sha256', scene.slack.signingSecret).update(`v0:${stamp}:${body}`).digest('hex')}`;
  const headers = {
    'content-type': 'application/json',
    'x-slack-signature': signature,
    'x-slack-request-timestamp': stamp,
    'x-slack-retry-num': '3',
  };
  const { status } = await fetch(scene.slack.requestUrl ?? '', { method: 'POST', body, headers });
  await scene.settle();
  expect(status).toBe(200);
  expect(scene.target.exposure).toBe(10);
  expect(await scene.phase()).toBe('ready');
  await scene.pass(MINUTE, 30 * SECOND);
  expect(scene.target.exposure).toBe(10);
});

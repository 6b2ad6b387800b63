import { afterEach, describe, expect, test } from 'vitest';
import { openScene, type Scene, SHOP, TRANSPORTS, WHO } from '../support/scene.js';

describe.each(TRANSPORTS)('a mention over %s', (transport) => {
  let scene: Scene;
  afterEach(() => scene.close());

  test('is acked only once it is durable, so that one lost in a crash is delivered again', async () => {
    let armed = false;
    let release = () => {};
    let arrived = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const beforeTheWrite = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    scene = await openScene({
      transport,
      onCrashPoint: async (step) => {
        if (!armed || step !== 'FP02') return;
        armed = false;
        arrived();
        await gate;
      },
    });
    await scene.command(WHO.opal, 'start new-checkout');
    const order: string[] = [];
    armed = true;
    const threadTs = scene.live()?.ts ?? '';
    const said = scene.slack
      .say({ user: WHO.opal, channel: SHOP, text: '<@U0ROLLOUT> pause lunch', threadTs })
      .then(() => order.push('acked'));
    await beforeTheWrite;
    for (let i = 0; i < 5; i += 1) await scene.db.query('select 1');
    expect(order).toEqual([]);
    release();
    await said;
    await scene.settle();
    expect(await scene.phase()).toBe('held');
    expect(await scene.events()).toContain('paused');
  });
});

import { expect, onTestFinished, test } from 'vitest';
import { openRoom } from '../scenarios/room.js';
import { WHO } from '../support/scene.js';

test('help offers the plans that could start, says who may, and names those whose variables are not set', async () => {
  const room = await openRoom({ transport: 'http' });
  onTestFinished(() => room.close());
  const columns = 'columns: { exposure: rollout_percentage, enabled: enabled }';
  const targetLine = `{ kind: postgres, url: "\${NOWHERE_SET_URL}", table: flags, rows: { name: [A] }, ${columns} }`;
  await room.addPlan('not-ready', { targetLine });
  const said = await room.ask(WHO.otto, 'help');
  expect(said).toContain('`/rollout start new-checkout` begins it (its operators)');
  expect(said).toContain('Not ready, a variable is not set: not-ready');
  expect(said).not.toContain('/rollout start not-ready');
});

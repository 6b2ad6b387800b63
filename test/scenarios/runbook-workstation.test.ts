/** examples/workstation.yml: two variables of a platform, moved by the team's own program; live a while after it was told. */
import { expect, onTestFinished, test } from 'vitest';
import { createPrograms } from '../support/programs-folder.js';
import { WHO } from '../support/scene.js';
import { MINUTE, openRunbook } from './on-a-runbook.js';

/** Orders a deployment once, which is live at the second look; off goes back to a deployment that is there already. */
const ROLLOUT = `#!/bin/sh
cd "$(dirname "$0")" || exit 1
[ -n "$VERCEL_TOKEN" ] || exit 77
[ -f live ] || { echo 0 >live; echo 0 >ordered; echo false 0 >variables; }
case "$1" in
set)
  if [ "$(cat ordered)" != "$2" ]; then echo "$2" >ordered; echo true "$2" >variables; echo "$2" >>deployments; rm -f looked; fi ;;
off) echo 0 >live; echo 0 >ordered; echo false 0 >variables ;;
read) if [ -f looked ]; then cat ordered >live; fi; touch looked; cat live ;;
esac
`;

async function workstation(withoutItems = false) {
  const programs = await createPrograms({ rollout: ROLLOUT });
  onTestFinished(() => programs.close());
  const runbook = await openRunbook({
    name: 'workstation',
    withoutItems,
    variables: ({ url }) => ({ WORKSTATION_METRICS_URL: `${url}/summary.json`, VERCEL_TOKEN: 'token-of-the-platform' }),
    groups: {
      'engineering-lead': [WHO.lea, WHO.lou],
      'on-call': [WHO.oscar],
      devops: [WHO.oscar],
      support: [WHO.otto],
      product: [WHO.otto],
    },
    folders: { '/opt/workstation': programs.path },
    healthy: { 'error-rate': 0.05, exceptions: 0, 'api-time': 300, 'page-load': 1.8, engagement: 240 },
  });
  await runbook.start({ lighthouse: 91, tickets: 2 });
  if (!withoutItems) {
    // The prerequisites of the first stage keep nothing from beginning, and everybody from having it.
    const refused = await runbook.room.press(WHO.lea, 'rollout_approve');
    expect(refused).toContain('Something that is to be done before is not done');
    expect(refused).toContain('Staging deployment successful (phase 6.2)');
    expect(await runbook.room.phase()).toBe('awaiting_approval');
    expect(await programs.read('deployments')).toBe('');
  }
  await runbook.doAll();
  await runbook.approve(WHO.lea);
  /** What a fresh page serves, and the variables. */
  const served = async () => [await programs.read('live'), await programs.read('variables')];
  return { ...runbook, programs, served };
}

test('10, 25, 50 and 100 %, one deployment each, and less than 0.1 % errors to leave 50 %', async () => {
  const runbook = await workstation();
  const { room, bake, advance, approve, say, minutes, words, everyItemIsRecorded, served, programs } = runbook;
  expect(await served()).toEqual(['10', 'true 10']);
  // A warning that lets it go on: less than 0.5 % is acceptable here.
  say({ 'error-rate': 0.3 });
  await bake();
  await advance(WHO.lou);
  await bake();
  await advance(WHO.lea);
  // 0.3 % was enough until now. It is no alarm here either, and still nobody leaves 50 % with it.
  await bake();
  await runbook.doAll();
  await room.ask(WHO.opal, 'advance');
  expect(await room.press(WHO.lea, 'rollout_approve')).toContain('error-rate below 0.1');
  expect([await room.phase(), ...(await served())]).toEqual(['awaiting_approval', '50', 'true 50']);
  expect(words()).not.toContain('over its limit');
  // What was measured before counts in the mean.
  say({ 'error-rate': 0.05 });
  await minutes(6);
  expect(await room.press(WHO.lea, 'rollout_approve')).toContain('error-rate below 0.1');
  await minutes(30);
  await approve(WHO.lea);
  await bake();
  expect([await room.phase(), ...(await served())]).toEqual(['completed', '100', 'true 100']);
  expect((await programs.read('deployments')).split('\n')).toEqual(['10', '25', '50', '100']);
  await everyItemIsRecorded('before', 'exit', 'after');
});

test('a Lighthouse of 85 and ten percent more tickets keep 10 % from being left', async () => {
  const { room, bake, report, doAll, minutes, approve, served } = await workstation();
  await report({ lighthouse: 85, tickets: 10 });
  await bake();
  await doAll();
  await room.ask(WHO.opal, 'advance');
  const refused = await room.press(WHO.lea, 'rollout_approve');
  expect(refused).toContain('lighthouse above 85');
  expect(refused).toContain('tickets below 10');
  expect(refused).not.toContain('api-time');
  expect([await room.phase(), ...(await served())]).toEqual(['awaiting_approval', '10', 'true 10']);
  await report({ lighthouse: 86, tickets: 9 });
  // The next round of checks looks at them.
  await minutes(1);
  await approve(WHO.lou);
  expect(await served()).toEqual(['25', 'true 25']);
});

test('more than 0.5 % for five minutes goes to 0, not before', async () => {
  const { room, say, minutes, everyItemIsRecorded, served, falls } = await workstation();
  say({ 'error-rate': 0.6 });
  await minutes(5);
  expect([await room.phase(), ...(await served())]).toEqual(['baking', '10', 'true 10']);
  await falls(2 * MINUTE);
  expect(await served()).toEqual(['0', 'false 0']);
  await everyItemIsRecorded('after_rollback');
});

test('at 100 % the same goes to 50 %, and more than 1 % is off at once', async () => {
  const { room, bake, advance, say, minutes, served, falls } = await workstation(true);
  await bake();
  await advance(WHO.lea);
  await bake();
  await advance(WHO.lea);
  await bake();
  await advance(WHO.lea);
  say({ 'error-rate': 0.6 });
  await room.passUntil('the way down is ordered', async () => (await room.rollout()).exposure.wanted === 50, {
    stepMs: MINUTE,
  });
  // Half of the users, half of the trouble. Were it still over its limit, the next way down would follow at once.
  say({ 'error-rate': 0.2 });
  await minutes(3);
  expect([await room.phase(), ...(await served())]).toEqual(['held', '50', 'true 50']);
  say({ 'error-rate': 1.2 });
  await falls(2 * MINUTE);
  expect(await served()).toEqual(['0', 'false 0']);
});

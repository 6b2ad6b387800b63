import { pino } from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import { WHO } from '../support/scene.js';
import { openRoom, type Room } from './room.js';

describe.each(['http'] as const)('advance over %s', (transport) => {
  let room: Room;
  afterEach(() => room.close());

  const refused = async (text: string): Promise<string> => {
    const before = await room.standing();
    const answer = await room.ask(WHO.opal, text);
    expect(await room.standing()).toEqual(before);
    return answer;
  };

  test('is refused while baking, with every condition, who can clear it and the one command that helps', async () => {
    const logged: string[] = [];
    room = await openRoom({ transport, log: pino({ level: 'info' }, { write: (line) => void logged.push(line) }) });
    await room.ask(WHO.opal, 'start new-checkout');
    await room.pass(10_000, 5_000);
    const answer = await refused('advance');
    const lines = logged.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'command refused');
    expect(lines).toMatchObject([
      { verb: 'advance', reason: 'bake_incomplete', actor: expect.stringContaining(WHO.opal) },
    ]);
    expect(answer).toContain('*Not advanced to 50');
    expect(answer).toMatch(/✖ bake +not done, 10 s of 20 s/);
    expect(answer).toMatch(/✔ health +2 of 2 fine/);
    expect(answer).toMatch(/○ approval +asked next/);
    expect(answer).toContain('nobody can shorten it');
    expect(answer).toContain('engineering-lead (<!subteam^S0LEADS>) can approve, but not who asks');
    expect(answer).toMatch(/`\/rollout why new-checkout`[\s\S]*bake_incomplete/);
    expect(room.target.exposure).toBe(10);
  });

  test('is refused while a check has no number, and says which', async () => {
    room = await openRoom({ transport });
    await room.toReady(WHO.opal);
    room.errors.set({ unknown: 'timeout' });
    await room.passUntil(
      'the check is unknown',
      async () => (await room.rollout()).health.verdicts['error-rate'] === 'unknown',
    );
    const answer = await refused('advance');
    expect(answer).toContain('health_not_known');
    expect(answer).toContain('Error rate');
    expect(answer).toMatch(/✔ bake +done/);
  });

  test.each(['everyone', '100', '100%', '40', '10', 'early'])(
    'to %s is refused, and the next stage is named',
    async (to) => {
      room = await openRoom({ transport });
      await room.toReady(WHO.opal);
      const answer = await refused(`advance ${to}`);
      expect(answer).toContain('not_next_stage');
      expect(answer).toContain('The next stage is half (50 %)');
      expect(answer).toContain(`asked ${to.replace('%', '')}`);
    },
  );

  test.each([
    'advance',
    'advance 50',
    'advance 50% fine',
    'advance half fine',
    'advance new-checkout half',
    'advance fine',
  ])('%s goes on when all holds', async (text) => {
    room = await openRoom({ transport });
    await room.toReady(WHO.opal);
    expect(await room.ask(WHO.opal, text)).toContain('is asked for in the thread');
    expect((await room.rollout()).request).toMatchObject({
      from: 10,
      to: 50,
      reason: /fine/.test(text) ? 'fine' : '',
    });
    expect(room.target.exposure).toBe(10);
  });

  test('is refused at the last stage and while held, with the state and what leads out of it', async () => {
    room = await openRoom({ transport });
    await room.toReady(WHO.opal);
    await room.ask(WHO.opal, 'pause lunch');
    const held = await refused('advance');
    expect(held).toContain('wrong_phase');
    expect(held).toContain('It is paused.');
    expect(held).toContain('`/rollout resume new-checkout`');
  });
});

describe('an unknown verb', () => {
  let room: Room;
  afterEach(() => room.close());

  test('is answered with the one probably meant, and with help when none is near', async () => {
    room = await openRoom({ transport: 'http' });
    expect(await room.ask(WHO.opal, 'advanc')).toContain('you may mean advance');
    expect(await room.ask(WHO.opal, 'rolback')).toContain('you may mean rollback');
    const answer = await room.ask(WHO.opal, 'deploy now');
    expect(answer).toContain('unknown_command');
    expect(answer).not.toContain('you may mean');
    expect(answer).toContain('/rollout help');
  });
});

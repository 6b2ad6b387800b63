import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { createGuard, MOST_UNDER_WAY } from '../../src/jobs/guard.js';

function guardOf() {
  const lines: Record<string, unknown>[] = [];
  const guard = createGuard(pino({ base: null }, { write: (line) => void lines.push(JSON.parse(line)) }));
  return { guard, lines };
}

const hangs = () => new Promise<void>(() => undefined);

describe('a job', () => {
  test('that fails is named, and stops nobody', async () => {
    const { guard, lines } = guardOf();
    await guard('checks', async () => {
      throw new Error('no database');
    });
    expect(lines).toMatchObject([{ job: 'checks', err: { message: 'no database' } }]);
  });

  test('that is slow does not keep the next of it waiting', async () => {
    const { guard } = guardOf();
    let done = 0;
    void guard('checks', hangs);
    await guard('checks', async () => void done++);
    expect(done).toBe(1);
  });

  test('that never ends does not pile up, and holds up no other', async () => {
    const { guard, lines } = guardOf();
    const begun = { checks: 0, deliver: 0 };
    for (let tick = 0; tick < 500; tick += 1) {
      void guard('checks', () => {
        begun.checks += 1;
        return hangs();
      });
      await guard('deliver', async () => void begun.deliver++);
    }
    expect(begun).toEqual({ checks: MOST_UNDER_WAY, deliver: 500 });
    expect(lines).toMatchObject([{ job: 'checks', msg: expect.stringContaining('does not end') }]);
  });

  test('that never ends leaves the least of it being done', async () => {
    const { guard } = guardOf();
    let lowerings = 0;
    const tick = () => guard('deliver', hangs, async () => void lowerings++);
    for (let count = 0; count < MOST_UNDER_WAY; count += 1) void tick();
    await tick();
    await tick();
    expect(lowerings).toBe(2);
  });

  test('is begun again once one of those that hung has ended', async () => {
    const { guard } = guardOf();
    let end = (): void => undefined;
    const first = guard(
      'checks',
      () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
    );
    for (let count = 1; count < MOST_UNDER_WAY; count += 1) void guard('checks', hangs);
    let begun = 0;
    await guard('checks', async () => void begun++);
    end();
    await first;
    await guard('checks', async () => void begun++);
    expect(begun).toBe(1);
  });
});

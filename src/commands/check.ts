import { describe, readChecks } from '../read-outside.js';
import { checksOf } from '../rollout/health/in-force.js';
import { levelRead, whyUnknown } from '../rollout/health/streak.js';
import { NOT_MEASURED, type WhyUnknown } from '../rollout/health/why-unknown.js';
import type { Verdict } from '../rollout/plan/verdict.js';
import { forbids, refusedDetail } from '../rollout/state/authority.js';
import { refusal } from '../rollout/state/refusal.js';
import type { Rollout } from '../rollout/state/rollout.js';
import { renderCheck } from '../slack/words/messages/index.js';
import { loadRollout } from '../store/rollouts.js';
import { dueNow } from '../store/watches.js';
import { refuse } from './moving.js';
import type { Desk, VerbHandler } from './request.js';
import { which } from './which.js';

/** One check as it was read, or as it stands. */
interface Read {
  readonly name: string;
  readonly value: number | null;
  readonly verdict: Verdict;
  readonly why: WhyUnknown | null;
}

/** Reads every check now. What is watched is read as the clock would, and counts; anything else is only shown. */
export const check: VerbHandler = {
  verb: 'check',
  usage: 'check [rollout]',
  does: 'read every check now, not when it is due',
  async run(request, desk) {
    const found = await which(request, desk, 'check');
    if (!found.ok) return refuse('check', found.refusal, null, found.candidates);
    const { rollout, watch, now } = found.loaded;
    const asking = await desk.directory.standing(request.actor, rollout.people);
    const forbidden = forbids('check', asking);
    if (forbidden) {
      const who = { kind: 'who', ok: false, needs: ['operators'] } as const;
      return refuse(
        'check',
        refusal(forbidden, [who], { ...refusedDetail(forbidden, asking), helps: 'status' }),
        found.loaded,
      );
    }
    if (!watch) {
      return {
        rendered: renderCheck({ rollout, watch, now, readings: await once(rollout, now, desk), recorded: false }),
      };
    }
    await dueNow(desk.db, rollout.id);
    await desk.runChecks(rollout.id);
    const after = (await loadRollout(desk.db, rollout.id)) ?? found.loaded;
    return {
      rendered: renderCheck({ ...after, readings: standing(after.rollout, after.watch ?? watch), recorded: true }),
    };
  },
};

function standing({ plan }: Rollout, { streaks }: NonNullable<Parameters<typeof renderCheck>[0]['watch']>): Read[] {
  return plan.checks.map(({ name }) => {
    const streak = streaks[name];
    return { name, value: streak?.value ?? null, verdict: streak?.verdict ?? 'unknown', why: streak?.why ?? null };
  });
}

async function once(rollout: Rollout, now: Date, desk: Desk): Promise<Read[]> {
  try {
    const readings = await readChecks(rollout, desk.adapters.of(rollout), now);
    return checksOf(rollout).map((each): Read => {
      const reading = readings[each.name] ?? NOT_MEASURED;
      const level = levelRead(each, reading);
      const why = level === null ? whyUnknown(each, reading) : null;
      return { name: each.name, value: 'unknown' in reading ? null : reading.value, verdict: level ?? 'unknown', why };
    });
  } catch (error) {
    const why = { kind: 'said', text: describe(error) } as const;
    return rollout.plan.checks.map(({ name }) => ({ name, value: null, verdict: 'unknown', why }));
  }
}

import { decide } from '../rollout/decide.js';
import { plainExposure } from '../rollout/plan/exposure.js';
import type { CommandAsked } from '../rollout/state/commands.js';
import { rolloutName } from '../rollout/state/rollout.js';
import type { Loaded } from '../store/rollouts.js';
import type { Trouble } from '../store/trouble.js';
import type { Target } from '../targets/target.js';
import { print } from './terminal.js';
import type { Store } from './with-store.js';

/** The longest lowering and reading one target may take. */
const TARGET_MS = 12_000;

/**
 * The way down while the database takes no writes: nothing can be recorded, but a lowering needs no record to be safe. It goes where
 * the rules say, straight to the targets, and says what the bot does not know. Always 1: the rollback itself is still to be given.
 */
export async function lowerUnrecorded(
  { adapters }: Pick<Store, 'adapters'>,
  { loaded, asked, trouble }: { readonly loaded: Loaded; readonly asked: CommandAsked; readonly trouble: Trouble },
): Promise<number> {
  const { rollout, watch, now } = loaded;
  const decision = decide(rollout, asked, { now, watch });
  const place = decision.outcome === 'accepted' ? decision.after.exposure.wanted : rollout.exposure.wanted;
  const name = rolloutName(rollout);
  print(`The rollback of ${name} cannot be recorded: ${trouble.words}.`);
  if (decision.outcome === 'refused' || place > rollout.exposure.confirmed) {
    print('Nothing was done.');
    return 1;
  }
  const { targets, changed } = adapters.of(rollout);
  if (changed !== null) {
    print(`Nothing was done: ${changed}.`);
    return 1;
  }
  print(`Lowering its targets to ${plainExposure(rollout.plan, place)} without a record …`);
  const lowered = await Promise.all(targets.map((target) => lowerOne(target, place)));
  for (const { words } of lowered) print(`  ${words}`);
  print(`${name} may still be shown as it was, and a raise that was already under way may come after this.`);
  print('Give the rollback again as soon as the database takes writes.');
  if (lowered.some(({ down }) => !down))
    for (const line of adapters.byHand({ ...rollout, exposure: { ...rollout.exposure, wanted: place } })) print(line);
  return 1;
}

async function lowerOne(target: Target, place: number): Promise<{ readonly down: boolean; readonly words: string }> {
  const signal = AbortSignal.timeout(TARGET_MS);
  try {
    await target.lower(place, signal);
    const { exposure, detail } = await target.read(signal);
    return { down: exposure <= place, words: `${target.name} was written, and reads: ${detail}` };
  } catch (error) {
    return { down: false, words: error instanceof Error ? error.message : `target ${target.name}: not lowered` };
  }
}

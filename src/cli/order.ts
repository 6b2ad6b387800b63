import { randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { nameAt, writable } from '../commands/grammar.js';
import { waitForReadBack } from '../commands/read-back.js';
import { readRollback } from '../rollout/moves/orders.js';
import { plainExposure } from '../rollout/plan/exposure.js';
import { rolloutName } from '../rollout/state/rollout.js';
import type { VerbWith } from '../rollout/state/verbs.js';
import { marked, toPlain } from '../slack/words/inline.js';
import { insteadWords, renderRefusal } from '../slack/words/messages/index.js';
import { troubleOf } from '../store/trouble.js';
import { rolloutNamed } from './named.js';
import { print } from './terminal.js';
import { lowerUnrecorded } from './unrecorded.js';
import { type Store, withStore } from './with-store.js';

/** How long a rollback waits for its read-back before it says "not yet" and leaves the trying to the bot. */
const WAIT_MS = 60_000;

/** `rollout rollback` and `rollout pause`: the orders that are given with Slack and the bot down. */
export function order(verb: VerbWith<'cli', 'order'>, words: readonly string[]): Promise<number> {
  return withStore((store) => command(store, verb, words));
}

async function command(store: Store, verb: VerbWith<'cli', 'order'>, words: readonly string[]): Promise<number> {
  const [name, ...behind] = words.map(writable);
  // In quotes the shell hands on `checkout to 10` as one word.
  const rest = [nameAt(name ?? '')?.rest ?? '', ...behind].filter((word) => word !== '');
  const loaded = await rolloutNamed(store.db, verb, name);
  if (!loaded) return 2;
  const { rollout } = loaded;
  const actor = { kind: 'cli', name: `${userInfo().username}@${hostname()}` } as const;
  const asked =
    verb === 'pause'
      ? ({ type: 'pause', reason: rest.join(' ') } as const)
      : ({ type: 'rollback', ...readRollback(rollout.plan, rest.join(' ')) } as const);
  const standing = { who: 'cli', roles: [], lastKnownRoles: [] } as const;
  const delivery = { key: `cli:${randomUUID()}`, params: asked };
  const given = { command: asked, actor, standing };
  const answer = await store.dispatch.command(delivery, rollout.id, given).catch((error: unknown) => {
    const trouble = verb === 'rollback' ? troubleOf(error) : null;
    if (!trouble) throw error;
    return trouble;
  });
  if ('words' in answer) return lowerUnrecorded(store, { loaded, asked: given, trouble: answer });
  if (answer.kind === 'refused') {
    const { text } = renderRefusal({ refusal: answer.refusal, verb, rollout, watch: loaded.watch, now: loaded.now });
    print(toPlain([marked(text)]));
    return 1;
  }
  const carriedOut = answer.kind === 'accepted' ? store.deliver.run(answer.claimed) : undefined;
  if (verb === 'pause') {
    await carriedOut;
    print(
      `${rolloutName(rollout)} is paused at ${plainExposure(rollout.plan, answer.rollout?.exposure.confirmed ?? rollout.exposure.confirmed)}.`,
    );
    return 0;
  }
  print(`Rolling back ${rolloutName(rollout)} from ${plainExposure(rollout.plan, rollout.exposure.confirmed)} …`);
  const instead = toPlain(insteadWords(answer.rollout ?? rollout));
  if (answer.kind === 'accepted' && instead !== '') print(instead);
  const ordered = { ...store, rollout: answer.rollout ?? rollout, waitMs: WAIT_MS, print };
  return (await waitForReadBack(ordered)) ? 0 : 1;
}

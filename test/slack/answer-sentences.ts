/** What `why`, `status` and the direct message about a pause may say, and what posts and answers must not leave out. */
import { bakeNeededMs, isTerminal, nextStage } from '../../src/rollout/state/rollout.js';
import { isCounting, rulesOfStage, type Scene } from './sentences.js';

export type Known = readonly [pattern: RegExp, isSo: (scene: Scene, ...found: string[]) => boolean];

const WORDS: Readonly<Record<string, string>> = {
  ready: 'ready',
  awaiting_approval: 'waiting for approval',
  applying: 'being raised',
  held: 'paused',
  baking: 'baking',
  starting: 'starting',
  rolling_back: 'rolling back',
  rolled_back: 'rolled back',
  completed: 'complete',
  not_started: 'not started',
};
const MIN = 60_000;
export const phaseWord = (scene: Scene): string => WORDS[phaseOf(scene)] ?? '';
const phaseOf = ({ ctx }: Scene) => ctx.rollout.phase;
const stopped = ({ ctx }: Scene) => ctx.watch?.stopped ?? null;
const observed = ({ ctx: { rollout, watch } }: Scene) =>
  rollout.bake.done ? Math.max(rollout.bake.observedMs, bakeNeededMs(rollout)) : (watch?.observedMs ?? 0);
const hours = (ms: number) => (ms === 0 ? '0 s' : `${ms / (60 * MIN)} h`);
const quoted = (words: string) => words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const isReadBack = ({ ctx }: Scene) => Boolean(ctx.rollout.rollback?.confirmedAt);
const isBaking = (scene: Scene) => isCounting({ ...scene, ctx: { ...scene.ctx, watch: null } });

function isWhyHeld({ ctx }: Scene, why: string): boolean {
  switch (ctx.rollout.held?.cause) {
    case 'paused_by_person':
      return why === '“lunch”';
    case 'check_holds':
      return why === 'a check is beyond a limit that pauses the rollout (Errors)';
    case 'no_data':
      return why === 'there is no data';
    default:
      return false;
  }
}

export const ANSWERS: readonly Known[] = [
  [/^Note: “numbers look good”$/, ({ ctx }) => ctx.rollout.note === 'numbers look good'],
  [/^`new-checkout#1`$/, (scene) => scene.message.template === 'status'],
  [/^```$/, () => true],
  // the next move
  [
    /^(?:Missing|Nothing is missing) before (\d+) % .+:$/,
    (scene, percent) => nextStage(scene.ctx.rollout)?.exposure === Number(percent) && phaseOf(scene) !== 'rolling_back',
  ],
  [
    /^(?:Missing|Nothing is missing) before the end \(there is no further stage\):$/,
    (scene) => nextStage(scene.ctx.rollout) === undefined && !isTerminal(phaseOf(scene)),
  ],
  [/^✖ state {5}(.+)$/, (scene, word) => phaseWord(scene) === word],
  [
    /^([✔✖]) bake {6}(done|not done), (.+) of (.+)$/,
    (scene, mark, word, was, needed) =>
      (mark === '✔') === (word === 'done') &&
      (word === 'done') === scene.ctx.rollout.bake.done &&
      was === hours(observed(scene)) &&
      needed === hours(bakeNeededMs(scene.ctx.rollout)),
  ],
  [/^[✔✖] health {4}\d of \d fine(?:, .+)?$/, () => true],
  [/^○ approval {2}asked next$/, ({ ctx }) => ctx.rollout.request === undefined],
  [/^✖ approval {2}still open$/, ({ ctx }) => ctx.rollout.request !== undefined],
  // what moves it
  [/^This clears by itself once the readings are fine again\.(?: Since .+\.)?$/, () => true],
  [/^• (?:✖|○|\*).*$/, () => true],
  [
    /^• The bake ends about .+ unless it is interrupted; nobody can shorten it\. To go on earlier: an override, with a reason and somebody else’s approval\. Since .+\.$/,
    (scene) => isCounting(scene) && nextStage(scene.ctx.rollout) !== undefined,
  ],
  [
    /^• The bake ends about .+ unless it is interrupted; nobody can shorten it\. Since .+\.$/,
    (scene) => isCounting(scene) && nextStage(scene.ctx.rollout) === undefined,
  ],
  [
    /^• The bake goes on after that, once this is over: Errors has (?:had no data for .+ \(timeout\)|been beyond its limit for .+)\. Since .+\.$/,
    (scene) => phaseOf(scene) === 'held' && stopped(scene) !== null,
  ],
  [
    /^• Bake stands still: Errors has (?:had no data|been beyond its limit) for .+\. It goes on by itself when that is over\. Since .+\.$/,
    (scene) => stopped(scene) !== null && ['baking', 'awaiting_approval'].includes(phaseOf(scene)),
  ],
  [
    /^• The bake goes on after that\. Since .+\.$/,
    (scene) => phaseOf(scene) === 'held' && !scene.ctx.rollout.bake.done,
  ],
  [/^The bake is done since .+\.$/, ({ ctx }) => ctx.rollout.bake.done],
  [
    /^• Asked next: .+ can approve, but not who asks\.$/,
    ({ ctx }) => ctx.rollout.request === undefined && nextStage(ctx.rollout)?.approve !== undefined,
  ],
  [/^• .+ can approve: 0 of 1, expires .+\. Since .+\.$/, ({ ctx }) => ctx.rollout.request !== undefined],
  [
    /^• Paused (?:by <@UOPAL> )?since .+: .+\. Operators go on with `\/rollout resume new-checkout`\.$/,
    (scene) => phaseOf(scene) === 'held',
  ],
  [
    /^• A request is open; it is decided by its buttons in the thread\. Since .+\.$/,
    (scene) => phaseOf(scene) === 'awaiting_approval' && scene.ctx.rollout.request !== undefined,
  ],
  [
    /^• Wait for the read-back; without it the raise fails at .+\. Since .+\.$/,
    (scene) => phaseOf(scene) === 'applying' && scene.ctx.rollout.raise !== undefined,
  ],
  [/^• Targets and checks are being read; that takes seconds\. Since .+\.$/, (scene) => phaseOf(scene) === 'starting'],
  // the way down and the end
  [/^It is being rolled back from \d+ % to \d+ %: .+\.$/, (scene) => phaseOf(scene) === 'rolling_back'],
  [/^Not read back yet, ordered at .+\. I keep trying\.$/, ({ ctx }) => ctx.rollout.rollback?.confirmedAt === null],
  [/^This run is over(?: since .+)?: .+\.$/, (scene) => isTerminal(phaseOf(scene))],
  [
    /^A new one can begin once the targets have been read again\.$/,
    ({ ctx }) => !ctx.rollout.exposure.settled && ctx.rollout.rollback !== null,
  ],
  [/^A new one begins with `\/rollout start new-checkout`$/, ({ ctx }) => ctx.rollout.exposure.settled],
  [/^To take it back: `\/rollout rollback new-checkout#1`$/, ({ ctx }) => ctx.rollout.exposure.confirmed > 0],
  [
    /^The cause is gone: begins at the first stage again\. .+$/,
    (scene) => phaseOf(scene) === 'rolled_back' && scene.ctx.rollout.rollback?.cause.by.kind === 'bot',
  ],
  [
    /^In that run no stage had finished its bake, so a new run begins at the first stage\.$/,
    ({ ctx }) => ctx.rollout.bake.last === null,
  ],
  [/^\*Rolled back\* 50 % → 0 % at .+$/, ({ ctx }) => ctx.rollout.rollback?.confirmedAt !== null],
  [
    /^(?:At .+, r|R)ead back 1\.4 s after the order \(promise 30 s: kept\)$/,
    ({ ctx }) => ctx.rollout.rollback?.confirmedAt !== null,
  ],
  [/^Reading the targets again until it is certain\.$/, ({ ctx }) => !ctx.rollout.exposure.settled],
  [/^\*Now\* 10 % → 50 %, not read back yet$/, (scene) => phaseOf(scene) === 'applying'],
  [/^\*Ordered\* by <@ULEA> at .+, fails unless read back by .+$/, ({ ctx }) => ctx.rollout.raise !== undefined],
  [/^\*Now\* reading the targets and every check once$/, (scene) => phaseOf(scene) === 'starting'],
  [/^\*Ended\* .+, not watched any more$/, (scene) => isTerminal(phaseOf(scene))],
  [
    /^\*Next\* (\d+) % .+, needs (?:engineering-lead|no approval)$/,
    ({ ctx: { rollout } }, percent) => !rollout.request && nextStage(rollout)?.exposure === Number(percent),
  ],
  [
    /^\*Next\* (\d+) % .+, needs engineering-lead \(0 of 1\)$/,
    ({ ctx: { rollout } }, percent) => rollout.request?.to === Number(percent),
  ],
  [
    /^\*Next\* completed after this bake$/,
    ({ ctx: { rollout } }) => nextStage(rollout) === undefined && !rollout.bake.done,
  ],
  [/^\*Next\* check that it goes down: .+$/, (scene) => scene.message.template === 'incident' && !isReadBack(scene)],
  [/^\*?Paused\*? (?:by <@UOPAL> )?since .+?(?: UTC| \(0 s\)): (.+)$/, (scene, why = '') => isWhyHeld(scene, why)],
  // posts that may come late
  [
    /^Watching 4 checks every 1 m until about .+ \(bake 4 h\)\.$/,
    (scene) => isBaking(scene) && scene.ctx.rollout.stage.no === 2,
  ],
  [
    /^Ready for (\d+) % .+, needs engineering-lead$/,
    (scene, percent) => phaseOf(scene) === 'ready' && nextStage(scene.ctx.rollout)?.exposure === Number(percent),
  ],
  [/^\*Complaints, please\* · New checkout$/, () => true],
  [/^How many\?$/, () => true],
  [/^Until then it is unknown, and the bake stands still\.$/, isBaking],
  [/^Until then it is unknown\.$/, (scene) => !isBaking(scene)],
  // summaries of the bake
  [
    /^\*50 %: 4 h of (\d) h baked\*/,
    ({ ctx: { rollout } }, needed) =>
      Number(needed) === (rollout.stage.no === 2 ? bakeNeededMs(rollout) : 4 * 60 * MIN) / (60 * MIN),
  ],
  // told directly
  [/^⏸ <@ULEA> paused \*New checkout\* at 50 %: “support calls”$/, () => true],
  [/^To go on: `\/rollout resume new-checkout`$/, (scene) => phaseOf(scene) === 'held'],
  [
    /^It is (.+) at (\d+) % by now\.$/,
    (scene, word, percent) =>
      phaseWord(scene) === word &&
      Number(percent) === scene.ctx.rollout.exposure.confirmed &&
      !(scene.message.template === 'paused' && phaseOf(scene) === 'held'),
  ],
  [/^You started it; it is followed in <#CSHOP>$/, () => true],
];

/** What has to be said in this state, where it is answered or shown how the rollout is. */
export function mustSay(scene: Scene): readonly (readonly [what: string, said: RegExp])[] {
  const { message, ctx } = scene;
  const { rollout, watch } = ctx;
  if (!['live', 'status', 'why'].includes(message.template) || isTerminal(rollout.phase)) return [];
  const { held, request, raise, rollback } = rollout;
  const must: [string, RegExp][] = [];
  if (held) {
    const who = held.by.kind === 'slack' && held.cause === 'paused_by_person' ? `<@${held.by.userId}>` : '';
    const why = { paused_by_person: '', check_holds: 'beyond a limit that pauses the rollout', no_data: 'no data' };
    const words = why[held.cause as keyof typeof why];
    must.push(['the hold', new RegExp(`Paused\\*? .*${quoted(who)}.*since .+${words}.*${quoted(held.note)}`)]);
  }
  if (request) must.push(['the request', /engineering-lead.*0 of 1/], ['when it expires', /[Ee]xpires /]);
  if (raise) must.push(['the raise', /not read back yet|Wait for the read-back/]);
  if (rollback) must.push(['the rollback', /50 % (?:→|to) 0 %/], ['that it is not read back', /[Nn]ot read back yet/]);
  if (rollout.phase !== 'rolling_back' && rollout.phase !== 'starting') {
    if ((rollout.bake.restarts ?? 0) > 0 && !rollout.bake.done && rollout.stage.no > 0)
      must.push(['that the bake started over', /[Ss]tarted over once/]);
    if (stopped(scene) && isBaking(scene)) must.push(['why the bake stands still', /Bake stands still: Errors has /]);
    const broken = watch?.streaks.errors?.verdict === 'critical' ? watch.streaks.errors.value : null;
    const limit = rulesOfStage(scene, 'errors', rollout.stage.no).find(
      ({ act, value }) => act !== 'warn' && value !== undefined && broken !== null && broken >= value,
    );
    if (limit) must.push(['the broken limit', new RegExp(`Over limit\\* Errors ${broken} %.* ${limit.value}\\b`)]);
  }
  return must;
}

import type { Adapters } from '../../adapters/index.js';
import type { ConfigParts } from '../../config.js';
import type { LoadedPlan } from '../../plans/read/load.js';
import { formatProblem } from '../../plans/values/problem.js';
import { isSet, variablesIn, variablesOf } from '../../plans/values/variables.js';
import { untried } from '../../rollout/plan/places.js';
import type { CheckPlan, Plan, TargetPlan } from '../../rollout/plan/plan.js';
import { canBeGranted } from '../../rollout/plan/quorum.js';
import type { Holder } from '../../rollout/state/commands.js';
import { NotFound } from '../../slack/people/last-known.js';
import type { PeopleFound, Survey } from '../../slack/survey.js';
import { quorumNames } from '../../slack/words/phrases/people.js';
import { untriedLine } from '../../slack/words/places.js';
import { type Diagnosis, fail, ok, skip, type Topic, warn } from '../diagnosis.js';
import { type Looked, lookAtCheck, lookAtTarget } from '../readings.js';
import type { DoctorCheck } from './examine.js';
import { slackLacks, slackTrouble } from './slack.js';

export interface PlanParts {
  readonly parts: ConfigParts;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly survey: Survey | null;
  /** Null: PROBE_NETWORKS is wrong, so nothing may be read. */
  readonly adapters: Adapters | null;
}

const UNTRIED = 'try it by hand once, or write `rehearse: write` where that does no harm';

type Diagnoses = readonly [Diagnosis, ...Diagnosis[]];

/** Everything about one plan file; one line and no more when it cannot be read. */
export function looksAtPlan(loaded: LoadedPlan, parts: PlanParts): DoctorCheck[] {
  return planLooks(loaded, parts).map((look) => ({ ...look, group: 'plans' }));
}

function planLooks({ file, name, result }: LoadedPlan, parts: PlanParts): DoctorCheck[] {
  const about = { plan: name, what: '' };
  if (!result.ok) {
    const problems = result.problems.map((problem) =>
      fail(about, formatProblem(file, problem), 'correct the file; docs/reference/plan-file.md explains every key'),
    );
    const none = fail(about, 'cannot be read', 'see docs/reference/plan-file.md');
    return [{ about, look: async () => [problems[0] ?? none, ...problems.slice(1)] }];
  }
  const { plan } = result;
  return [
    { about, look: async () => [planDiagnosis(about, plan), variablesDiagnosis(plan, parts.env)] },
    ...wayBackLooks(of(plan, 'way back'), plan),
    { about: of(plan, 'channel'), look: async () => [await channelDiagnosis(of(plan, 'channel'), plan, parts)] },
    { about: of(plan, 'people'), look: () => peopleDiagnoses(of(plan, 'people'), plan, parts) },
    ...plan.targets.map((target) => targetLook(plan, target, parts)),
    ...plan.checks.map((check) => checkLook(plan, check, parts)),
  ];
}

function wayBackLooks(about: Topic, plan: Plan): DoctorCheck[] {
  return untried(plan).map((each) => ({ about, look: async () => [warn(about, untriedLine(each), UNTRIED)] }));
}

function planDiagnosis(about: Topic, { stages, checks, targets }: Plan): Diagnosis {
  const counts = [counted(stages.length, 'stage'), counted(checks.length, 'check'), counted(targets.length, 'target')];
  return ok(about, counts.join(', '));
}

function of({ name: plan }: Plan, what: string): Topic {
  return { plan, what };
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

function variablesDiagnosis(plan: Plan, env: PlanParts['env']): Diagnosis {
  const names = variablesIn(plan);
  const missing = names.filter((name) => !isSet(name, env));
  const what = of(plan, 'variables');
  if (missing.length > 0) {
    const found = `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not set`;
    return fail(what, found, 'set in .env what the plan asks for, or take the plan out of PLANS_DIR');
  }
  return ok(what, names.length === 0 ? 'it needs none' : `${names.join(', ')} set`);
}

async function channelDiagnosis(about: Topic, plan: Plan, { survey, parts }: PlanParts): Promise<Diagnosis> {
  const lacks = await slackLacks(survey, parts);
  if (!survey || lacks !== null) return skip(about, lacks ?? '');
  try {
    return ok(about, `${plan.channel} (${await survey.channel(plan)}), the bot is in it`);
  } catch (error) {
    if (error instanceof NotFound) return channelMissing(about, error);
    return slackTrouble(about, error);
  }
}

function channelMissing(about: Topic, { reason, what, fix }: NotFound): Diagnosis {
  return fail(
    about,
    reason === 'channel_shared' ? `${what} is shared with other organisations` : `${what}: not usable`,
    fix || 'create it or correct its name, then /invite @rollout there',
  );
}

async function peopleDiagnoses(about: Topic, plan: Plan, { survey, parts }: PlanParts): Promise<Diagnoses> {
  const lacks = await slackLacks(survey, parts);
  if (!survey || lacks !== null) return [skip(about, lacks ?? '')];
  try {
    const found = await survey.people(plan);
    return [...rolesDiagnoses(about, plan, found), ...approversDiagnoses(plan, found.holders)];
  } catch (error) {
    return [slackTrouble(about, error)];
  }
}

/** How many people each role has, who of them Slack does not know, and who can never act. */
function rolesDiagnoses(what: Topic, plan: Plan, found: PeopleFound): Diagnoses {
  const { holders, skipped, missing, unjudged } = found;
  const count = (role: string) => holders.filter(({ roles }) => roles.includes(role)).length;
  const counts = Object.keys(plan.people).map((role) => `${role} ${count(role)}`);
  const empty = Object.keys(plan.people).filter((role) => count(role) === 0);
  const words = counts.join(', ');
  const first =
    empty.length === 0
      ? ok(what, words)
      : fail(
          what,
          `${words}: nobody who can act is in ${empty.join(', ')}`,
          'name people in the plan, or fill the group in Slack',
        );
  const many = `${unjudged} more people were not looked up: Slack answers for so many in a minute`;
  return [
    first,
    ...(unjudged > 0 ? [warn(what, many, 'nothing; the bot looks them up as it needs them')] : []),
    ...missing.map(({ role, name }) =>
      fail(
        what,
        `${name} of ${role} is not known to Slack`,
        'correct it in the plan; a group may be disabled or renamed, an address hidden',
      ),
    ),
    ...skipped.map(({ role, id, why }) =>
      warn(what, `${id} of ${role} can never act: ${why}`, 'name a full member of this workspace in its place'),
    ),
  ];
}

/** Whether every stage that asks for approval could get it, also without who starts: nobody approves their own request. */
export function approversDiagnoses(plan: Plan, holders: readonly Holder[]): Diagnosis[] {
  const what = of(plan, 'approvals');
  const starters = holders.filter(({ roles }) => roles.includes('operators'));
  const asking = plan.stages.filter(({ approve }) => approve);
  if (asking.length === 0) return [ok(what, 'no stage asks for one')];
  const troubles = asking.flatMap(({ name, approve }): Diagnosis[] => {
    if (!approve) return [];
    const fix = 'give its roles more people, or ask for fewer';
    const needs = quorumNames(approve);
    if (!canBeGranted(approve, holders)) return [fail(what, `stage ${name} needs ${needs}: too few people`, fix)];
    const stuck = starters.filter(
      ({ key }) =>
        !canBeGranted(
          approve,
          holders.filter((other) => other.key !== key),
        ),
    );
    if (stuck.length === 0) return [];
    const ids = stuck.map(({ userId }) => userId).join(', ');
    const found = `stage ${name} needs ${needs}: nobody is left to approve it when ${ids} starts the rollout`;
    return [stuck.length === starters.length ? fail(what, found, fix) : warn(what, found, fix)];
  });
  return troubles.length > 0 ? troubles : [ok(what, `can be given for ${counted(asking.length, 'stage')}`)];
}

/** The variables without which this cannot be read: those of the plan have a line of their own. */
function variablesLacking(
  part: TargetPlan['config'] | CheckPlan['probe'],
  { env, adapters }: PlanParts,
): string | null {
  const unset = variablesOf(part).filter((name) => !isSet(name, env));
  if (unset.length > 0) return unset.join(', ');
  return adapters ? null : 'PROBE_NETWORKS';
}

function targetLook(plan: Plan, target: TargetPlan, parts: PlanParts): DoctorCheck {
  const about = of(plan, `target ${target.name}`);
  const look = async (): Promise<Diagnoses> => {
    const lacks = variablesLacking(target.config, parts);
    if (lacks !== null || !parts.adapters) return [skip(about, lacks ?? '')];
    return [targetDiagnosis(about, await lookAtTarget(plan, target, parts.adapters), target.config.kind)];
  };
  return { about, look };
}

export function targetDiagnosis(about: Topic, { words, verdict }: Looked, kind: string): Diagnosis {
  if (verdict === 'unknown')
    return fail(about, words, `correct what it says; docs/reference/targets/${kind}.md has the rights it needs`);
  if (verdict === 'warning') return warn(about, words, 'make them equal before a start, else it is refused');
  return ok(about, words);
}

function checkLook(plan: Plan, check: CheckPlan, parts: PlanParts): DoctorCheck {
  const about = of(plan, `check ${check.name}`);
  const look = async (): Promise<Diagnoses> => {
    const lacks = variablesLacking(check.probe, parts);
    if (lacks !== null || !parts.adapters) return [skip(about, lacks ?? '')];
    return [checkDiagnosis(about, await lookAtCheck(plan, check, parts.adapters), check.probe.kind)];
  };
  return { about, look };
}

export function checkDiagnosis(about: Topic, { words, cause = words, verdict }: Looked, kind: string): Diagnosis {
  if (verdict === 'unknown') {
    return fail(
      about,
      cause,
      `correct the probe, see docs/reference/probes/${kind}.md; without a number a bake stands still`,
    );
  }
  const fix = 'see why the number is bad, or whether the limit is right';
  if (verdict === 'critical') return warn(about, `${words}: a start would be refused`, fix);
  return verdict === 'warning' ? warn(about, words, fix) : ok(about, words);
}

import { createAdapters } from '../../adapters/index.js';
import { type ConfigParts, readEnvironment, readParts } from '../../config.js';
import { type LoadedPlan, loadPlans } from '../../plans/read/load.js';
import { planNameOf } from '../../plans/read/parse.js';
import { createClockedFetch } from '../../slack/connection/clock.js';
import { type Diagnosis, fail, linesOf, summary, warn } from '../diagnosis.js';
import { surveyOf } from '../slack.js';
import { print } from '../terminal.js';
import { configurationLooks } from './configuration.js';
import { databaseLooks } from './database.js';
import { type DoctorCheck, examine } from './examine.js';
import { looksAtPlan } from './plans.js';
import { slackLooks, wayToSlack } from './slack.js';

/** `rollout doctor [plans]`. */
export function doctor(words: readonly string[]): Promise<number> {
  // `validate` takes files, and people type here what they typed there.
  return diagnose(readEnvironment(), { names: words.map(planNameOf), tell: print });
}

/**
 * Looks at everything the bot needs, or of the plans at these alone, and says of each thing whether it is well, and how to fix
 * it. Changes nothing and posts nothing. 1 when something that is needed does not work.
 */
export async function diagnose(
  env: ReturnType<typeof readEnvironment>,
  { names, tell }: { names: readonly string[]; tell: (line: string) => void },
): Promise<number> {
  const parts = readParts(env);
  const clock = createClockedFetch();
  const survey = surveyOf(parts, clock.fetch);
  const adapters = parts.network ? createAdapters({ fill: parts.fill, network: parts.network }) : null;
  const plans = await planFiles(parts, names);
  const diagnoses = await examine(
    [
      ...configurationLooks(env),
      ...slackLooks({ parts, survey, clock, way: wayToSlack(env, parts) }),
      ...databaseLooks(parts.databaseUrl),
      ...plans.flatMap((plan) => ('look' in plan ? [plan] : looksAtPlan(plan, { parts, env, survey, adapters }))),
    ],
    (diagnosis) => {
      for (const line of linesOf(diagnosis, parts.secrets)) tell(line);
    },
  );
  await adapters?.close();
  tell(summary(diagnoses));
  return diagnoses.some(({ state }) => state === 'fail') ? 1 : 0;
}

/** The plans of the folder, all or those that are named; what cannot be found is something to look at, too. */
async function planFiles({ plansDir }: ConfigParts, names: readonly string[]): Promise<(LoadedPlan | DoctorCheck)[]> {
  try {
    const plans = await loadPlans(plansDir);
    const unknown = names.filter((name) => !plans.some((plan) => plan.name === name));
    const meant = names.length === 0 ? plans : plans.filter(({ name }) => names.includes(name));
    const none = warn('plans', `there are no plans in ${plansDir}`, 'write one: npx --no rollout init');
    return [
      ...(plans.length === 0 && names.length === 0 ? [said(none)] : []),
      ...unknown.map((name) =>
        said(
          fail(
            { plan: name, what: '' },
            `there is no such file in ${plansDir}`,
            plans.length === 0
              ? 'there are no plans; write one: npx --no rollout init'
              : `name one of ${plans.map((plan) => plan.name).join(', ')}`,
          ),
        ),
      ),
      ...meant,
    ];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [said(fail('plans', why, 'make the folder, or set PLANS_DIR to where the plans are'))];
  }
}

function said(diagnosis: Diagnosis): DoctorCheck {
  return { about: diagnosis.about, look: async () => [diagnosis] };
}

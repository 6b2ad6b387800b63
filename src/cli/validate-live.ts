import { type Adapters, createAdapters } from '../adapters/index.js';
import { type ConfigParts, type readEnvironment, readParts } from '../config.js';
import { loadFile } from '../plans/read/load.js';
import { validateFiles } from '../plans/read/validate.js';
import type { Plan } from '../rollout/plan/plan.js';
import { classify } from '../slack/connection/failures.js';
import { NotFound, SlackRefuses } from '../slack/people/last-known.js';
import type { PeopleFound, Survey } from '../slack/survey.js';
import { clean } from './diagnosis.js';
import { listLines } from './lists.js';
import { peopleWords, previewLines } from './preview.js';
import { type Looked, lookAtCheck, lookAtTarget } from './readings.js';
import { surveyOf } from './slack.js';
import { print } from './terminal.js';

/** 1 when a file is wrong, or something it names cannot be read or is not known. */
export async function validateLive(files: readonly string[], env: ReturnType<typeof readEnvironment>): Promise<number> {
  const parts = readParts(env);
  if (!parts.network) {
    print('PROBE_NETWORKS cannot be read; nothing is asked before it is right');
    return 2;
  }
  const adapters = createAdapters({ fill: parts.fill, network: parts.network });
  const survey = surveyOf(parts);
  let troubles = 0;
  for (const file of files) {
    const { lines, problems } = await validateFiles([file], env, listLines);
    for (const line of lines) print(line);
    troubles += problems;
    const { result } = await loadFile(file);
    if (result.ok) troubles += await showLive(result.plan, { parts, adapters, survey });
  }
  await adapters.close();
  return troubles > 0 ? 1 : 0;
}

interface Live {
  readonly parts: ConfigParts;
  readonly adapters: Adapters;
  readonly survey: Survey | null;
}

/** Shows one plan; answers how many things could not be read or are not known. */
async function showLive(plan: Plan, { parts, adapters, survey }: Live): Promise<number> {
  const say = (line: string) => print(clean(line, parts.secrets));
  const [checks, targets, slack] = await Promise.all([
    Promise.all(plan.checks.map((check) => lookAtCheck(plan, check, adapters))),
    Promise.all(plan.targets.map((target) => lookAtTarget(plan, target, adapters))),
    askSlack(plan, survey),
  ]);
  say('  Targets now');
  for (const looked of targets) say(`    ${looked.title} ${looked.words}`);
  say('  Checks now');
  for (const looked of checks) say(`    ${looked.title} ${looked.words}`);
  say('  Slack');
  for (const line of slack.lines) say(`    ${line}`);
  for (const line of previewLines(plan, new Date())) say(`  ${line}`);
  return [...checks, ...targets].filter(isTrouble).length + slack.troubles;
}

function isTrouble({ verdict }: Looked): boolean {
  return verdict === 'unknown';
}

interface Told {
  readonly lines: readonly string[];
  readonly troubles: number;
}

async function askSlack(plan: Plan, survey: Survey | null): Promise<Told> {
  if (!survey) return { lines: ['SLACK_BOT_TOKEN is not set: channel and people were not looked up'], troubles: 0 };
  const [channel, people] = await Promise.all([channelLine(plan, survey), peopleLines(plan, survey)]);
  return { lines: [...channel.lines, ...people.lines], troubles: channel.troubles + people.troubles };
}

async function channelLine(plan: Plan, survey: Survey): Promise<Told> {
  try {
    return { lines: [`${plan.channel} is ${await survey.channel(plan)}, the bot is in it`], troubles: 0 };
  } catch (error) {
    return { lines: [`${plan.channel}: ${whyNot(error)}`], troubles: 1 };
  }
}

async function peopleLines(plan: Plan, survey: Survey): Promise<Told> {
  try {
    const found = await survey.people(plan);
    const roles = await Promise.all(Object.keys(plan.people).map((role) => roleLine(role, found, survey)));
    const missing = found.missing.map(({ role, name }) => `${name} of ${role} is not known to Slack`);
    const skipped = found.skipped.map(({ role, id, why }) => `${id} of ${role} can never act: ${why}`);
    const more = found.unjudged > 0 ? [`${found.unjudged} more people were not looked up, there are so many`] : [];
    return { lines: [...roles, ...more, ...missing, ...skipped], troubles: missing.length };
  } catch (error) {
    return { lines: [`people: ${whyNot(error)}`], troubles: 1 };
  }
}

async function roleLine(role: string, { holders }: PeopleFound, survey: Survey): Promise<string> {
  const held = holders.filter(({ roles }) => roles.includes(role)).map(({ userId }) => userId);
  return `${role}: ${peopleWords(await Promise.all(held.map((id) => survey.nameOf(id))))}`;
}

function whyNot(error: unknown): string {
  if (error instanceof NotFound) return `not usable, ${error.message}`;
  if (error instanceof SlackRefuses) return `Slack says ${error.message}`;
  return `Slack did not say (${classify(error).message})`;
}

import { type Parts, readConfig } from '../../config.js';
import { type Diagnosis, fail, ok } from './diagnosis.js';
import type { Examination } from './examine.js';

/** What package.json says under `engines`. */
const OLDEST_NODE = [20, 19] as const;

export function configurationExaminations(env: Parameters<typeof readConfig>[0]): Examination[] {
  return [
    { about: 'Node', look: async () => [nodeDiagnosis(process.versions.node)] },
    { about: 'configuration', look: async () => configurationDiagnoses(env) },
  ];
}

/** `version` is like `20.19.1`. */
export function nodeDiagnosis(version: string): Diagnosis {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantedMajor, wantedMinor] = OLDEST_NODE;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return ok('Node', version);
  return fail('Node', `${version}, which is too old`, `install Node ${wantedMajor}.${wantedMinor} or later`);
}

export function configurationDiagnoses(env: Parameters<typeof readConfig>[0]): readonly [Diagnosis, ...Diagnosis[]] {
  const read = readConfig(env);
  const [first, ...others] = read.ok ? [] : read.problems.map(problemDiagnosis);
  if (first) return [first, ...others];
  return [ok('configuration', read.ok ? wordsOf(read.config) : '')];
}

function problemDiagnosis(problem: string): Diagnosis {
  const [name = '', ...words] = problem.split(': ');
  return fail(name, words.join(': '), 'set it in .env; docs/reference/config.md explains it');
}

function wordsOf({
  slackAppToken,
  plansDir,
  port,
}: Pick<Parts, 'slackAppToken' | 'plansDir'> & { port: number }): string {
  return `${slackAppToken ? 'Socket Mode' : 'HTTP mode'}, plans in ${plansDir}, port ${port}`;
}

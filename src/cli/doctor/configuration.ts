import { readFile } from 'node:fs/promises';
import { type ConfigParts, type ConfigProblem, readConfig } from '../../config.js';
import { isNewEnough, NEEDED_NODE } from '../../programs/node-version.js';
import { type Diagnosis, fail, ok } from '../diagnosis.js';
import type { DoctorCheck } from './examine.js';

export function configurationLooks(env: Parameters<typeof readConfig>[0]): DoctorCheck[] {
  return [
    { about: 'Node', look: async () => [nodeDiagnosis(process.versions.node)] },
    { about: 'configuration', look: async () => configurationDiagnoses(env) },
    { about: 'heartbeat', look: async () => [heartbeatDiagnosis(env.HEARTBEAT_URL)] },
    ...(env.NODE_EXTRA_CA_CERTS ? [authoritiesLook(env.NODE_EXTRA_CA_CERTS)] : []),
  ];
}

/** It is not asked: that would be a sign of life. */
export function heartbeatDiagnosis(url: string | undefined): Diagnosis {
  if (url === undefined || url.trim() === '')
    return ok('heartbeat', 'HEARTBEAT_URL is not set: let something else notice when the bot is gone');
  if (!URL.canParse(url)) return fail('heartbeat', 'HEARTBEAT_URL is no address', 'set it to an http or https address');
  return ok('heartbeat', `${new URL(url).host} hears from the bot once a minute; not asked now`);
}

/** Node itself reads this file, when the process starts, and only writes a warning when it cannot. */
function authoritiesLook(file: string): DoctorCheck {
  const look = async () => [authoritiesDiagnosis(await readFile(file, 'utf8').catch(() => null))] as const;
  return { about: AUTHORITIES, look };
}

const AUTHORITIES = 'NODE_EXTRA_CA_CERTS';

/** `text`: the file; null when it cannot be read. */
export function authoritiesDiagnosis(text: string | null): Diagnosis {
  const fix = 'name a file with certificates in PEM that this user may read';
  if (text === null) return fail(AUTHORITIES, 'the file cannot be read, so no private authority is trusted', fix);
  const count = text.split('-----BEGIN CERTIFICATE-----').length - 1;
  if (count === 0) return fail(AUTHORITIES, 'there is no certificate in this file', fix);
  const words = count === 1 ? '1 certificate' : `${count} certificates`;
  return ok(AUTHORITIES, `${words}; Node reads it when the bot starts, so set it beside the command, not in .env`);
}

/** `version` is like `20.19.1`. */
export function nodeDiagnosis(version: string): Diagnosis {
  if (isNewEnough(version)) return ok('Node', version);
  return fail('Node', `${version}, which is too old`, `install Node ${NEEDED_NODE} or later`);
}

export function configurationDiagnoses(env: Parameters<typeof readConfig>[0]): readonly [Diagnosis, ...Diagnosis[]] {
  const read = readConfig(env);
  const [first, ...others] = read.ok ? [] : read.problems.map(problemDiagnosis);
  if (first) return [first, ...others];
  return [ok('configuration', read.ok ? wordsOf(read.config) : '')];
}

function problemDiagnosis({ name, what }: ConfigProblem): Diagnosis {
  return fail(name, what, 'set it in .env; docs/reference/config.md explains it');
}

function wordsOf({
  slackAppToken,
  plansDir,
  port,
}: Pick<ConfigParts, 'slackAppToken' | 'plansDir'> & { port: number }): string {
  return `${slackAppToken ? 'Socket Mode' : 'HTTP mode'}, plans in ${plansDir}, port ${port}`;
}

/** Does what an item says: runs a program, sends a request, asks a database. */
import { variableNames } from '../plans/values/variables.js';
import { createSqlReader } from '../probes/sql/index.js';
import { describeOutcome, type ProgramOutcome } from '../programs/outcome.js';
import { createPrograms, type ProgramDirs } from '../programs/run.js';
import type { Action, Attempt } from '../rollout/plan/jobs.js';
import type { WebFailure } from '../web/failures.js';
import type { NetworkRules } from '../web/network.js';
import { credentialsOf, isGood, lowerCased, redirectWords, webAddress, webRequest } from '../web/request.js';
import { type ActionResult, resultOf, unexpected } from './expected.js';
import { masked, OutputEnd } from './kept-output.js';

/** How it ended. `unknown`: it may have been done. */
export interface ActionEnd {
  readonly end: 'done' | 'failed' | 'unknown';
  /** For people, in a few words; without secrets. */
  readonly note: string;
  /** What it printed, was answered or read, without secrets; '' where that is nothing. */
  readonly output: string;
  /** It failed before it could say anything: it was not started, not answered or not let in. As a look it has found nothing out. */
  readonly unasked?: true;
}

export interface ActionLimits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface Actions {
  /** Never throws. What is under way when the signal is given is broken off. */
  perform(action: Attempt, limits: ActionLimits): Promise<ActionEnd>;
}

export interface ActionOptions {
  /** Puts values in place of `${NAME}`; throws where one is not set. */
  readonly fill: (text: string) => string;
  readonly network: NetworkRules;
  readonly programDirs?: ProgramDirs;
}

/** So much of an answer is read, in bytes. */
const LONGEST_ANSWER_BYTES = 1024 * 1024;

export function createActions(options: ActionOptions): Actions {
  return {
    async perform(action, limits) {
      try {
        return await perform(action, limits, options);
      } catch (error) {
        // Nothing has gone out: a variable is not set, or an address cannot be read.
        const note = error instanceof Error ? error.message : 'an unknown fault';
        return { end: 'failed', note, output: '', unasked: true };
      }
    },
  };
}

function perform(action: Attempt, limits: ActionLimits, options: ActionOptions): Promise<ActionEnd> {
  switch (action.kind) {
    case 'run':
      return runProgram(action, limits, options);
    case 'request':
      return sendRequest(action, limits, options);
    case 'query':
      return askDatabase(action, limits, options);
    default:
      return action satisfies never;
  }
}

type Of<K extends Action['kind']> = Extract<Attempt, { kind: K }>;

async function runProgram(
  { run, env: names, cwd, expect }: Of<'run'>,
  limits: ActionLimits,
  { fill, programDirs }: ActionOptions,
): Promise<ActionEnd> {
  const env = Object.fromEntries(names.map((name) => [name, fill(`\${${name}}`)]));
  const end = new OutputEnd();
  const programs = createPrograms({ env, ...(cwd !== undefined && { cwd }), dirs: programDirs });
  const outcome = await programs.run(run, { ...limits, onOutput: (chunk) => end.add(chunk) });
  const output = end.masked(Object.values(env));
  const note = describeOutcome(run[0] ?? '', outcome);
  const how = endOfProgram(outcome);
  if (how === 'failed' && isUnasked(outcome)) return { end: 'failed', note, output, unasked: true };
  if (how !== 'done' || outcome.end !== 'exited') return { end: how, note, output };
  const odd = unexpected(expect, resultOf(outcome.stdout));
  return odd === null ? { end: 'done', note, output } : { end: 'failed', note: odd, output };
}

function endOfProgram(outcome: ProgramOutcome): ActionEnd['end'] {
  switch (outcome.end) {
    case 'exited':
      return outcome.status === 0 ? 'done' : 'failed';
    case 'signalled':
    case 'not_started':
      return 'failed';
    // It was killed on its way, or something of it goes on.
    case 'timeout':
    case 'given_up':
    case 'output_held':
    case 'too_much_output':
      return 'unknown';
    default:
      return outcome satisfies never;
  }
}

/** It did not come to say anything. 126 and 127: a shell did not find, or may not run, what it was to run. */
function isUnasked(outcome: ProgramOutcome): boolean {
  if (outcome.end === 'exited') return outcome.status === 126 || outcome.status === 127;
  return outcome.end === 'not_started' || outcome.end === 'signalled';
}

async function sendRequest(
  { method, url: written, headers, body, expect }: Of<'request'>,
  { timeoutMs, signal }: ActionLimits,
  { fill, network }: ActionOptions,
): Promise<ActionEnd> {
  const url = webAddress(fill(written));
  if (!url) return { end: 'failed', note: 'its url is not an http or https address', output: '', unasked: true };
  const filled = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fill(value)]));
  const sent = body === undefined ? undefined : fill(body);
  const texts = [written, ...Object.values(headers), body ?? ''];
  const secrets = [
    ...texts.flatMap(variableNames).map((name) => fill(`\${${name}}`)),
    ...Object.entries(filled).flatMap(([name, value]) => (name === 'authorization' ? afterScheme(value) : [])),
    url.password,
    url.username === '' ? '' : `${url.username}:${url.password}`,
  ];
  const request = {
    method,
    url,
    headers: {
      ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
      ...credentialsOf(url),
      ...lowerCased(filled),
    },
    timeoutMs,
    longest: LONGEST_ANSWER_BYTES,
    reads: () => true,
  } as const;
  const answer = await webRequest(sent === undefined ? request : { ...request, body: sent }, network, signal);
  if ('failure' in answer) return notAnswered(answer);
  const text = answer.bytes.toString('utf8');
  const output = masked(`${answer.status}\n${text}`, secrets, false);
  const note = `${url.host} answered ${answer.status}${redirectWords(answer)}`;
  const came: ActionResult =
    expect?.kind === 'text' ? { number: null, text: text.trim() } : { number: answer.status, text };
  // A status that is expected is a yes, whatever it means elsewhere.
  if (expect && expect.kind !== 'text') {
    const odd = unexpected(expect, came);
    if (odd === null) return { end: 'done', note, output };
    return { ...notGood(answer.status), note: `${note}; ${odd}`, output };
  }
  if (!isGood(answer.status)) return { ...notGood(answer.status), note, output };
  const odd = unexpected(expect, came);
  return odd === null ? { end: 'done', note, output } : { end: 'failed', note: odd, output };
}

function notGood(status: number): Pick<ActionEnd, 'end' | 'unasked'> {
  if (status >= 500) return { end: 'unknown' };
  return status < 400 || NOT_LET_IN.includes(status) ? { end: 'failed', unasked: true } : { end: 'failed' };
}

/** Like a redirect, most often to a login, they speak of who asks and how often, not of what was asked. */
const NOT_LET_IN: readonly number[] = [401, 403, 407, 408, 425, 429];

/** `Bearer x` and `x`. */
function afterScheme(value: string): string[] {
  return [value, value.slice(value.indexOf(' ') + 1)];
}

/** What certainly did not reach anybody has failed; of the rest nobody knows. */
function notAnswered({ failure, detail, status }: WebFailure): ActionEnd {
  const note = status === undefined ? detail : `${detail} (status ${status})`;
  switch (failure) {
    case 'refused_address':
    case 'not_sent':
    case 'internal':
      return { end: 'failed', note, output: '', unasked: true };
    case 'unreachable':
      return NEVER_SENT.test(detail)
        ? { end: 'failed', note, output: '', unasked: true }
        : { end: 'unknown', note, output: '' };
    case 'timeout':
    case 'too_large':
    case 'unreadable':
      return { end: 'unknown', note, output: '' };
    default:
      return failure satisfies never;
  }
}

/** No name, no connection: nothing was sent. A connection that broke may have carried it. */
const NEVER_SENT = /\b(?:ENOTFOUND|EAI_[A-Z]+|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENETDOWN)$/;

async function askDatabase(
  { url, sql, expect }: Of<'query'>,
  { timeoutMs, signal }: ActionLimits,
  { fill, network }: ActionOptions,
): Promise<ActionEnd> {
  const reader = createSqlReader({ url: fill(url), query: sql, timeoutMs }, network, ({ rows }) => ({ rows }));
  const read = await reader.measure(signal);
  await reader.close();
  // Broken off by the bot itself: the next one asks.
  if ('unknown' in read && signal.aborted) return { end: 'unknown', note: read.detail, output: '' };
  if ('unknown' in read) return { end: 'failed', note: read.detail, output: '', unasked: true };
  const [row] = read.rows;
  const secrets = variableNames(url).map((name) => fill(`\${${name}}`));
  const text = read.rows.map((values) => values.map((value) => value ?? 'null').join(' | ')).join('\n');
  const output = masked(text, secrets, false);
  if (!row) return { end: 'failed', note: 'the answer has no row', output };
  if (!expect) return { end: 'done', note: `${rowWords(read.rows.length)} read`, output };
  if (read.rows.length > 1 || row.length !== 1)
    return { end: 'failed', note: 'the answer is more than one value, so nothing can be expected of it', output };
  const odd = unexpected(expect, resultOf(row[0] ?? ''));
  return odd === null ? { end: 'done', note: 'as expected', output } : { end: 'failed', note: odd, output };
}

function rowWords(count: number): string {
  return count === 1 ? 'a row' : 'rows';
}

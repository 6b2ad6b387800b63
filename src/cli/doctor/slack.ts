import type { Parts } from '../../config.js';
import type { ClockedFetch } from '../../slack/clock.js';
import { classify } from '../../slack/failures.js';
import { AskedTooOften, SlackRefuses } from '../../slack/last-known.js';
import { isTokenError } from '../../slack/reading-errors.js';
import { BOT_SCOPES } from '../../slack/scopes.js';
import type { Survey } from '../../slack/survey.js';
import { tlsTroubleOf } from '../../web/tls-trouble.js';
import { type Diagnosis, fail, ok, warn } from './diagnosis.js';
import type { Examination } from './examine.js';

/** Slack's clock may be this far away before people are told, and before Slack's signatures are refused. */
const SKEW_WARN_MS = 60_000;
const SKEW_FAIL_MS = 5 * 60_000;
const REACH_MS = 6_000;
/** How the body of the bot's `/readyz` begins. */
const READY = /^(ready$|\{"ready":true\b)/;

export interface SlackParts {
  readonly parts: Parts;
  /** Null without a bot token. */
  readonly survey: Survey | null;
  readonly clock: ClockedFetch;
}

export function slackExaminations({ parts, survey, clock }: SlackParts): Examination[] {
  return [
    { about: 'Slack token', look: async () => [await tokenDiagnosis(survey)] },
    { about: 'Slack scopes', look: async () => [await grantedDiagnosis(survey)] },
    { about: 'clock', look: async () => [await clockDiagnosis(survey, clock)] },
    parts.slackAppToken || !parts.slackSigningSecret
      ? { about: 'Socket Mode', look: async () => [await socketDiagnosis(parts, survey)] }
      : { about: 'HTTP mode', look: async () => [await reachDiagnosis(parts.publicUrl)] },
  ];
}

const NO_TOKEN = 'not asked: SLACK_BOT_TOKEN is missing or no bot token';
const SET_TOKEN = 'set SLACK_BOT_TOKEN to the token (xoxb-…) from OAuth & Permissions';

async function tokenDiagnosis(survey: Survey | null): Promise<Diagnosis> {
  if (!survey) return fail('Slack token', NO_TOKEN, SET_TOKEN);
  try {
    const { team, bot } = await survey.self();
    return ok('Slack token', `works in ${team}, as @${bot}`);
  } catch (error) {
    return slackTrouble('Slack token', error);
  }
}

/** What Slack refused, or that it did not answer, with what mends it. */
export function slackTrouble(about: string, error: unknown, token = 'SLACK_BOT_TOKEN'): Diagnosis {
  if (error instanceof AskedTooOften)
    return warn(about, 'Slack was asked too often and did not answer', 'run the doctor again in a minute');
  if (error instanceof SlackRefuses) return fail(about, `Slack says ${error.code}`, fixFor(error, token));
  const tls = tlsTroubleOf(error);
  if (tls) return fail(about, `Slack cannot be reached: ${tls.words}`, tls.fix);
  const { code, message } = classify(error);
  if (code !== null) return fail(about, `Slack says ${code}`, `see ${code} at https://docs.slack.dev`);
  return fail(about, `Slack did not answer (${message})`, 'see whether this machine reaches SLACK_API_URL');
}

/** What to do about it; for the app-level token its own page and scope. */
function fixFor({ code, fix }: SlackRefuses, token: string): string {
  const isBotToken = token === 'SLACK_BOT_TOKEN';
  if (isTokenError(code)) {
    const from = isBotToken ? 'OAuth & Permissions' : 'Basic Information, App-Level Tokens';
    return `take the token again from ${from} and set ${token}`;
  }
  if (code === 'missing_scope' && !isBotToken) return 'give the scope connections:write and install the app again';
  return fix;
}

async function grantedDiagnosis(survey: Survey | null): Promise<Diagnosis> {
  const self = await survey?.self().catch(() => null);
  if (!self) return warn('Slack scopes', 'not looked at: the token does not work', 'mend the token first');
  return scopesDiagnosis(self.scopes);
}

export function scopesDiagnosis(granted: readonly string[] | null): Diagnosis {
  const about = 'Slack scopes';
  if (granted === null) return warn(about, 'Slack did not say what the token may do', 'compare them with manifest.yml');
  const missing = BOT_SCOPES.filter((scope) => !granted.includes(scope));
  if (missing.length === 0) return ok(about, `all ${BOT_SCOPES.length} of manifest.yml`);
  const fix =
    'add them under OAuth & Permissions (or paste manifest.yml under App Manifest), then install the app again';
  return fail(about, `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing`, fix);
}

async function clockDiagnosis(survey: Survey | null, clock: ClockedFetch): Promise<Diagnosis> {
  // A refusal has a clock, too.
  await survey?.self().catch(() => undefined);
  return skewDiagnosis(clock.aheadMs());
}

/** `aheadMs`: how far Slack's clock is ahead of this machine's; null when nothing answered. */
export function skewDiagnosis(aheadMs: number | null): Diagnosis {
  if (aheadMs === null) return warn('clock', 'not compared: Slack did not answer', 'mend the way to Slack first');
  const seconds = Math.round(Math.abs(aheadMs) / 1_000);
  const fix = 'set this machine’s clock by NTP, e.g. timedatectl set-ntp true';
  const found = `${seconds} s ${aheadMs > 0 ? 'behind' : 'ahead of'} Slack’s`;
  if (Math.abs(aheadMs) > SKEW_FAIL_MS) return fail('clock', `${found}: what Slack signs would be refused`, fix);
  if (Math.abs(aheadMs) > SKEW_WARN_MS) return warn('clock', found, fix);
  return ok('clock', seconds <= 1 ? 'the same as Slack’s' : found);
}

async function socketDiagnosis({ slackAppToken }: Parts, survey: Survey | null): Promise<Diagnosis> {
  const about = 'Socket Mode';
  if (!slackAppToken) {
    const fix = 'set SLACK_APP_TOKEN (xapp-…) for Socket Mode, or SLACK_SIGNING_SECRET for HTTP';
    return fail(about, 'neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set as it should be', fix);
  }
  if (!survey) return warn(about, NO_TOKEN, SET_TOKEN);
  try {
    await survey.socket();
    return ok(about, 'Slack opens a connection for the app-level token');
  } catch (error) {
    return slackTrouble(about, error, 'SLACK_APP_TOKEN');
  }
}

/** HTTP mode: Slack comes to the bot, so there has to be a way. */
async function reachDiagnosis(publicUrl: string | undefined): Promise<Diagnosis> {
  const about = 'HTTP mode';
  if (publicUrl === undefined) {
    const found = 'SLACK_SIGNING_SECRET is set; whether Slack reaches the bot was not tried';
    return warn(about, found, 'set PUBLIC_URL to the address that Slack knows, without /slack/events');
  }
  const url = `${publicUrl.replace(/\/$/, '')}/readyz`;
  const fix = 'start the bot, and lead this address through your TLS to PORT';
  try {
    const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(REACH_MS) });
    const text = (await answer.text()).slice(0, 200).trim();
    if (answer.status === 200 && READY.test(text)) return ok(about, `${url} answers ready`);
    return fail(about, `${url} answers ${answer.status}, not as the bot does`, fix);
  } catch (error) {
    const tls = tlsTroubleOf(error);
    if (tls) return fail(about, `${url}: ${tls.words}`, tls.fix);
    const timedOut = error instanceof Error && error.name === 'TimeoutError';
    return fail(about, `${url} ${timedOut ? 'does not answer' : 'cannot be reached'}`, fix);
  }
}

import { z } from 'zod';
import type { ConfigParts } from '../../config.js';
import type { ClockedFetch } from '../../slack/connection/clock.js';
import { classify } from '../../slack/connection/failures.js';
import { isTokenError } from '../../slack/connection/reading-errors.js';
import { BOT_SCOPES } from '../../slack/connection/scopes.js';
import { type WayLost, wayLost } from '../../slack/connection/way-lost.js';
import { AskedTooOften, SlackRefuses } from '../../slack/people/last-known.js';
import type { Survey } from '../../slack/survey.js';
import { tlsTroubleOf } from '../../web/tls-trouble.js';
import { type Diagnosis, fail, ok, skip, type Topic, warn } from '../diagnosis.js';
import type { DoctorCheck } from './examine.js';

/** Slack's clock may be this far away before people are told, and before Slack's signatures are refused. */
const SKEW_WARN_MS = 60_000;
const SKEW_FAIL_MS = 5 * 60_000;
const REACH_MS = 6_000;
const LONGEST_ANSWER = 10_000;
const READY = z.object({ ready: z.literal(true) });
export interface SlackParts {
  readonly parts: ConfigParts;
  /** Null without a bot token. */
  readonly survey: Survey | null;
  readonly clock: ClockedFetch;
  readonly way: WayToSlack;
}

/** How this machine gets to Slack. */
export interface WayToSlack {
  readonly host: string;
  /** SLACK_API_URL is set: the host is the installer's choice, not Slack's own. */
  readonly chosen: boolean;
  /** The variable that names a proxy, if one is set. */
  readonly proxy: string | null;
}

const TOKEN = 'Slack token';

export function wayToSlack(
  env: Readonly<Record<string, string | undefined>>,
  { slackApiUrl }: ConfigParts,
): WayToSlack {
  const proxies = ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'];
  return {
    host: slackApiUrl !== undefined && URL.canParse(slackApiUrl) ? new URL(slackApiUrl).host : 'slack.com',
    chosen: (env.SLACK_API_URL ?? '').trim() !== '',
    proxy: proxies.find((name) => (env[name] ?? '').trim() !== '') ?? null,
  };
}

export function slackLooks({ parts, survey, clock, way }: SlackParts): DoctorCheck[] {
  return [
    { about: TOKEN, look: async () => [await tokenDiagnosis({ parts, survey, way })] },
    { about: 'Slack scopes', look: async () => [await grantedDiagnosis({ parts, survey })] },
    { about: 'clock', look: async () => [await clockDiagnosis({ parts, survey, clock })] },
    parts.slackAppToken || !parts.slackSigningSecret
      ? { about: 'Socket Mode', look: async () => [await socketDiagnosis({ parts, survey, way })] }
      : { about: 'HTTP mode', look: async () => [await reachDiagnosis(parts.publicUrl)] },
  ];
}

/** What has to be right before Slack can be asked at all. */
function lacksOf({ slackBotToken }: ConfigParts): string {
  return slackBotToken === undefined ? 'SLACK_BOT_TOKEN' : 'SLACK_API_URL';
}

async function tokenDiagnosis({
  parts,
  survey,
  way,
}: Pick<SlackParts, 'parts' | 'survey' | 'way'>): Promise<Diagnosis> {
  if (!survey) return skip(TOKEN, lacksOf(parts));
  try {
    const { team, bot } = await survey.self();
    return ok(TOKEN, `works in ${team}, as @${bot}`);
  } catch (error) {
    return slackTrouble(TOKEN, error, { way });
  }
}

/** Whose line says why Slack tells nothing at all; null when the token works. */
export async function slackLacks(survey: Survey | null, parts: ConfigParts): Promise<string | null> {
  if (!survey) return lacksOf(parts);
  return survey.self().then(
    () => null,
    () => TOKEN,
  );
}

/** What Slack refused, or that it did not answer, with how to fix it. */
export function slackTrouble(
  about: Topic,
  error: unknown,
  { token = 'SLACK_BOT_TOKEN', way }: { readonly token?: string; readonly way?: WayToSlack } = {},
): Diagnosis {
  if (error instanceof AskedTooOften)
    return warn(about, 'Slack was asked too often and did not answer', 'run the doctor again in a minute');
  if (error instanceof SlackRefuses) return fail(about, `Slack says ${error.code}`, fixFor(error, token));
  const tls = tlsTroubleOf(error);
  if (tls) return fail(about, `Slack cannot be reached: ${tls.words}`, tls.fix);
  const failure = classify(error);
  const { code, message } = failure;
  if (code !== null) return fail(about, `Slack says ${code}`, `see ${code} at https://docs.slack.dev`);
  const known = way ?? { host: 'Slack', chosen: false, proxy: null };
  const lost = wayLost(failure);
  const [found, fix] =
    lost === null ? [`${known.host} gave no answer of Slack (${message})`, ''] : lostWords(lost, known);
  return fail(about, found, [fix, ...wayFixes(known)].filter((each) => each !== '').join('; '));
}

function lostWords({ code, at }: WayLost, { host }: WayToSlack): readonly [found: string, fix: string] {
  const place = at ?? host;
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return [`the name ${host} is not known here (${code})`, 'see the DNS of this machine'];
    case 'ECONNREFUSED':
      return [`nothing listens at ${place} (${code})`, ''];
    case 'ETIMEDOUT':
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'UND_ERR_BODY_TIMEOUT':
      return [`${host} does not answer in time (${code})`, 'see whether a firewall drops what this machine sends'];
    default:
      return [`${host} cannot be reached (${code})`, ''];
  }
}

function wayFixes({ host, chosen, proxy }: WayToSlack): string[] {
  const open = chosen ? 'see whether SLACK_API_URL is right' : `let this machine reach ${host} at port 443`;
  return proxy === null ? [open] : [open, `${proxy} is set, but the bot asks without a proxy`];
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

async function grantedDiagnosis({ parts, survey }: Pick<SlackParts, 'parts' | 'survey'>): Promise<Diagnosis> {
  if (!survey) return skip('Slack scopes', lacksOf(parts));
  const self = await survey.self().catch(() => null);
  if (!self) return skip('Slack scopes', TOKEN);
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

async function clockDiagnosis({
  parts,
  survey,
  clock,
}: Pick<SlackParts, 'parts' | 'survey' | 'clock'>): Promise<Diagnosis> {
  // A refusal has a clock, too.
  if (!survey) return skip('clock', lacksOf(parts));
  const self = await survey.self().catch(() => null);
  const ahead = clock.aheadMs();
  return ahead === null && !self ? skip('clock', TOKEN) : skewDiagnosis(ahead);
}

/** `aheadMs`: how far Slack's clock is ahead of this machine's; null when nothing answered. */
export function skewDiagnosis(aheadMs: number | null): Diagnosis {
  if (aheadMs === null) return warn('clock', 'not compared: Slack did not answer', 'make Slack reachable first');
  const seconds = Math.round(Math.abs(aheadMs) / 1_000);
  const fix = 'set this machine’s clock by NTP, e.g. timedatectl set-ntp true';
  const found = `${seconds} s ${aheadMs > 0 ? 'behind' : 'ahead of'} Slack’s`;
  // Slack's requests are refused when they are a minute ahead of this machine's clock, or five behind it.
  if (aheadMs > SKEW_WARN_MS || aheadMs < -SKEW_FAIL_MS)
    return fail('clock', `${found}: what Slack signs would be refused`, fix);
  if (Math.abs(aheadMs) > SKEW_WARN_MS) return warn('clock', found, fix);
  return ok('clock', seconds <= 1 ? 'the same as Slack’s' : found);
}

async function socketDiagnosis({
  parts,
  survey,
  way,
}: Pick<SlackParts, 'parts' | 'survey' | 'way'>): Promise<Diagnosis> {
  const about = 'Socket Mode';
  if (!parts.slackAppToken) return skip(about, 'SLACK_APP_TOKEN');
  if (!survey) return skip(about, lacksOf(parts));
  try {
    await survey.socket();
    return ok(about, 'Slack opens a connection for the app-level token');
  } catch (error) {
    // Where Slack answers nobody, the token's line says why.
    if (!isAnswer(error) && (await slackLacks(survey, parts)) !== null) return skip(about, TOKEN);
    return slackTrouble(about, error, { token: 'SLACK_APP_TOKEN', way });
  }
}

function isAnswer(error: unknown): boolean {
  return error instanceof SlackRefuses || classify(error).answered;
}

/** The answer of the bot's `/readyz`. Whatever else listens there may answer anything. */
function saysReady(body: string): boolean {
  if (body.length > LONGEST_ANSWER) return false;
  try {
    return READY.safeParse(JSON.parse(body)).success;
  } catch {
    return false;
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
    const body = await answer.text();
    if (answer.status === 200 && saysReady(body)) return ok(about, `${url} answers ready`);
    return fail(about, `${url} answers ${answer.status}, not as the bot does`, fix);
  } catch (error) {
    const tls = tlsTroubleOf(error);
    if (tls) return fail(about, `${url}: ${tls.words}`, tls.fix);
    const timedOut = error instanceof Error && error.name === 'TimeoutError';
    return fail(about, `${url} ${timedOut ? 'does not answer' : 'cannot be reached'}`, fix);
  }
}

import { config as readDotenv } from 'dotenv';
import { z } from 'zod';
import { BOT_VARIABLES, fillVariables } from './plans/values/variables.js';
import { CONNECTIONS } from './store/connections.js';
import { type NetworkRules, parseNetworks } from './web/network.js';

/** Everything the environment says, checked. This is the only reader of it. */
export interface Config {
  readonly slackBotToken: string;
  /** Set: Socket Mode. */
  readonly slackAppToken: string | undefined;
  /** Set without an app token: HTTP. */
  readonly slackSigningSecret: string | undefined;
  readonly slackApiUrl: string;
  readonly databaseUrl: string;
  /** How many connections to it one process may have, the one it listens on included. */
  readonly databaseConnections: number;
  /** Set: Alertmanager and others may push alerts. */
  readonly hooksToken: string | undefined;
  /** Set: Sentry may. */
  readonly sentryClientSecret: string | undefined;
  /** Set: asked once a minute while the bot is alive, for somebody who notices when that stops. */
  readonly heartbeatUrl: string | undefined;
  readonly plansDir: string;
  readonly port: number;
  readonly logLevel: string;
  readonly network: NetworkRules;
  /** Puts values in place of `${NAME}`; throws an Error that names what is not set. */
  readonly fill: (value: string) => string;
  /** Folders that programs may come from, all of them; undefined: any. */
  readonly programDirs: readonly string[] | undefined;
  /** How long items that are under way may go on when the process is told to end, ms. */
  readonly itemGraceMs: number;
}

type Env = Readonly<Record<string, string | undefined>>;

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const text = z.string().trim().min(1).optional();

const secret = text.refine((value) => value === undefined || /^[\x21-\x7e]{16,}$/.test(value), {
  error: 'must have at least 16 characters and no spaces',
});

const NO_ADDRESS = 'cannot be read as an address; in the password escape @ : / # %, e.g. / as %2F';

/** What people put in the wrong place, by how it begins; the values themselves are never shown. */
const GIVEN_INSTEAD: readonly (readonly [RegExp, string])[] = [
  [/^["'`“”‘’«]/, 'this one begins with a quotation mark, which is taken as part of it'],
  [/^Bearer\s/i, 'this one begins with “Bearer”'],
  [/^xoxb-/, 'this one is a bot token'],
  [/^xapp-/, 'this one is an app-level token'],
  [/^xoxp-/, 'this one is a user token'],
  [/^xoxe[.-]/, 'this one is a token for configuring apps, or one to renew others with'],
  [/^xox[a-z]-/, 'this one is a token of another kind'],
  [/^[0-9a-f]{32}$/, 'this one looks like a signing secret or a client secret'],
  [/^A[0-9A-Z]{8,12}$/, 'this one looks like the id of the app'],
  [/^https?:\/\//, 'this one is an http address'],
  [/^(?:mysql|mariadb|mongodb|sqlite|redis|jdbc:)/, 'this one is the address of another kind of database'],
  [/^\$\{?\w|^<.*>$/, 'this one was never filled in'],
];

function whatItIs(value: unknown): string {
  const [, what] = GIVEN_INSTEAD.find(([like]) => like.test(String(value).slice(0, 1_000))) ?? [];
  return what === undefined ? '' : `; ${what}`;
}

/** Folders, whole paths with `:` between them. */
const dirs = z
  .string()
  .optional()
  .transform((value) => value?.split(':').map((dir) => dir.trim()))
  .refine((given) => given === undefined || given.every((dir) => dir.startsWith('/')), {
    error: 'must be folders as whole paths from /, with : between them',
  });

const Environment = z.object({
  SLACK_BOT_TOKEN: z
    .string({ error: 'the bot token of your Slack app (xoxb-…), from OAuth & Permissions' })
    .trim()
    .startsWith('xoxb-', { error: ({ input }) => `must be a bot token, it starts with xoxb-${whatItIs(input)}` }),
  SLACK_APP_TOKEN: text.refine((value) => value === undefined || value.startsWith('xapp-'), {
    error: ({ input }) => `must be an app-level token, it starts with xapp-${whatItIs(input)}`,
  }),
  SLACK_SIGNING_SECRET: text,
  SLACK_API_URL: z.url({ error: 'must be a URL' }).default('https://slack.com/api/'),
  DATABASE_URL: z
    .string({ error: 'the address of a Postgres database, postgres://user:password@host/name' })
    .regex(/^postgres(ql)?:\/\//, {
      error: ({ input }) => `must begin with postgres://${whatItIs(input)}`,
      abort: true,
    })
    .refine(URL.canParse, { error: NO_ADDRESS }),
  DATABASE_CONNECTIONS: z.coerce
    .number({ error: 'must be a number' })
    .int()
    .min(CONNECTIONS.least, { error: `must be at least ${CONNECTIONS.least}` })
    .max(CONNECTIONS.most, { error: `must be at most ${CONNECTIONS.most}` })
    .default(CONNECTIONS.usual),
  PLANS_DIR: z.string().default('plans'),
  PORT: z.coerce.number({ error: 'must be a number' }).int().min(0).max(65_535).default(3000),
  PROGRAM_DIRS: dirs,
  ITEM_GRACE: z.coerce
    .number({ error: 'must be a number of seconds' })
    .min(0, { error: 'must be at least 0' })
    .max(3_600, { error: 'must be at most 3600' })
    .default(60),
  PUBLIC_URL: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).optional(),
  PROBE_NETWORKS: z.string().optional(),
  PROBE_DATABASES: z.string().optional(),
  HOOKS_TOKEN: secret,
  SENTRY_CLIENT_SECRET: secret,
  HEARTBEAT_URL: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).optional(),
  LOG_LEVEL: z.enum(LEVELS, { error: `must be one of ${LEVELS.join(', ')}` }).default('info'),
});

/** The environment of this process, with a `.env` file beneath it. */
export function readEnvironment(): Env {
  readDotenv({ quiet: true });
  return process.env;
}

/** A variable that is missing or wrong. */
export interface ConfigProblem {
  readonly name: string;
  readonly what: string;
}

export function problemWords({ name, what }: ConfigProblem): string {
  return `${name}: ${what}`;
}

/** The configuration, or everything that is missing or wrong. */
export function readConfig(env: Env): { ok: true; config: Config } | { ok: false; problems: ConfigProblem[] } {
  const parsed = Environment.safeParse(withoutEmpty(env));
  const problems: ConfigProblem[] = parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => ({ name: String(path[0]), what: message }));
  if (!env.SLACK_APP_TOKEN && !env.SLACK_SIGNING_SECRET) {
    problems.push({
      name: 'SLACK_APP_TOKEN',
      what: 'an app-level token (xapp-…) for Socket Mode, or SLACK_SIGNING_SECRET for HTTP',
    });
  }
  const network = parseNetworks(
    env.PROBE_NETWORKS,
    parsed.success ? parsed.data.DATABASE_URL : undefined,
    env.PROBE_DATABASES,
  );
  if ('error' in network) problems.push({ name: 'PROBE_NETWORKS', what: network.error });
  if (!parsed.success || 'error' in network || problems.length > 0) return { ok: false, problems };
  const values = parsed.data;
  return {
    ok: true,
    config: {
      slackBotToken: values.SLACK_BOT_TOKEN,
      slackAppToken: values.SLACK_APP_TOKEN,
      slackSigningSecret: values.SLACK_SIGNING_SECRET,
      slackApiUrl: values.SLACK_API_URL,
      databaseUrl: values.DATABASE_URL,
      databaseConnections: values.DATABASE_CONNECTIONS,
      hooksToken: values.HOOKS_TOKEN,
      sentryClientSecret: values.SENTRY_CLIENT_SECRET,
      heartbeatUrl: values.HEARTBEAT_URL,
      plansDir: values.PLANS_DIR,
      port: values.PORT,
      logLevel: values.LOG_LEVEL,
      network,
      programDirs: values.PROGRAM_DIRS,
      itemGraceMs: values.ITEM_GRACE * 1_000,
      fill: filler(env),
    },
  };
}

const NO_DATABASE =
  'is not set; it is the address of the bot’s Postgres database, in the environment or in the .env of the folder the command is run in';

/** What the command line needs: no Slack. */
export function readStoreConfig(
  env: Env,
):
  | { ok: true; databaseUrl: string; network: NetworkRules; fill: Config['fill'] }
  | { ok: false; problems: ConfigProblem[] } {
  const given = withoutEmpty(env);
  if (given.DATABASE_URL === undefined) return { ok: false, problems: [{ name: 'DATABASE_URL', what: NO_DATABASE }] };
  const read = Environment.shape.DATABASE_URL.safeParse(given.DATABASE_URL);
  if (!read.success)
    return { ok: false, problems: read.error.issues.map(({ message }) => ({ name: 'DATABASE_URL', what: message })) };
  const databaseUrl = read.data;
  const network = parseNetworks(given.PROBE_NETWORKS, databaseUrl, given.PROBE_DATABASES);
  if ('error' in network) return { ok: false, problems: [{ name: 'PROBE_NETWORKS', what: network.error }] };
  return { ok: true, databaseUrl, network, fill: filler(env) };
}

/** What of the configuration is there and right, whatever the rest is: the doctor looks at as much as it can. */
export interface ConfigParts {
  readonly slackBotToken: string | undefined;
  readonly slackAppToken: string | undefined;
  readonly slackSigningSecret: string | undefined;
  readonly slackApiUrl: string | undefined;
  readonly databaseUrl: string | undefined;
  readonly plansDir: string;
  /** Where Slack finds the bot in HTTP mode. */
  readonly publicUrl: string | undefined;
  readonly network: NetworkRules | undefined;
  readonly fill: Config['fill'];
  /** Texts that must never be shown: the bot's own secrets, and the password in its database's address. */
  readonly secrets: readonly string[];
}

export function readParts(env: Env): ConfigParts {
  const given = withoutEmpty(env);
  const { shape } = Environment;
  const part = <K extends keyof typeof shape>(name: K): z.output<(typeof shape)[K]> | undefined => {
    const parsed = shape[name].safeParse(given[name]);
    return parsed.success ? (parsed.data as z.output<(typeof shape)[K]>) : undefined;
  };
  const databaseUrl = part('DATABASE_URL');
  const network = parseNetworks(given.PROBE_NETWORKS, databaseUrl, given.PROBE_DATABASES);
  return {
    slackBotToken: part('SLACK_BOT_TOKEN'),
    slackAppToken: part('SLACK_APP_TOKEN'),
    slackSigningSecret: part('SLACK_SIGNING_SECRET'),
    slackApiUrl: part('SLACK_API_URL'),
    databaseUrl,
    plansDir: part('PLANS_DIR') ?? 'plans',
    publicUrl: part('PUBLIC_URL'),
    network: 'error' in network ? undefined : network,
    fill: filler(env),
    secrets: [...BOT_VARIABLES.flatMap((name) => given[name] ?? []), ...passwordIn(databaseUrl)],
  };
}

function passwordIn(url: string | undefined): string[] {
  if (url === undefined || !URL.canParse(url)) return [];
  const { password } = new URL(url);
  return password === '' ? [] : [password, decoded(password)];
}

/** A `%` that begins no escape stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function filler(env: Env): Config['fill'] {
  return (value) => {
    const filled = fillVariables(value, env);
    if (!filled.ok) throw new Error(filled.spoilt?.join('; ') ?? `${filled.missing.join(', ')} is not set`);
    return filled.value;
  };
}

/** `NAME=` in a file means that it is not set. */
function withoutEmpty(env: Env): Env {
  const given = Object.entries(env).map(([name, value]) => [name, value?.trim()] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined && value !== ''));
}

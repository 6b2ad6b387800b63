/** Everything the bot needs to be tried out, on this machine: Postgres, a local Slack, a shop, and the bot itself. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { superviseBot } from './bot.js';
import { type Databases, madeBefore, prepareDatabases } from './databases.js';
import { startLastingPostgres } from './lasting-postgres.js';
import { ownVariables } from './own-variables.js';
import { botEntry } from './place.js';
import { onFirstFreePort } from './ports.js';
import { type RunningPostgres, startPostgres, stopOrphan } from './postgres.js';
import { type Shop, startShop } from './shop/shop.js';
import { shopPanel } from './shop-panel.js';
import { type RunningSlack, sandboxWorkspace, startLocalSlack } from './slack/index.js';
import { UNUSUAL } from './slack/unusual-workspaces.js';

export interface StackOptions {
  /** Holds the databases, the messages and the bot's log; an existing one is continued. */
  readonly dir: string;
  /** Absolute; the bot does not run in the project's folder. */
  readonly plansDir: string;
  /** Where variables of own plans stand, absolute; absent: there are none. */
  readonly ownVariables?: string;
  /** One of `UNUSUAL`; the usual workspace when absent. */
  readonly unusual?: string | undefined;
  /** Where the page is; the next free port when it is taken. */
  readonly port: number;
  /** False: this is for one run only, so ports may differ from start to start and a power cut may cost the data. */
  readonly lasting: boolean;
  /** Ends a start that is under way, with everything it started. */
  readonly signal?: AbortSignal;
  /** What a person should know while it runs, one line each. */
  readonly say: (line: string) => void;
}

export interface Stack {
  readonly slack: RunningSlack;
  readonly shop: Shop;
  readonly databases: Databases;
  readonly logFile: string;
  /** Ends the bot, then everything it talked to. Safe to repeat. */
  stop(): Promise<void>;
}

/** Resolves when the bot is connected (or has had 20 s for it: `say` then told why not). Leaves nothing behind when it rejects. */
export async function startStack(options: StackOptions): Promise<Stack> {
  mkdirSync(options.dir, { recursive: true });
  const stops: (() => Promise<void>)[] = [];
  const stopAll = async () => {
    for (let stop = stops.pop(); stop; stop = stops.pop()) await stop();
  };
  const { signal } = options;
  try {
    const { slack, openShop } = await openSlack(options);
    stops.push(() => slack.close());
    options.say('Starting Postgres, which takes some seconds the first time …');
    const { postgres, databases } = await openDatabases(options);
    stops.push(() => postgres.stop());
    signal?.throwIfAborted();
    const shop = await openShop(databases);
    stops.push(() => shop.stop());
    await databases.allowFlags();
    signal?.throwIfAborted();
    options.say('Starting the bot …');
    const logFile = join(options.dir, 'bot.log');
    const bot = superviseBot({
      entry: botEntry(),
      dir: options.dir,
      logFile,
      pidFile: join(options.dir, 'bot.pid'),
      say: options.say,
      env: environment(options, slack, databases, shop),
    });
    stops.push(() => bot.stop());
    await connectedOrSaid(slack, logFile, options.say, signal);
    signal?.throwIfAborted();
    let stopped: Promise<void> | undefined;
    return { slack, shop, databases, logFile, stop: () => (stopped ??= stopAll()) };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

/** Slack first: it costs nothing, and tells by its port where the page is. The shop's panel comes to life with the shop. */
async function openSlack({ dir, port, unusual }: StackOptions) {
  let shop: Shop | undefined;
  const panel = shopPanel(() => shop);
  const stateFile = join(dir, 'slack.json');
  const workspace = UNUSUAL[unusual ?? '']?.() ?? sandboxWorkspace();
  const slack = await onFirstFreePort(port, (free) =>
    startLocalSlack({ port: free, workspace, stateFile, extra: panel }),
  );
  const openShop = async (databases: Databases) => {
    shop = await startShop({ databaseUrl: databases.shop });
    return shop;
  };
  return { slack, openShop };
}

async function openDatabases({ dir, lasting, say }: StackOptions) {
  const place = join(dir, 'postgres');
  // A server left by a sandbox that was killed may have been on any port, with connections nobody owns any more.
  await stopOrphan(place);
  mkdirSync(place, { recursive: true, mode: 0o711 });
  const postgres: RunningPostgres = lasting
    ? await startLastingPostgres(place)
    : await startPostgres({ dir: place, durable: false });
  try {
    if (await madeBefore(postgres)) {
      throw new Error(
        `${dir} was made by a sandbox before 0.2.0, which this version does not read: keep what you need by copying it for the version that made it, and remove it to begin again`,
      );
    }
    return { postgres, databases: await prepareDatabases(postgres) };
  } catch (error) {
    say('The databases could not be prepared.');
    await postgres.stop();
    throw error;
  }
}

/** All the bot is told; nothing of this shell's environment but where programs and the home are. */
function environment(
  { plansDir, ownVariables: own, say }: StackOptions,
  slack: RunningSlack,
  databases: Databases,
  shop: Shop,
): NodeJS.ProcessEnv {
  const bySandbox = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    NODE_ENV: 'production',
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
    DATABASE_URL: databases.bot,
    PLANS_DIR: plansDir,
    PORT: '0',
    LOG_LEVEL: 'info',
    SHOP_URL: shop.url,
    SHOP_DATABASE_URL: databases.flags,
  };
  return own === undefined ? bySandbox : { ...bySandbox, ...ownVariables(own, bySandbox, say) };
}

const PATIENCE_MS = 20_000;

async function connectedOrSaid(
  slack: RunningSlack,
  logFile: string,
  say: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      say(`The bot is not connected yet; see ${logFile}.`);
      resolve();
    }, PATIENCE_MS);
    signal?.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([slack.connected(1), late]);
  clearTimeout(timer);
}

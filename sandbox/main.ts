/**
 * `npm run sandbox`: try the bot without a Slack workspace. Everything is kept from start to start in .sandbox/.
 *
 * SANDBOX_PORT: where to look for a free port for the page, default 4390. SANDBOX_DIR: another place for the data.
 * `.env.sandbox` in the project: variables of your own plans.
 * SANDBOX_WORKSPACE: grid, grid-wide, big, free or restricted, each with data of its own.
 */
import { mkdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { sandboxDataDir } from './data-dir.js';
import { OWN_VARIABLES } from './own-variables.js';
import { projectRoot } from './place.js';
import { PAGE_PORT } from './ports.js';
import { endWithNpm, SandboxRunningError, sandboxLock } from './processes.js';
import { UNUSUAL } from './slack/unusual-workspaces.js';
import { type Stack, startStack } from './stack.js';

const root = projectRoot();
const unusual = process.env.SANDBOX_WORKSPACE || undefined;
const dir = dataDir();
const lock = claim();
const cancel = new AbortController();
const starting = startStack({
  signal: cancel.signal,
  dir,
  unusual,
  lasting: true,
  port: Number(process.env.SANDBOX_PORT) || PAGE_PORT,
  plansDir: resolve(root, 'plans'),
  ownVariables: join(root, OWN_VARIABLES),
  say: (line) => console.log(`  ${line}`),
});

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(0));
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error) => {
    console.error('sandbox:', error);
    void end(1);
  });
}
endWithNpm('sandbox', () => void end(0));

starting.then(introduce, (error: unknown) => {
  // Stopped while it was starting: nobody waits for an explanation.
  if (stopping) return;
  console.error(`The sandbox does not start: ${error instanceof Error ? error.message : String(error)}`);
  lock.release();
  process.exit(1);
});

/** What people of one workspace did makes no sense in another. */
function dataDir(): string {
  const usual = process.env.SANDBOX_DIR ? resolve(process.env.SANDBOX_DIR) : sandboxDataDir(root);
  if (unusual === undefined) return usual;
  if (!Object.hasOwn(UNUSUAL, unusual)) {
    console.error(`SANDBOX_WORKSPACE is ${unusual}; it may be ${Object.keys(UNUSUAL).join(', ')}`);
    process.exit(1);
  }
  const own = join(usual, unusual);
  mkdirSync(own, { recursive: true, mode: 0o711 });
  return own;
}

function claim() {
  try {
    return sandboxLock(dir);
  } catch (error) {
    if (!(error instanceof SandboxRunningError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}

/** Also while it is starting: what is started by then is ended as well. */
async function end(code: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  cancel.abort();
  if (code === 0) console.log('  Stopping …');
  try {
    await starting.then(
      (stack) => stack.stop(),
      () => undefined,
    );
  } catch (error) {
    console.error('sandbox:', error);
    process.exitCode = 1;
  }
  lock.release();
  process.exit(process.exitCode ?? code);
}

function introduce({ slack, databases, logFile }: Stack): void {
  lock.setAddress(slack.url);
  if (stopping) return;
  console.log(`
The sandbox is at ${slack.url}

  1. Open it. You are Opal, an operator: type in #shop   /rollout start new-checkout   and advance when it offers to.
  2. When a lead has to approve, become Lea Lead (“You are”, at the top) and click Approve.
  3. Break the shop: in the panel “Demo shop” set 30 % errors for exposed users, and watch it being rolled back.
  4. Take one back without Slack, in another terminal:
     DATABASE_URL=${databases.bot} SHOP_DATABASE_URL=${databases.flags} npx --no rollout rollback new-checkout

Ctrl-C ends all of it; the next start goes on from here. The bot's log: ${shortest(logFile)}
`);
}

/** Relative to where the person stands, but for a place elsewhere. */
function shortest(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}

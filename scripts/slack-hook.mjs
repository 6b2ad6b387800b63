#!/usr/bin/env node
// What the Slack CLI asks of a project, so that `slack run` works: .slack/hooks.json names this file. The protocol:
// https://docs.slack.dev/tools/slack-cli/reference/hooks. Answers go to standard output as JSON, between the boundary the CLI
// names, so that nothing else that is printed is taken for one.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const BOUNDARIES = 'message-boundaries';
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [hook, ...flags] = process.argv.slice(2);

function flag(name) {
  return flags.find((each) => each.startsWith(`--${name}=`))?.slice(name.length + 3);
}

function respond(answer) {
  const boundary = flag('protocol') === BOUNDARIES ? (flag('boundary') ?? '') : '';
  process.stdout.write(`${boundary}${JSON.stringify(answer)}${boundary}\n`);
}

function hooks() {
  const [getManifest, start] = ['get-manifest', 'start'].map((name) => `node scripts/slack-hook.mjs ${name}`);
  return {
    hooks: { 'get-manifest': getManifest, start },
    config: {
      'protocol-version': [BOUNDARIES],
      // The bot makes its own Socket Mode connections.
      'sdk-managed-connection-enabled': true,
      watch: { manifest: { paths: ['manifest.yml'] } },
    },
    runtime: 'node',
  };
}

/** The bot with the tokens of the app that the CLI has installed; everything else comes from the environment, as ever. */
function start() {
  const built = spawnSync(process.execPath, [join(root, 'scripts/build.mjs'), '--if-needed'], { stdio: 'inherit' });
  if (built.status !== 0) process.exit(built.status ?? 1);
  const { SLACK_CLI_XOXB, SLACK_CLI_XAPP, ...env } = process.env;
  if (SLACK_CLI_XOXB) env.SLACK_BOT_TOKEN = SLACK_CLI_XOXB;
  if (SLACK_CLI_XAPP) env.SLACK_APP_TOKEN = SLACK_CLI_XAPP;
  const bot = spawn(process.execPath, [join(root, 'dist/main.js')], { stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => bot.kill(signal));
  bot.on('close', (code) => process.exit(code ?? 1));
}

switch (hook) {
  case 'get-hooks':
    respond(hooks());
    break;
  case 'get-manifest':
    respond(parse(readFileSync(join(root, 'manifest.yml'), 'utf8')));
    break;
  case 'start':
    start();
    break;
  default:
    console.error(`there is no hook "${hook ?? ''}"; there are get-hooks, get-manifest and start`);
    process.exit(1);
}

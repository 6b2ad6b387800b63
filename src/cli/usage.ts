/** What can be typed behind `rollout`, and what it does. docs/reference/commands.md has the same words. */
export const CLI_VERBS: readonly (readonly [typed: string, does: string])[] = [
  ['doctor [plans]', 'looks at everything the bot needs, and says what is wrong and what mends it'],
  ['init [plan] [--yes]', 'writes a plan from a few questions'],
  ['validate <plan files>', 'checks plan files; every problem with file, line and column'],
  [
    'validate --live <plan files>',
    'also reads every check and target once, asks Slack for the people, and shows what would happen when',
  ],
  ['list', 'every rollout under way'],
  ['rollback <rollout> [to] [reason]', 'takes it back and waits up to 60 s for the read-back'],
  ['pause <rollout> [reason]', 'holds it where it is'],
];

const width = Math.max(...CLI_VERBS.map(([typed]) => typed.length));

export const USAGE = `rollout-bot on the command line.

${CLI_VERBS.map(([typed, does]) => `  rollout ${typed.padEnd(width)}  ${does}`).join('\n')}

<rollout> is a plan's name or plan#run, e.g. new-checkout or new-checkout#3. [to]: off, previous, a stage or a percent.
list, rollback and pause work with Slack and the bot down; DATABASE_URL (or .env) names the bot's database.`;

/** What the command line can do; docs/reference/commands.md says it with the same words. */
export const USAGE = `rollout-bot on the command line.

  rollout validate <plan files>               check plan files; prints every problem with file, line and column
  rollout list                                every rollout under way
  rollout rollback <rollout> [to] [reason]    take a rollout back now, and wait until it is read back
  rollout pause <rollout> [reason]            hold a rollout where it is

<rollout> is a plan's name or plan#run, e.g. new-checkout or new-checkout#3. [to]: off, previous, a stage or a percent.
list, rollback and pause work with Slack and the bot down; DATABASE_URL (or .env) names the bot's database.`;

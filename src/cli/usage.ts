/** What can be typed behind `rollout`: one table for the usage, the help of each command, its options and the completion. */

import { isNear } from '../rollout/plan/edit-distance.js';
import { isVerb, rowOf, VERBS, type VerbWith } from '../rollout/state/verbs.js';
import { INIT_OPTIONS } from './init/options.js';

export interface CliCommand {
  /** As it is typed, with what it takes; docs/reference/commands.md has the same words. */
  readonly typed: string;
  readonly does: string;
  /** Every option it knows; another one is refused. */
  readonly options: readonly (readonly [option: string, does: string])[];
  /** What completion offers behind it. */
  readonly takes: 'plan files' | 'plans' | 'commands' | 'shells' | 'nothing';
  /** What else there is to know, a line each. */
  readonly more: readonly string[];
  readonly examples: readonly string[];
}

/** Verbs of the bot that are typed here, too. */
type VerbOfBoth = VerbWith<'cli', 'order' | 'reads'>;

const ROLLOUT = "<rollout> is a plan's name or plan#run, e.g. new-checkout or new-checkout#3.";
const WITHOUT = 'It works with Slack and the bot down; DATABASE_URL (or .env) names the bot’s database.';

export const CLI_COMMANDS = {
  doctor: {
    typed: 'doctor [plans]',
    does: 'looks at everything the bot needs, and says what is wrong and how to fix it',
    options: [],
    takes: 'plans',
    more: ['Changes nothing and posts nothing. Exit code 1 when a line is `fail`.'],
    examples: ['rollout doctor', 'rollout doctor new-checkout'],
  },
  init: {
    typed: 'init [plan] [options]',
    does: 'writes a plan from a few questions',
    options: [
      ['--yes', 'asks nothing and takes what stands in brackets'],
      ...Object.entries(INIT_OPTIONS).map(([option, does]) => [`--${option}`, does] as const),
    ],
    takes: 'nothing',
    more: [
      'Enter takes what stands in brackets. Where no terminal is, each line of the input is an answer.',
      'What an option answers is not asked: --critical 5 or --critical=5.',
    ],
    examples: [
      'rollout init new-checkout',
      'rollout init new-checkout --yes --time-zone Europe/Berlin --exposure-column percent --critical 5 --warning 2',
    ],
  },
  validate: {
    typed: 'validate [--live] <plan files>',
    does: 'checks plan files; every problem with file, line and column',
    options: [
      ['--live', 'also reads every check and target once, asks Slack for the people, and shows what would happen when'],
    ],
    takes: 'plan files',
    more: [
      'Exit code 1 when a file is wrong; with --live also when something it names cannot be read or is not known.',
    ],
    examples: ['rollout validate plans/*.yml', 'rollout validate --live plans/new-checkout.yml'],
  },
  list: {
    typed: 'list',
    does: 'every rollout under way',
    options: [],
    takes: 'nothing',
    more: [WITHOUT],
    examples: ['rollout list'],
  },
  history: {
    typed: 'history [--markdown] <rollout>',
    does: 'everything that happened in a rollout, the oldest first',
    options: [['--markdown', 'as a table in Markdown, for an issue, a wiki or a post-mortem']],
    takes: 'plans',
    more: [ROLLOUT, WITHOUT],
    examples: ['rollout history new-checkout', 'rollout history --markdown new-checkout#3'],
  },
  items: {
    typed: 'items <rollout>',
    does: 'what is to be done in a rollout, whose it is, and what became of it',
    options: [],
    takes: 'plans',
    more: [ROLLOUT, WITHOUT],
    examples: ['rollout items new-checkout'],
  },
  output: {
    typed: 'output <rollout> <item>',
    does: 'all that is kept of what a program printed or a request was answered, for one item',
    options: [],
    takes: 'plans',
    more: [ROLLOUT, WITHOUT],
    examples: ['rollout output new-checkout gates'],
  },
  rollback: {
    typed: 'rollback <rollout> [to] [reason]',
    does: 'takes it back and waits up to 60 s for the read-back',
    options: [],
    takes: 'plans',
    more: [
      `${ROLLOUT} [to]: off, previous, a stage or a percent.`,
      'Exit code 1 when it is not read back in time: the bot goes on trying.',
      WITHOUT,
    ],
    examples: ['rollout rollback new-checkout', 'rollout rollback new-checkout to wave-1 too slow'],
  },
  pause: {
    typed: 'pause <rollout> [reason]',
    does: 'pauses it where it is',
    options: [],
    takes: 'plans',
    more: [ROLLOUT, WITHOUT],
    examples: ['rollout pause new-checkout looking at the payments'],
  },
  completion: {
    typed: 'completion <bash|zsh|fish>',
    does: 'prints what makes a shell complete these words',
    options: [],
    takes: 'shells',
    more: [
      'It completes the word `rollout`, so that has to be a command or an alias: alias rollout="npx --no -- rollout"',
    ],
    examples: [
      'source <(npx --no rollout completion bash)',
      'npx --no rollout completion zsh > ~/.zfunc/_rollout',
      'npx --no rollout completion fish > ~/.config/fish/completions/rollout.fish',
    ],
  },
  help: {
    typed: 'help [command]',
    does: 'this, or what one command does and takes',
    options: [],
    takes: 'commands',
    more: ['So do -h and --help behind any command. npx takes them for itself when no command stands before.'],
    examples: ['rollout help rollback', 'npx --no -- rollout --help'],
  },
  version: {
    typed: 'version',
    does: 'which version this is',
    options: [],
    takes: 'nothing',
    more: [],
    examples: ['rollout version', 'npx --no -- rollout --version'],
  },
} as const satisfies Record<string, CliCommand> & Record<VerbOfBoth, CliCommand>;

export type CliVerb = keyof typeof CLI_COMMANDS;
export const CLI_VERBS = Object.keys(CLI_COMMANDS) as readonly CliVerb[];

function isCliVerb(word: string): word is CliVerb {
  return Object.hasOwn(CLI_COMMANDS, word);
}

const HELP: ReadonlySet<string> = new Set(['-h', '--help']);
const VERSION: ReadonlySet<string> = new Set(['-v', '-V', '--version']);

/** What the words behind `rollout` come to. */
export type CliWords =
  | { readonly kind: 'run'; readonly verb: Exclude<CliVerb, 'help' | 'version'>; readonly words: readonly string[] }
  | { readonly kind: 'show'; readonly text: string }
  | { readonly kind: 'refused'; readonly text: string };

/** `version`: what this program is. Help that was asked for is never an order: `rollback x --help` takes nothing back. */
export function readCliWords(all: readonly string[], version: string): CliWords {
  const [first, ...rest] = all;
  if (first === undefined) return { kind: 'refused', text: USAGE };
  if (HELP.has(first) || first === 'help') return helpAbout(rest.filter((word) => !HELP.has(word)));
  if (VERSION.has(first) || first === 'version') return { kind: 'show', text: `rollout-bot ${version}` };
  if (!isCliVerb(first)) return { kind: 'refused', text: unknown(first) };
  const verb: Exclude<CliVerb, 'help' | 'version'> = first as Exclude<CliVerb, 'help' | 'version'>;
  const isAsked = rest.some((word) => HELP.has(word)) || (rest.length === 1 && rest[0] === 'help');
  if (isAsked) return { kind: 'show', text: helpFor(verb) };
  const known = CLI_COMMANDS[verb].options.map(([option]) => option as string);
  const option = rest.find((word) => word.startsWith('-') && !known.includes(optionIn(word)));
  // Behind a rollout's name stand words of people, and an order is not refused for one that begins with a dash.
  if (option !== undefined && !isOrder(verb))
    return { kind: 'refused', text: `rollout ${verb}: there is no option ${option}\n\n${helpFor(verb)}` };
  return { kind: 'run', verb, words: rest };
}

function isOrder(word: string): boolean {
  return isVerb(word) && rowOf(word).cli === 'order';
}

/** What needs the bot's database; what fails in the others, such as a folder that cannot be written, says nothing about it. */
export function asksTheDatabase(word: string): boolean {
  return isVerb(word) && rowOf(word).cli !== null;
}

const WITHOUT_ANSWER: ReadonlySet<string> = new Set(['--yes', '--live', '--markdown']);

/** `--critical` of `--critical=5`; the whole word where that option has no answer. */
function optionIn(word: string): string {
  const [option = ''] = word.split('=', 1);
  return WITHOUT_ANSWER.has(option) ? word : option;
}

function helpAbout([word]: readonly string[]): CliWords {
  if (word === undefined) return { kind: 'show', text: USAGE };
  return isCliVerb(word) ? { kind: 'show', text: helpFor(word) } : { kind: 'refused', text: unknown(word) };
}

const ONLY_IN_SLACK: ReadonlySet<string> = new Set(VERBS.filter((verb) => !isCliVerb(verb)));

function unknown(word: string): string {
  const near = CLI_VERBS.find((verb) => verb.startsWith(word.toLowerCase()) || isNear(word.toLowerCase(), verb));
  // What is decided by people is decided where others see it.
  if (ONLY_IN_SLACK.has(word.toLowerCase()))
    return `rollout: ${word} is typed in Slack: /rollout ${word.toLowerCase()}\n\n${USAGE}`;
  return `rollout: there is no command "${word}"${near ? `; did you mean ${near}?` : ''}\n\n${USAGE}`;
}

/** What one command does, takes and knows. */
export function helpFor(verb: CliVerb): string {
  const { typed, does, options, more, examples }: CliCommand = CLI_COMMANDS[verb];
  const chars = Math.max(8, ...options.map(([option]) => option.length));
  const known = options.map(([option, what]) => `  ${option.padEnd(chars)}  ${what}`);
  return [
    `rollout ${typed}`,
    `  ${does}`,
    ...(known.length === 0 ? [] : ['', ...known]),
    ...(more.length === 0 ? [] : ['', ...more]),
    '',
    ...examples.map((example) => `  ${example}`),
  ].join('\n');
}

const SLACKLESS = CLI_VERBS.filter(asksTheDatabase);
const width = Math.max(...CLI_VERBS.map((verb) => CLI_COMMANDS[verb].typed.length));

export const USAGE = `rollout-bot on the command line.

${CLI_VERBS.map((verb) => `  rollout ${CLI_COMMANDS[verb].typed.padEnd(width)}  ${CLI_COMMANDS[verb].does}`).join('\n')}

${ROLLOUT} [to]: off, previous, a stage or a percent.
${SLACKLESS.slice(0, -1).join(', ')} and ${SLACKLESS.at(-1)} work with Slack and the bot down; DATABASE_URL (or .env) names the bot's database.`;

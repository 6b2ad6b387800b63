import { existsSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { readEnvironment, readParts } from '../config.js';
import { parsePlan } from '../plans/read/parse.js';
import { variablesIn } from '../plans/values/variables.js';
import { type Answers, complete } from './init/answers.js';
import { firstMisfit, interview, type Prompt, takeOptions } from './init/interview.js';
import { type InitOption, isInitOption } from './init/options.js';
import { planText } from './init/plan-text.js';
import { refusal } from './init/refusal.js';
import { print } from './terminal.js';

const SCHEMA = 'plan.schema.json';

/** `rollout init [plan] [--yes] [options]`: a commented plan from a few questions, in the folder of the plans. */
export async function init(words: readonly string[]): Promise<number> {
  const typed = readWords(words);
  const given = typeof typed === 'string' ? typed : takeOptions(typed.name, typed.options);
  if (typeof typed === 'string' || typeof given === 'string') {
    print(`rollout init: ${given}`);
    return 2;
  }
  const { plansDir } = readParts(readEnvironment());
  if (typed.yes) {
    const misfit = firstMisfit(given);
    if (misfit === null) return write(complete(given.answers), plansDir, async () => false);
    print(`rollout init: ${misfit}`);
    return 2;
  }
  const talk = openTalk();
  try {
    const answers = await interview(talk, given);
    return await write(answers, plansDir, async (file) =>
      isYes(await talk.ask(`${file} exists. Write over it? [no]: `)),
    );
  } catch (error) {
    if (!(error instanceof BrokenOff)) throw error;
    print('\nBroken off; nothing was written.');
    return 1;
  } finally {
    talk.close();
  }
}

interface Typed {
  readonly name: string | undefined;
  readonly yes: boolean;
  readonly options: ReadonlyMap<InitOption, string>;
}

/** `--critical 5` and `--critical=5` alike; a text is what cannot be understood. */
function readWords(words: readonly string[]): Typed | string {
  const names: string[] = [];
  const options = new Map<InitOption, string>();
  let yes = false;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const [, option = '', answer] = /^--([a-z-]+)(?:=([\s\S]*))?$/.exec(word) ?? [];
    if (word === '--yes') yes = true;
    else if (isInitOption(option)) {
      if (options.has(option)) return `--${option} is there twice`;
      if (answer === undefined) at += 1;
      options.set(option, answer ?? words[at] ?? '');
    } else if (word.startsWith('-')) return `there is no option ${word}`;
    else names.push(word);
  }
  const [name, ...more] = names;
  if (more.length > 0) return `expected one name, found ${names.join(' ')}`;
  const problem = name === undefined ? null : refusal({ name });
  return problem ?? { name, yes, options };
}

function isYes(typed: string | null): boolean {
  return /^y(?:es)?$/i.test(typed?.trim() ?? '');
}

/** Never over a file that is there, unless `overwrite` says so. */
async function write(answers: Answers, dir: string, overwrite: (file: string) => Promise<boolean>): Promise<number> {
  // A second file for the same plan, with the other ending, would make both wrong.
  const files = ['.yml', '.yaml'].map((ending) => join(dir, `${answers.name}${ending}`));
  const there = files.find((file) => existsSync(file));
  if (there !== undefined && !(await overwrite(there))) {
    print(`${there} exists, and was left as it is. Another name: npx --no rollout init <name>`);
    return 1;
  }
  const file = there ?? join(dir, `${answers.name}.yml`);
  const text = planText(answers);
  const schema = join(dir, SCHEMA);
  try {
    await makeFolder(dir);
    await writeFile(file, text, { flag: there === undefined ? 'wx' : 'w' });
    if (!existsSync(schema)) await copyFile(shippedSchema(), schema);
  } catch (error) {
    const { code }: { code?: unknown } = Object(error);
    print(`${file} cannot be written (${code ?? String(error)}). PLANS_DIR says in which folder plans are.`);
    return 1;
  }
  for (const line of nextSteps(file, answers, text)) print(line);
  return 0;
}

/** With what lacks above it. Not `recursive` of Node, which tries for ever where there can be no folder, as in /proc. */
async function makeFolder(dir: string): Promise<void> {
  const missing: string[] = [];
  for (let at = resolve(dir); !existsSync(at) && dirname(at) !== at; at = dirname(at)) missing.unshift(at);
  for (const folder of missing) await mkdir(folder);
}

/** Beside the plans of this package: where it is depends on how this file was built. */
function shippedSchema(): string {
  const places = ['../../', '../../../'].map((up) => fileURLToPath(new URL(`${up}plans/${SCHEMA}`, import.meta.url)));
  return places.find((place) => existsSync(place)) ?? join('plans', SCHEMA);
}

function nextSteps(file: string, { name, channel }: Answers, text: string): string[] {
  const result = parsePlan(text, { file });
  const variables = result.ok ? variablesIn(result.plan, result.lists) : [];
  const set = variables.length === 0 ? '' : `, after setting ${variables.join(' and ')} in .env`;
  return [
    `Wrote ${file}. Next:`,
    '  1. Look through it: limits, people and bakes are guesses.',
    `  2. npx --no rollout validate --live ${file}${set}`,
    `  3. In Slack: /invite @rollout in ${channel}, then /rollout start ${name}`,
  ];
}

/** Somebody at the terminal went away in the middle. */
class BrokenOff extends Error {}

/** A terminal, or lines that come from somewhere else: then each is one answer, and those that are missing are the standard. */
function openTalk(): Prompt & { close(): void } {
  const isPerson = process.stdin.isTTY === true;
  const lines = createInterface({ input: process.stdin, ...(isPerson ? { output: process.stdout } : {}) });
  // Lines that arrive before they are asked for are kept by the iterator.
  const typed = lines[Symbol.asyncIterator]();
  lines.on('SIGINT', () => lines.close());
  return {
    async ask(question) {
      if (isPerson) {
        lines.setPrompt(question);
        lines.prompt();
      }
      const { value, done } = await typed.next();
      if (done && isPerson) throw new BrokenOff();
      if (!isPerson) print(`${question}${done ? '' : value}`);
      return done ? null : value;
    },
    say: print,
    close: () => lines.close(),
  };
}

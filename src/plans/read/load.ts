/** Plan files on disk. Read at every start, so that an edited file needs no restart; nothing is cached. */
import { constants } from 'node:fs';
import { open, readdir, realpath } from 'node:fs/promises';
import { dirname, extname, join, relative, sep } from 'node:path';
import { PLAN_NAME } from '../language/schema.js';
import type { ProblemCode } from '../values/problem.js';
import { MAX_BYTES } from '../yaml/source.js';
import { type ParseResult, parsePlan, planNameOf } from './parse.js';

const ENDINGS = ['.yml', '.yaml'];

export interface LoadedPlan {
  /** The file's name without its ending, which is the plan's name if the file is right. */
  readonly name: string;
  /** The path as it was given: directory and file name. */
  readonly file: string;
  /** What stands in the file; empty when it could not be read. */
  readonly text: string;
  readonly result: ParseResult;
}

/** Every plan file directly in the directory, by name. Throws an Error with a readable message if there is no such directory. */
export async function loadPlans(dir: string): Promise<LoadedPlan[]> {
  const files = await filesIn(dir);
  return await Promise.all(files.map((file) => loadFrom(dir, { file, files })));
}

/** One plan by its name; undefined when the directory has no file for it or the name is not one. Throws as loadPlans does. */
export async function loadPlan(dir: string, name: string): Promise<LoadedPlan | undefined> {
  if (!PLAN_NAME.test(name)) return undefined;
  const files = await filesIn(dir);
  const file = files.find((candidate) => planNameOf(candidate) === name);
  return file === undefined ? undefined : await loadFrom(dir, { file, files });
}

/** The text of this plan's file, not parsed; undefined when there is no file, or it cannot be read. Throws as loadPlans does. */
export async function planTextIn(dir: string, name: string): Promise<string | undefined> {
  if (!PLAN_NAME.test(name)) return undefined;
  const file = (await filesIn(dir)).find((candidate) => planNameOf(candidate) === name);
  if (file === undefined) return undefined;
  const read = await readPlanText(join(dir, file), dir);
  return 'text' in read ? read.text : undefined;
}

async function filesIn(dir: string): Promise<string[]> {
  try {
    const names = await readdir(dir);
    return names.filter((name) => ENDINGS.includes(extname(name)) && !name.startsWith('.')).sort();
  } catch (cause) {
    throw new Error(`cannot read the plans directory ${dir}: ${reasonOf(cause)}`, { cause });
  }
}

async function loadFrom(dir: string, { file, files }: { file: string; files: readonly string[] }): Promise<LoadedPlan> {
  const plan = await loadFile(join(dir, file));
  const twin = files.find((other) => other !== file && planNameOf(other) === plan.name);
  if (twin === undefined) return plan;
  // Neither is right: which of the two is meant is not for the bot to guess.
  return {
    ...plan,
    result: failed('duplicate', `expected one file for the plan ${plan.name}, found ${file} and ${twin}`),
  };
}

/**
 * Reads and parses one file; what goes wrong is in the result. A symbolic link may not lead out of its directory
 * (links inside it are how mounted configuration is swapped): what is wrong with a file is shown with pieces of it.
 */
export async function loadFile(file: string): Promise<LoadedPlan> {
  const read = await readPlanText(file, dirname(file));
  const result = 'text' in read ? parsePlan(read.text, { file }) : read.failure;
  return { name: planNameOf(file), file, text: 'text' in read ? read.text : '', result };
}

type ReadText = { readonly text: string } | { readonly failure: ParseResult };

async function readPlanText(file: string, within: string): Promise<ReadText> {
  try {
    const path = await realpath(file);
    if (leadsOut(await realpath(within), path)) {
      return {
        failure: failed('unreadable', 'expected a file in this directory, found a link that leads out of it'),
      };
    }
    return await readRegularFile(path);
  } catch (cause) {
    return { failure: failed('unreadable', `expected a readable file, found ${reasonOf(cause)}`) };
  }
}

async function readRegularFile(path: string): Promise<ReadText> {
  // A pipe would block the open until somebody writes; non-blocking it is seen for what it is.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = await handle.stat();
    if (!stat.isFile())
      return {
        failure: failed(
          'unreadable',
          'expected a file, found something else, such as a directory: name its files, e.g. plans/*.yml',
        ),
      };
    if (stat.size > MAX_BYTES)
      return { failure: failed('too_large', `expected at most ${MAX_BYTES / 1024} KB, found more`) };
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(await handle.readFile()) };
  } finally {
    await handle.close();
  }
}

function leadsOut(dir: string, path: string): boolean {
  const way = relative(dir, path);
  return way === '..' || way.startsWith(`..${sep}`);
}

function failed(code: ProblemCode, message: string): ParseResult {
  return { ok: false, problems: [{ line: 1, column: 1, path: '', code, message }] };
}

function reasonOf(cause: unknown): string {
  if (cause instanceof TypeError) return 'text that is not UTF-8';
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT') return 'no such file or directory';
  if (code === 'EACCES' || code === 'EPERM') return 'no right to read it';
  return typeof code === 'string' ? code : 'an unknown error';
}

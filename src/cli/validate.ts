import { readEnvironment } from '../config.js';
import { validateFiles } from '../plans/read/validate.js';
import { listLines } from './lists.js';
import { print } from './terminal.js';

/** `rollout validate [--live]`: plan files alone, without a network; live, also what they name, read once. */
export async function validate(words: readonly string[]): Promise<number> {
  const live = words.includes('--live');
  const files = words.filter((word) => word !== '--live');
  const unknown = files.find((word) => word.startsWith('--'));
  if (unknown !== undefined) {
    print(`rollout validate: there is no option ${unknown}`);
    return 2;
  }
  if (files.length === 0) {
    print('rollout validate: name one or more plan files, e.g. plans/*.yml');
    return 2;
  }
  const env = readEnvironment();
  const { lines, problems } = await validateFiles([...files], env, listLines);
  if (!live) {
    for (const line of lines) print(line);
    return problems > 0 ? 1 : 0;
  }
  // Loaded only here: adapters and Slack are most of what there is to load.
  return (await import('./validate-live.js')).validateLive(files, env);
}

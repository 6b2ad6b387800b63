import { readEnvironment } from '../config.js';
import { validateFiles } from '../plans/validate.js';
import { print } from './terminal.js';

/** `rollout validate`: plan files alone, without a network. */
export async function validate(files: readonly string[]): Promise<number> {
  if (files.length === 0) {
    print('rollout validate: name one or more plan files, e.g. plans/*.yml');
    return 2;
  }
  const { lines, problems } = await validateFiles([...files], readEnvironment());
  for (const line of lines) print(line);
  return problems > 0 ? 1 : 0;
}

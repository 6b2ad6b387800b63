import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parsePlan } from '../../src/plans/read/parse.js';
import { formatProblem } from '../../src/plans/values/problem.js';

// Not *.yml: some are no YAML at all, and the formatter would mend the others.
const golden = new URL('./golden/', import.meta.url);
const files = readdirSync(golden).filter((name) => name.endsWith('.yml.in'));

describe('what is said about a plan file that is wrong', () => {
  test.each(files)('%s', async (input) => {
    const file = input.replace('.in', '');
    const result = parsePlan(readFileSync(new URL(input, golden), 'utf8'), { file });
    const lines = result.ok
      ? ['ok']
      : result.problems.map((problem) => `${formatProblem(file, problem)} (${problem.code})`);
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`./golden/${file.replace('.yml', '.txt')}`);
  });

  test.each(files)('no message about %s repeats a secret', (input) => {
    const result = parsePlan(readFileSync(new URL(input, golden), 'utf8'));
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });

  test('nor does the message about a mistake in the YAML', () => {
    const result = parsePlan('plan: a\nurl: "postgres://" hunter2\n\t"hunter2": b\n');
    expect(result.ok).toBe(false);
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });
});

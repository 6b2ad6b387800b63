/** What editors are told is what the bot reads. After a change: npx vitest run test/plans/json-schema.test.ts -u */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { planJsonSchema } from './plan-json-schema.js';

const PLANS = new URL('../../plans/', import.meta.url);
const EXAMPLES = new URL('../../examples/', import.meta.url);
const SCHEMA = new URL('plan.schema.json', PLANS);

test('plans/plan.schema.json is the schema of the code with the help of the reference page', async () => {
  await expect(`${JSON.stringify(planJsonSchema(), null, 2)}\n`).toMatchFileSnapshot('../../plans/plan.schema.json');
});

test('every plan names it in its first line, so that an editor finds it', () => {
  const plans = [PLANS, EXAMPLES].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /\.ya?ml$/.test(name))
      .map((name) => new URL(name, folder)),
  );
  expect(plans.length).toBeGreaterThan(1);
  for (const plan of plans) {
    const [first = ''] = readFileSync(plan, 'utf8').split('\n');
    const [, named = ''] = /^# yaml-language-server: \$schema=(\S+)$/.exec(first) ?? [];
    expect(new URL(named, plan).href, plan.pathname).toBe(SCHEMA.href);
  }
});

test('an example names it so that a copy in the folder of the plans finds it, too', () => {
  for (const name of readdirSync(EXAMPLES)) {
    const [, named = ''] = /\$schema=(\S+)/.exec(readFileSync(new URL(name, EXAMPLES), 'utf8')) ?? [];
    expect(new URL(named, new URL(name, PLANS)).href, name).toBe(SCHEMA.href);
  }
});

test('is shipped with the package', () => {
  const { files }: { files: string[] } = JSON.parse(readFileSync(new URL('../package.json', PLANS), 'utf8'));
  expect(files).toEqual(expect.arrayContaining(['plans', 'examples']));
});

/** What editors are told is what the bot reads. After a change: npx vitest run test/plans/json-schema.test.ts -u */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { planJsonSchema } from './plan-json-schema.js';

const PLANS = new URL('../../plans/', import.meta.url);

test('plans/plan.schema.json is the schema of the code with the help of the reference page', async () => {
  await expect(`${JSON.stringify(planJsonSchema(), null, 2)}\n`).toMatchFileSnapshot('../../plans/plan.schema.json');
});

test('every plan names it in its first line, so that an editor finds it', () => {
  const plans = readdirSync(PLANS).filter((name) => /\.ya?ml$/.test(name));
  expect(plans.length).toBeGreaterThan(1);
  for (const name of plans) {
    const [first] = readFileSync(new URL(name, PLANS), 'utf8').split('\n');
    expect(first, name).toBe('# yaml-language-server: $schema=./plan.schema.json');
  }
});

test('is shipped with the package', () => {
  const { files }: { files: string[] } = JSON.parse(readFileSync(new URL('../package.json', PLANS), 'utf8'));
  expect(files).toContain('plans');
});

/** The conversation in the README is what the bot says today: every line of it, numbers, times and names aside. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { memoryGauge } from '../../src/probes/memory.js';
import { openScene, WHO } from '../support/scene.js';

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const SHOP_PLAN = readFileSync(new URL('../../plans/new-checkout.yml', import.meta.url), 'utf8');

const LOGINS = 'readme-logins';

/** The plan of the demo with its target and probes in memory; everybody can log in. */
function memoryPlan(): string {
  const checks = ['$ERRORS', '$LATENCY', LOGINS];
  return SHOP_PLAN.replace(/ {2}flag:[\s\S]*?\n\n/, '  flag: { kind: memory, name: $TARGET }\n\n')
    .replace(/probe: \{.*\}/g, () => `probe: { kind: memory, name: ${checks.shift()} }`)
    .replace(/bake: \w+/g, 'bake: 3s')
    .replace(/check_every: \w+/g, 'check_every: 1s');
}

/** What is left of a line when numbers, times, names, links and marks are taken out. */
function wording(line: string): string {
  return line
    .replace(/\s+/g, ' ')
    .replace(/<!date\^[^>]*>/g, '#')
    .replace(/<(?:@|!subteam\^)\w+>|@[A-Z]\w+ [A-Z]\w+|@[\w-]+/g, '@')
    .replace(/<[^|>]+\|([^>]+)>/g, '$1')
    .replace(/\d+(?:[.,:]\d+)*(?: (?:ms|[smh])(?!\w))*/g, '#')
    .replace(/[*`]/g, '')
    .trim();
}

/** Lines the bot says: not who types or clicks, not what was left out. Buttons of one line are several. */
function linesToldInReadme(): string[] {
  const blocks = [...README.matchAll(/^```\n([\s\S]*?)^```/gm)].map((match) => match[1] ?? '');
  const lines = blocks.filter((block) => block.includes('  rollout')).flatMap((block) => block.split('\n'));
  const said = lines.filter((line) => /^ {16}\S/.test(line));
  return said.flatMap((line) => (line.trim().startsWith('[ ') ? (line.match(/\[ .*? \]/g) ?? []) : [line]));
}

let said: Set<string> | undefined;

async function sayItAll(): Promise<Set<string>> {
  const scene = await openScene({ transport: 'http', plan: memoryPlan() });
  memoryGauge(LOGINS).set(100);
  const heard: string[] = [];
  const hear = () => heard.push(...scene.transcript().replaceAll('   ↳ ', '').split('\n'));
  const ready = async () => (await scene.phase()) === 'ready';
  try {
    await scene.command(WHO.opal, 'start new-checkout');
    for (const approves of [false, true]) {
      await scene.passUntil('the bake is over', ready, { stepMs: 1_000 });
      hear();
      await scene.click(WHO.opal, 'rollout_advance');
      if (approves) await scene.click(WHO.lea, 'rollout_approve');
    }
    scene.errors.set(9.79);
    await scene.passUntil('it is rolled back', async () => (await scene.phase()) === 'rolled_back', { stepMs: 1_000 });
    hear();
  } finally {
    await scene.close();
  }
  return new Set(heard.map(wording));
}

const told = linesToldInReadme();

test('the README shows a start, a stage that is complete, an approval and an incident', () => {
  const text = told.join('\n');
  for (const words of ['started: ', 'complete after', 'Approved by', 'ROLLED BACK', 'read back'])
    expect(text).toContain(words);
});

test.each(told)('the bot says “%s”', async (line) => {
  said ??= await sayItAll();
  expect([...said]).toContain(wording(line));
});

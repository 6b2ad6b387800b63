/** Writing a plan in an editor: a real YAML language server with the schema that is shipped. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Editor, startEditor } from './editor/language-server.js';

const PLANS = new URL('../../plans/', import.meta.url);
const EVERY_PLAN = [PLANS, new URL('../../examples/', import.meta.url)].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.yml'))
    .map((name) => new URL(name, folder)),
);
const SHOP = readFileSync(new URL('new-checkout.yml', PLANS), 'utf8');
let editor: Editor;
let files = 0;

beforeAll(async () => {
  editor = await startEditor();
});
afterAll(() => editor.close());

/** The text as a file beside the other plans; the cursor is where `|` stands. */
async function write(text: string) {
  files += 1;
  const uri = new URL(`unsaved-${files}.yml`, PLANS).href;
  const before = text.split('|')[0] ?? '';
  const lines = before.split('\n');
  const diagnostics = await editor.open(uri, text.replace('|', ''));
  return { uri, diagnostics, at: { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 } };
}

const changed = (from: string, to: string): string => {
  expect(SHOP).toContain(from);
  return SHOP.replace(from, () => to);
};

test.each(EVERY_PLAN)('$pathname has nothing underlined', async (plan) => {
  const { diagnostics } = await write(readFileSync(plan, 'utf8'));
  expect(diagnostics.map(({ message }) => message)).toEqual([]);
});

test('the keys of a stage that are not there yet are offered', async () => {
  const { uri, at } = await write(changed('    check_every: 2s\n', '    |\n'));
  const offered = await editor.completions(uri, at);
  expect(offered).toEqual(expect.arrayContaining(['check_every', 'approve', 'advance']));
  expect(offered).not.toContain('bake');
});

test('the kinds of a probe are offered, and those of a target', async () => {
  const [, probe = ''] = /(probe: .*)/.exec(SHOP) ?? [];
  const check = await write(changed(probe, 'probe:\n      kind: |'));
  expect(await editor.completions(check.uri, check.at)).toEqual(expect.arrayContaining(['http', 'memory']));
  const [, target = ''] = /(flag: [\s\S]*?)\n\n/.exec(SHOP) ?? [];
  const flag = await write(changed(target, 'flag:\n    kind: |'));
  expect(await editor.completions(flag.uri, flag.at)).toEqual(expect.arrayContaining(['postgres', 'memory']));
});

test('a key that is not one is underlined where it stands', async () => {
  const { diagnostics } = await write(changed('    check_every: 2s', '    chek_every: 2s'));
  expect(diagnostics).toHaveLength(1);
  expect(diagnostics[0]?.message).toContain('chek_every');
  const line = SHOP.split('\n').findIndex((each) => each.includes('check_every'));
  expect(diagnostics[0]?.range.start).toEqual({ line, character: 4 });
});

test('so are a value of the wrong type, a number out of range and a key that is missing', async () => {
  const words = async (from: string, to: string) => (await write(changed(from, to))).diagnostics[0]?.message;
  expect(await words('bake: 30s', 'bake: 30')).toMatch(/string/);
  expect(await words('exposure: 10 ', 'exposure: 110 ')).toMatch(/maximum|100/);
  expect(await words('title: New checkout\n', '')).toMatch(/title/);
});

test('what a key means is shown, as the reference page says it', async () => {
  const { uri, at } = await write(changed('    bake: 45s', '    ba|ke: 45s'));
  expect(await editor.hover(uri, at)).toContain('How much healthy time must be observed');
  const inside = await write(changed('    table:', '    ta|ble:'));
  expect(await editor.hover(inside.uri, inside.at)).toContain('Perhaps with its schema');
});

import { readdirSync, readFileSync } from 'node:fs';
import type { KnownBlock } from '@slack/types';
import { expect, test } from 'vitest';
import { PLACEHOLDERS } from '../../src/rollout/plan/placeholders.js';
import { everyMessage } from './every-message.js';
import { everyView } from './every-view.js';
import { buttonsIn, menuIn } from './readable.js';

const page = readFileSync(new URL('../../docs/reference/messages.md', import.meta.url), 'utf8');
const firstCells = (heading: string): string[] => {
  const section = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
  );
};

test('every message has one row in docs/reference/messages.md, and every row its file', () => {
  const files = readdirSync(new URL('../../src/slack/words/messages/', import.meta.url))
    .filter((name) => name.endsWith('.ts') && name !== 'index.ts' && name !== 'home.ts')
    .map((name) => name.slice(0, -'.ts'.length).replaceAll('-', '_'));
  const rows = [...firstCells('Posts'), ...firstCells('Answers')];
  expect(rows.toSorted()).toEqual(files.toSorted());
});

// What is drawn nowhere is looked at by no test of escaping, of buttons or of budgets.
test('every post of the page is drawn in test/slack/every-message.ts', () => {
  const drawn = Object.keys(everyMessage('x'));
  const isDrawn = (name: string): boolean => drawn.some((key) => key === name || key.startsWith(`${name}_`));
  expect([...firstCells('Posts'), ...firstCells('Answers')].filter((name) => !isDrawn(name))).toEqual([]);
});

test('every button that a message has is in the table of buttons, and no other', () => {
  const views = Object.values(everyView('x')).map((render) => ({ text: '', blocks: render().blocks as KnownBlock[] }));
  const shown = new Set(
    [...Object.values(everyMessage('x')).map((render) => render()), ...views].flatMap((rendered) => [
      ...buttonsIn(rendered).map((button) => button.action_id ?? ''),
      ...menuIn(rendered).flatMap(({ verb }) => [`rollout_${verb}`, 'rollout_menu']),
    ]),
  );
  expect(firstCells('Buttons').toSorted()).toEqual([...shown].toSorted());
});

test('every form has its row by its title', () => {
  const forms = Object.entries(everyView('x')).filter(([name]) => name.startsWith('form_') && !name.includes('answer'));
  const titles = forms.map(([, render]) => {
    const view = render();
    return view.type === 'modal' ? view.title.text : '';
  });
  const section = page.split('\n## Forms\n')[1]?.split('\n## ')[0] ?? '';
  const rows = [...section.matchAll(/^\| ([A-Z][^|]+) \|/gm)].map(([, cell = '']) => cell);
  expect(rows.toSorted()).toEqual([...new Set(titles)].toSorted());
});

test('every post that may begin with a plan’s own words is listed with its placeholders', () => {
  const section = page.split("\n## A plan's own words\n")[1]?.split('\n## ')[0] ?? '';
  const rows = [...section.matchAll(/^\| `(\w+)` \| (.+) \|$/gm)].map(([, template = '', names = '']) => {
    return [template, [...names.matchAll(/`(\w+)`/g)].map(([, name]) => name)];
  });
  expect(Object.fromEntries(rows)).toEqual(PLACEHOLDERS);
  const explained = section.split('\n\n').at(-1) ?? section;
  for (const name of new Set(Object.values(PLACEHOLDERS).flat())) expect(explained).toContain(`\`${name}\``);
});

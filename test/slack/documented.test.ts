import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { everyMessage } from './every-message.js';
import { buttonsIn } from './readable.js';

const page = readFileSync(new URL('../../docs/reference/messages.md', import.meta.url), 'utf8');
const firstCells = (heading: string): string[] => {
  const section = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
  );
};

test('every message has one row in docs/reference/messages.md, and every row its file', () => {
  const files = readdirSync(new URL('../../src/slack/messages/', import.meta.url))
    .filter((name) => name.endsWith('.ts') && name !== 'index.ts' && name !== 'context.ts')
    .map((name) => name.slice(0, -'.ts'.length).replaceAll('-', '_'));
  const rows = [...firstCells('Posts'), ...firstCells('Answers')];
  expect(rows.toSorted()).toEqual(files.toSorted());
});

test('every button that a message has is in the table of buttons, and no other', () => {
  const used = Object.values(everyMessage('x')).flatMap((render) =>
    buttonsIn(render()).map((button) => button.action_id ?? ''),
  );
  const shown = new Set([...used, 'rollout_advance']);
  expect(firstCells('Buttons').toSorted()).toEqual([...shown].toSorted());
});

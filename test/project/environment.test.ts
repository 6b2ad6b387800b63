import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'dotenv';
import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.js';
import { isNode, nameOf, ROOT, readSources } from './sources.js';

const text = readFileSync(join(ROOT, '.env.example'), 'utf8');
const example = parse(text);
const everything = parse(text.replaceAll(/^#(?=[A-Z_]+=)/gm, ''));

/** The keys of the schema that the environment is read with. */
function variablesOfConfig(): string[] {
  const [config] = readSources('src').filter(({ path }) => path === 'src/config.ts');
  const schema = config?.nodes.find((node) => node.type === 'VariableDeclarator' && nameOf(node.id) === 'Environment');
  const call = isNode(schema?.init) ? schema.init : undefined;
  const [shape] = Array.isArray(call?.arguments) ? call.arguments : [];
  const properties: unknown[] = isNode(shape) && Array.isArray(shape.properties) ? shape.properties : [];
  return properties.flatMap((property) => (isNode(property) ? nameOf(property.key) : []));
}

describe('.env.example', () => {
  test('names every variable that is read, and no other', () => {
    const known = variablesOfConfig();
    expect(known).toContain('DATABASE_URL');
    expect(Object.keys(everything).sort()).toEqual(known.sort());
  });

  test('as it is, the bot says line by line what is to be filled in', () => {
    const read = readConfig(example);
    const named = read.ok ? [] : read.problems.map(({ name }) => name);
    expect(named.sort()).toEqual(Object.keys(example).sort());
  });

  test('filled in, it is all the bot needs, and its other values are the defaults', () => {
    const filled = {
      SLACK_BOT_TOKEN: 'xoxb-1',
      SLACK_APP_TOKEN: 'xapp-1',
      DATABASE_URL: 'postgres://bot:secret@db.example.com/rollout',
    };
    expect(Object.keys(filled).sort()).toEqual(Object.keys(example).sort());
    const [least, all] = [readConfig(filled), readConfig({ ...everything, ...filled })];
    if (!least.ok || !all.ok) throw new Error('the example is not enough');
    const values = ({ fill: _fill, ...config }: typeof least.config) => config;
    expect(values(all.config)).toEqual(values(least.config));
  });
});

/** The paper is kept honest: what the docs list is what the program has. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { CLI_COMMANDS, CLI_VERBS } from '../../src/cli/usage.js';
import { HANDLERS } from '../../src/commands/handlers.js';
import { problemWords, readConfig } from '../../src/config.js';
import { isVerb, rowOf, VERBS } from '../../src/rollout/state/verbs.js';
import { createDatabase } from '../support/database.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const PAGES = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const DECISIONS = readdirSync(join(ROOT, 'docs/decisions')).filter((name) => /^\d/.test(name));

/** The cells of every table row behind a heading, up to the next heading of any level. */
function rowsBelow(text: string, heading: string): string[][] {
  const [, after = ''] = `\n${text}`.split(`\n${heading}\n`);
  const [section = ''] = after.split(/^#+ /m);
  const rows = section.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(2).map((line) =>
    line
      .replace(/^\||\|$/g, '')
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim().replaceAll('\\|', '|')),
  );
}

const code = (cell: string | undefined): string => /^`([^`]*)`/.exec(cell ?? '')?.[1] ?? '';

/** The verbs that a cell or a sentence names, in the order of the alphabet. */
function verbsIn(text: string): string[] {
  return [...text.matchAll(/`([^`]*)`/g)].flatMap(([, word = '']) => (isVerb(word) ? [word] : [])).toSorted();
}

describe('commands', () => {
  const handlers = Object.values(HANDLERS);

  test('the reference has every verb as it is typed, in the order of the help, and no other', () => {
    const [, after = ''] = read('docs/reference/commands.md').split('\n## The verbs\n');
    const [section = ''] = after.split(/^## /m);
    const headings = [...section.matchAll(/^### `([^`]+)`$/gm)].map((match) => match[1]);
    expect(headings).toEqual(handlers.map(({ usage }) => usage));
  });

  test('help and handlers have the order of the table of verbs', () => {
    expect(Object.keys(HANDLERS)).toEqual(VERBS);
  });

  describe('as the table of verbs has it', () => {
    const page = read('docs/reference/commands.md');
    const who = new Map(rowsBelow(page, '## Who may').map(([role = '', may = '']) => [role, verbsIn(may)]));
    const those = (is: (row: ReturnType<typeof rowOf>) => boolean) =>
      VERBS.filter((verb) => is(rowOf(verb))).toSorted();

    test('the reference says who may use each verb', () => {
      expect(who.get('the role `operators`')).toEqual(those((row) => row.who === 'approvers'));
      expect(who.get('any role of the plan')).toEqual(those((row) => row.who === 'any_role'));
      expect(who.get('a role the open request names')).toEqual(those((row) => row.who === 'approvers'));
      expect(who.get('who approved')).toEqual(those((row) => row.who === 'voter'));
      expect(who.get('every full member of the workspace')).toEqual(those((row) => row.who === 'members'));
      expect(who.get('the [command line](#on-the-command-line)')).toEqual(those((row) => row.cli === 'order'));
    });

    test('it names those that also find what ended, that a mention does not do, and that are heard behind anything', () => {
      const ended = /\n?first: `[^`]*`\. ([^.]*) also find what/.exec(page)?.[1] ?? '';
      expect(verbsIn(ended)).toEqual(those((row) => row.ended));
      const offered = /\*\*A mention never raises\.\*\* ([^.]*) by a mention are answered/.exec(page)?.[1] ?? '';
      expect(verbsIn(offered)).toEqual(those((row) => row.mention === 'button'));
      const heard = /are `rollback`\. ([^.]*) are also heard behind/s.exec(page)?.[1]?.split('.').at(-1) ?? '';
      expect(verbsIn(heard)).toEqual(those((row) => row.wayDown));
    });

    test('the page about the states names what is always possible', () => {
      const reads = /Reads \(([^)]*)\)/.exec(read('docs/explanation/state-machine.md'))?.[1] ?? '';
      expect(verbsIn(reads)).toEqual(those((row) => row.who === 'members'));
    });
  });

  test('the README says of every verb how it is typed and what the help says it does', () => {
    const rows = rowsBelow(read('README.md'), '## Commands').map(([usage, does]) => [code(usage), does]);
    expect(rows).toEqual(handlers.map(({ usage, does }) => [`/rollout ${usage}`, does]));
  });
});

describe('the command line', () => {
  test('the reference has every verb as it is typed and what it does, as the usage says it', () => {
    const rows = rowsBelow(read('docs/reference/commands.md'), '## On the command line');
    const typed = CLI_VERBS.map((verb) => [`npx --no rollout ${CLI_COMMANDS[verb].typed}`, CLI_COMMANDS[verb].does]);
    expect(rows.map(([words, does]) => [code(words), does])).toEqual(typed);
  });
});

describe('configuration', () => {
  const rows = rowsBelow(read('docs/reference/config.md'), '# Configuration');
  const needed = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1', DATABASE_URL: 'postgres://localhost/bot' };

  test('every variable of the schema is explained, and no other', () => {
    const [, schema = ''] = /z\.object\(\{\n([\s\S]*?)\n\}\);/.exec(read('src/config.ts')) ?? [];
    const names = [...schema.matchAll(/^ {2}([A-Z_]+):/gm)].map((match) => match[1]);
    expect(names.length).toBeGreaterThan(5);
    expect(rows.map(([name]) => code(name))).toEqual(names);
  });

  test('the defaults are those the program takes', () => {
    const result = readConfig(needed);
    if (!result.ok) throw new Error(result.problems.join('\n'));
    const { slackApiUrl, databaseConnections, plansDir, port, itemGraceMs, logLevel } = result.config;
    const taken = {
      SLACK_API_URL: slackApiUrl,
      DATABASE_CONNECTIONS: String(databaseConnections),
      PLANS_DIR: plansDir,
      PORT: String(port),
      ITEM_GRACE: String(itemGraceMs / 1_000),
      LOG_LEVEL: logLevel,
    };
    const told = rows.flatMap(([name, value]) => (code(value) === '' ? [] : [[code(name), code(value)]]));
    expect(Object.fromEntries(told)).toEqual(taken);
  });

  test.each(rows.filter(([, value]) => value === 'required').map(([name]) => code(name)))('%s is required', (name) => {
    const result = readConfig({ ...needed, [name]: '' });
    expect(result.ok ? [] : result.problems).toMatchObject([{ name }]);
  });

  test('what the install page prints for a bot without any is what it prints', () => {
    const result = readConfig({});
    for (const problem of result.ok ? ['nothing is wrong'] : result.problems.map(problemWords)) {
      expect(read('docs/how-to/install.md')).toContain(`\n  ${problem}\n`);
    }
  });
});

describe('database', () => {
  const TYPES: Readonly<Record<string, string>> = { int4: 'integer', float8: 'double precision', bool: 'boolean' };

  test('every table and column of a migrated database is explained with its type, and no other', async () => {
    const database = await createDatabase();
    const db = new pg.Client({ connectionString: database.url });
    await db.connect();
    const { rows } = await db.query<{ table_name: string; column_name: string; udt_name: string; empty: boolean }>(
      `select table_name, column_name, udt_name, is_nullable = 'YES' as empty from information_schema.columns
       where table_schema = 'public' order by table_name, ordinal_position`,
    );
    await db.end();
    await database.drop();
    const page = read('docs/reference/database.md');
    const tables = [...page.matchAll(/^## `(\w+)`$/gm)].map((match) => match[1] ?? '').sort();
    const told = tables.flatMap((table) =>
      rowsBelow(page, `## \`${table}\``).map(([column, type]) => `${table}.${code(column)} ${type}`),
    );
    const found = rows.map(
      (row) => `${row.table_name}.${row.column_name} ${TYPES[row.udt_name] ?? row.udt_name}${row.empty ? '?' : ''}`,
    );
    expect(told).toEqual(found);
  });
});

describe('links', () => {
  test.each(PAGES)('of %s lead somewhere', (page) => {
    const prose = read(page).replace(/^```[\s\S]*?^```/gm, '');
    for (const [, target = ''] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? page : relative(ROOT, join(ROOT, dirname(page), path));
      expect(existsSync(join(ROOT, file)), `${target} in ${page}`).toBe(true);
      if (anchor !== undefined) expect(anchorsOf(file), `${target} in ${page}`).toContain(anchor);
    }
  });

  /** Anchors as the forge makes them from headings. */
  function anchorsOf(page: string): string[] {
    return [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    );
  }

  test('every page is reached from the README', () => {
    const reached = new Set(['README.md']);
    for (const page of reached) {
      for (const [, target = ''] of read(page).matchAll(/\]\(([^)\s#]+)/g)) {
        const file = relative(ROOT, join(ROOT, dirname(page), target));
        if (PAGES.includes(file)) reached.add(file);
      }
    }
    expect(PAGES.filter((page) => !reached.has(page))).toEqual([]);
  });
});

describe('decisions', () => {
  test('are numbered without gaps', () => {
    const numbers = DECISIONS.map((name) => Number.parseInt(name, 10)).sort((a, b) => a - b);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });

  test.each(DECISIONS)('%s has its number, a date, a status and every part', (name) => {
    const text = read(`docs/decisions/${name}`);
    expect(text).toMatch(new RegExp(`^# ${name.slice(0, 4)}\\. .+\n\nDate: \\d{4}-\\d{2}-\\d{2} · Status: \\w+`));
    const headings = [...text.matchAll(/^## (.+)$/gm)].map((match) => match[1]);
    expect(headings).toEqual(['Context', 'Decision', 'Rejected', 'Consequences', 'Enforced by']);
  });

  test.each(DECISIONS)('what enforces %s is there', (name) => {
    const [, enforced = ''] = read(`docs/decisions/${name}`).split('## Enforced by');
    const files = [...enforced.matchAll(/`((?:test|src)\/[^`]+)`/g)].map((match) => match[1] ?? '');
    expect(files).not.toEqual([]);
    expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });

  test('every dependency has its reason', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, object>;
    const page = read('docs/decisions/0012-dependencies.md');
    const names = Object.keys({ ...dependencies, ...devDependencies });
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { botLog, worthSaying } from '../../sandbox/bot-log.js';

describe('what of the bot is said on the screen', () => {
  test.each([
    ['{"level":30,"msg":"connected to Slack"}', undefined],
    ['{"level":40,"msg":"message not shown","why":"ratelimited"}', 'message not shown: ratelimited'],
    ['{"level":50,"msg":"failed","err":{"message":"no row\\nat query"}}', 'failed: no row'],
    ['{"level":40,"msg":"idle connection lost"}', 'idle connection lost'],
    ["SyntaxError: Unexpected token '}'", "SyntaxError: Unexpected token '}'"],
    ['    at ModuleLoader.import (node:internal)', undefined],
    ['', undefined],
  ])('%s → %s', (line, said) => expect(worthSaying(line)).toBe(said));
});

describe('the log of the bot', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'bot-log-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  test('keeps every line in the file and says the same warning once', async () => {
    const said: string[] = [];
    const file = join(dir, 'bot.log');
    const log = botLog(file, (line) => said.push(line));
    const warning = '{"level":40,"msg":"Slack is not reachable"}';
    for (const line of [warning, '{"level":30,"msg":"running"}', warning]) log.line(line);
    await log.close();
    expect(said).toEqual(['Slack is not reachable']);
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(3);
  });
});

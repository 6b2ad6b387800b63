/** One table says what can be typed: its help, its options and its completion cannot differ. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { completionFor } from '../../src/cli/completion.js';
import { CLI_COMMANDS, CLI_VERBS, helpFor, readCliWords, USAGE } from '../../src/cli/usage.js';
import { emptyFolder } from './command.js';

const read = (typed: string) => readCliWords(typed === '' ? [] : typed.split(' '), '1.2.3');

describe('given words behind rollout', () => {
  test.each([
    ['help', USAGE],
    ['-h', USAGE],
    ['--help', USAGE],
    ['--help help', helpFor('help')],
    ['help rollback', helpFor('rollback')],
    ['--help rollback', helpFor('rollback')],
    ['-h init', helpFor('init')],
    ['rollback --help', helpFor('rollback')],
    ['rollback -h', helpFor('rollback')],
    ['rollback help', helpFor('rollback')],
    ['rollback new-checkout --help', helpFor('rollback')],
    ['pause new-checkout -h', helpFor('pause')],
    ['validate --live --help plans/a.yml', helpFor('validate')],
    ['validate help', helpFor('validate')],
    ['doctor -h', helpFor('doctor')],
    ['init --help', helpFor('init')],
    ['completion --help', helpFor('completion')],
    ['version', 'rollout-bot 1.2.3'],
    ['--version', 'rollout-bot 1.2.3'],
    ['-v', 'rollout-bot 1.2.3'],
    ['-V', 'rollout-bot 1.2.3'],
  ])('“%s” shows it', (typed, text) => expect(read(typed)).toEqual({ kind: 'show', text }));

  test.each([
    ['', USAGE],
    ['valdate', 'there is no command "valdate"; did you mean validate?'],
    ['roll', 'did you mean rollback?'],
    ['status', 'rollout: status is typed in Slack: /rollout status'],
    ['Advance new-checkout', 'Advance is typed in Slack: /rollout advance'],
    ['help start', 'start is typed in Slack: /rollout start'],
    ['help me', 'there is no command "me"'],
    ['--live', 'there is no command "--live"'],
    ['doctor --live', 'rollout doctor: there is no option --live'],
    ['validate --alive plans/a.yml', 'rollout validate: there is no option --alive'],
    ['list -a', 'rollout list: there is no option -a'],
    ['init --no', 'rollout init: there is no option --no'],
    ['init --titel=x', 'rollout init: there is no option --titel=x'],
    ['validate --live=yes plans/a.yml', 'rollout validate: there is no option --live=yes'],
  ])('“%s” is refused with what there is', (typed, text) => {
    const answer = read(typed);
    expect(answer.kind).toBe('refused');
    expect('text' in answer && answer.text).toContain(text);
  });

  test.each([
    ['rollback new-checkout help wanted', 'rollback', ['new-checkout', 'help', 'wanted']],
    ['rollback new-checkout -5% sales', 'rollback', ['new-checkout', '-5%', 'sales']],
    ['pause new-checkout --reason lunch', 'pause', ['new-checkout', '--reason', 'lunch']],
    ['validate --live plans/a.yml', 'validate', ['--live', 'plans/a.yml']],
    ['init shop --yes', 'init', ['shop', '--yes']],
    ['init --critical=5 --scale 1', 'init', ['--critical=5', '--scale', '1']],
    ['doctor', 'doctor', []],
  ])('“%s” is carried out', (typed, verb, words) => expect(read(typed)).toEqual({ kind: 'run', verb, words }));
});

describe('the help of each command', () => {
  test.each(CLI_VERBS)('%s says how it is typed, what it does, its options and an example', (verb) => {
    const { typed, does, options, examples } = CLI_COMMANDS[verb];
    const help = helpFor(verb);
    for (const said of [`rollout ${typed}`, does, ...options.flat(), ...examples]) expect(help).toContain(said);
    expect(examples.length).toBeGreaterThan(0);
    expect(USAGE).toContain(does);
  });
});

describe('completion', () => {
  const complete = (...words: string[]): string[] => {
    const cwd = emptyFolder();
    mkdirSync(join(cwd, 'plans'));
    for (const name of ['shop.yml', 'other.yaml', 'plan.schema.json']) writeFileSync(join(cwd, 'plans', name), '');
    const script = `${completionFor('bash')}
COMP_WORDS=(${['rollout', ...words].map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}
_rollout; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const said = execFileSync('bash', ['-c', script], { cwd, encoding: 'utf8' });
    return said.split('\n').filter((line) => line !== '');
  };

  test.each([
    [[''], [...CLI_VERBS, '--help', '--version']],
    [['r'], ['rollback']],
    [
      ['rollback', ''],
      ['other', 'shop', '--help'],
    ],
    [['history', 's'], ['shop']],
    [['validate', '--l'], ['--live']],
    [['validate', 'pl'], ['plans']],
    [['init', '--y'], ['--yes']],
    [
      ['init', '--t'],
      ['--title', '--time-zone', '--target', '--table'],
    ],
    [['completion', 'z'], ['zsh']],
    [['help', 'd'], ['doctor']],
  ])('of %j in bash is %j', (words, offered) => expect(complete(...words)).toEqual(offered));

  test('zsh and fish are given every command as well', () => {
    for (const shell of ['zsh', 'fish'] as const)
      for (const verb of CLI_VERBS) expect(completionFor(shell)).toContain(verb);
    expect(completionFor('zsh')).toMatch(/^#compdef rollout\n/);
    for (const verb of CLI_VERBS)
      expect(completionFor('fish')).toContain(CLI_COMMANDS[verb].does.replaceAll("'", "\\'"));
  });
});

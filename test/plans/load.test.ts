import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadPlan, loadPlans } from '../../src/plans/read/load.js';
import { validateFiles } from '../../src/plans/read/validate.js';
import { planText, problemsOf, SMALLEST } from './build-plan.js';

let root: string;
let dir: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'plans-'));
  dir = join(root, 'plans');
  mkdirSync(dir);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const write = (name: string, text: string | Buffer = SMALLEST) => writeFileSync(join(dir, name), text);

describe('a directory of plans', () => {
  test('gives every .yml and .yaml file directly in it, by name', async () => {
    write('smallest.yml');
    write('broken.yaml', 'plan: other');
    write('notes.txt');
    write('.hidden.yml');
    mkdirSync(join(dir, 'deeper'));
    write('deeper/inner.yml');
    const plans = await loadPlans(dir);
    expect(plans.map(({ name, file, result }) => [name, file, result.ok])).toEqual([
      ['broken', join(dir, 'broken.yaml'), false],
      ['smallest', join(dir, 'smallest.yml'), true],
    ]);
    expect(plans[1]?.text).toBe(SMALLEST);
  });

  test('that is not there is an error a person can read', async () => {
    await expect(loadPlans(join(root, 'none'))).rejects.toThrow(
      `cannot read the plans directory ${join(root, 'none')}: no such file or directory`,
    );
  });

  test('a file whose name is not the plan is refused', async () => {
    write('renamed.yml');
    const [plan] = await loadPlans(dir);
    expect(plan && problemsOf(plan.result)).toEqual(['plan name_mismatch']);
  });

  test('two files for one plan are both refused', async () => {
    write('smallest.yml');
    write('smallest.yaml');
    const plans = await loadPlans(dir);
    expect(plans.flatMap(({ result }) => problemsOf(result))).toEqual([' duplicate', ' duplicate']);
    const one = await loadPlan(dir, 'smallest');
    expect(one?.result.ok).toBe(false);
  });

  test('a link may lead about in the directory, not out of it', async () => {
    mkdirSync(join(dir, '..data'));
    write('..data/smallest.yml');
    symlinkSync(join('..data', 'smallest.yml'), join(dir, 'smallest.yml'));
    writeFileSync(join(root, 'outside.yml'), planText({ plan: 'outside' }));
    symlinkSync(join('..', 'outside.yml'), join(dir, 'outside.yml'));
    const plans = await loadPlans(dir);
    expect(plans.map(({ name, text, result }) => [name, text === '', ...problemsOf(result)])).toEqual([
      ['outside', true, ' unreadable'],
      ['smallest', false],
    ]);
  });

  test('what is no text file is refused without reading on', async () => {
    mkdirSync(join(dir, 'directory.yml'));
    execFileSync('/usr/bin/env', ['mkfifo', join(dir, 'pipe.yml')]);
    symlinkSync('nowhere', join(dir, 'dangling.yml'));
    write('latin1.yml', Buffer.from([0x70, 0xe9]));
    write('large.yml', '#'.repeat(256 * 1024 + 1));
    const plans = await loadPlans(dir);
    expect(plans.map(({ name, result }) => [name, ...problemsOf(result)])).toEqual([
      ['dangling', ' unreadable'],
      ['directory', ' unreadable'],
      ['large', ' too_large'],
      ['latin1', ' unreadable'],
      ['pipe', ' unreadable'],
    ]);
    const directory = plans.find(({ name }) => name === 'directory');
    expect(directory?.result).toMatchObject({
      problems: [{ message: expect.stringMatching(/a directory: name its files, e\.g\. plans\/\*\.yml$/) }],
    });
  });
});

describe('one plan', () => {
  test('is found by its name', async () => {
    write('smallest.yaml');
    expect(await loadPlan(dir, 'smallest')).toMatchObject({ name: 'smallest', result: { ok: true } });
  });

  test.each(['none', '../outside', 'smallest.yml', '', 'SMALLEST'])('%j is none', async (name) => {
    write('smallest.yml');
    writeFileSync(join(root, 'outside.yml'), SMALLEST);
    expect(await loadPlan(dir, name)).toBeUndefined();
  });
});

const SOON = 'critical limits act at best';
const SOONEST = `  ${SOON} 1m after the first bad number: errors`;

describe('validating files', () => {
  const http = { kind: 'http', url: `\${BASE}/m`, value: 'a', headers: { Authorization: `\${TOKEN}` } };

  test('says what each good file has and which variables are not set', async () => {
    write('smallest.yml', planText({ 'checks.errors.probe': http }));
    const file = join(dir, 'smallest.yml');
    const line = `${file}: ok (1 stage, 1 check`;
    expect(await validateFiles([file], {})).toEqual({
      lines: [`${line}; needs BASE, TOKEN which are not set)`, SOONEST],
      problems: 0,
    });
    expect(await validateFiles([file], { BASE: 'x', TOKEN: '' })).toEqual({
      lines: [`${line}; needs TOKEN which is not set)`, SOONEST],
      problems: 0,
    });
    expect(await validateFiles([file], { BASE: 'x', TOKEN: 'y' })).toEqual({
      lines: [`${line})`, SOONEST],
      problems: 0,
    });
  });

  test('says which variables of programs are not set', async () => {
    const exec = { kind: 'exec', run: ['depth'], env: ['QUEUE_TOKEN'] };
    write('smallest.yml', planText({ 'checks.errors.probe': exec }));
    const { lines } = await validateFiles([join(dir, 'smallest.yml')], {});
    expect(lines).toEqual([expect.stringContaining('needs QUEUE_TOKEN which is not set'), SOONEST]);
  });

  test('says every problem of every file', async () => {
    write('smallest.yml', planText({ title: undefined, colour: 'red' }));
    const file = join(dir, 'smallest.yml');
    const { lines, problems } = await validateFiles([file, join(dir, 'none.yml')], {});
    expect(problems).toBe(3);
    expect(lines).toEqual([
      expect.stringMatching(/^\/.*smallest\.yml:1:1 title: expected a title .*, found nothing$/),
      expect.stringMatching(/^\/.*smallest\.yml:\d+:1 colour: expected one of the keys plan, .*, found "colour"$/),
      `${join(dir, 'none.yml')}:1:1: expected a readable file, found no such file or directory`,
    ]);
  });

  test('no file at all is a problem', async () => {
    expect(await validateFiles([], {})).toMatchObject({ problems: 1 });
  });

  test('the plans of this project are right', async () => {
    const { lines, problems } = await validateFiles(['plans/new-checkout.yml', 'examples/example.yml'], {});
    expect(lines).toEqual([
      'plans/new-checkout.yml: ok (4 stages, 3 checks; needs SHOP_DATABASE_URL, SHOP_URL which are not set)',
      `  ${SOON} 2s after the first bad number: error-rate, an outage after two looks; p95-latency; login-success, an outage after two looks`,
      'examples/example.yml: ok (4 stages, 2 checks; needs FLAGS_DATABASE_URL, METRICS_TOKEN, METRICS_URL which are not set)',
      `  ${SOON} 1m after the first bad number: error-rate, an outage after two looks`,
    ]);
    expect(problems).toBe(0);
  });

  test('so is every example', async () => {
    const files = readdirSync('examples').map((name) => `examples/${name}`);
    const { lines } = await validateFiles(files, {});
    const verdicts = lines.filter((line) => !line.startsWith('  '));
    expect(verdicts.filter((line) => !/^examples\/[a-z-]+\.yml: ok /.test(line))).toEqual([]);
    expect(verdicts).toHaveLength(files.length);
  });

  test('the live folder ships what the sandbox needs, and nothing else', () => {
    expect(readdirSync('plans').sort()).toEqual(['new-checkout.yml', 'plan.schema.json']);
  });

  test('says what a start will not try of the way back', async () => {
    const { lines, problems } = await validateFiles(['examples/workstation.yml'], {});
    expect(problems).toBe(0);
    expect(lines.slice(1)).toEqual(expect.arrayContaining([expect.stringMatching(/: off is not tried at the start$/)]));
  });
});

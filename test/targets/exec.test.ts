import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isAlive } from '../../sandbox/lock-file.js';
import { createExecTarget } from '../../src/targets/exec/index.js';
import type { ExecConfig } from '../../src/targets/exec/words.js';
import { LONGEST_TARGET_CALL_MS, type TargetError } from '../../src/targets/target.js';
import { moveTo, rehearsed, testTarget } from '../contracts/target-contract.js';
import { createScripts, type Scripts } from '../programs/scripts.js';
import { orderOf } from '../support/order.js';

const patient = new AbortController().signal;
/** A new process takes its time on a busy machine. */
const PATIENCE = { timeout: 60_000 };
const SECRET = 'canary-2be9';

/** What comes over a script: it hangs once, or finds nobody once. */
const MISHAPS = `mv hang hung 2>/dev/null && exec sleep 1000
  mv broken spent 2>/dev/null && { echo "no answer for $TOKEN" >&2; exit 69; }`;

function worldOf(scripts: Scripts) {
  const set = [
    scripts.script('set', `${MISHAPS}\necho "$2" >exposure.$$ && mv exposure.$$ exposure`),
    '--to',
    '{{exposure}}',
  ];
  const read = [scripts.script('read', `${MISHAPS}\ncat exposure`)];
  const config: ExecConfig = { kind: 'exec', set, read, env: { TOKEN: SECRET }, cwd: scripts.dir, timeoutMs: 5_000 };
  return { config, exposed: () => Number(readFileSync(join(scripts.dir, 'exposure'), 'utf8')) };
}

testTarget(
  'exec',
  async () => {
    const scripts = createScripts();
    scripts.write('exposure', '0');
    const { config, exposed } = worldOf(scripts);
    const target = createExecTarget('flag', config);
    return {
      target,
      secret: SECRET,
      exposed: async () => exposed(),
      drift: async (exposure) => scripts.write('exposure', String(exposure)),
      hangNext: () => scripts.write('hang', ''),
      hung: () => expect.poll(() => scripts.has('hung'), PATIENCE).toBe(true),
      breakNext: () => scripts.write('broken', ''),
      denyNextWrite: async () => scripts.forbid('set'),
      async close() {
        await target.close();
        scripts.close();
      },
    };
  },
  { parts: false },
);

describe('the exec target', () => {
  let scripts: Scripts;
  beforeEach(() => {
    scripts = createScripts();
    scripts.write('exposure', '0');
  });
  afterEach(() => scripts.close());

  const target = (changes: Partial<ExecConfig> = {}) =>
    createExecTarget('flag', { ...worldOf(scripts).config, ...changes });
  const exposed = () => readFileSync(join(scripts.dir, 'exposure'), 'utf8').trim();
  const told = () => readFileSync(join(scripts.dir, 'told'), 'utf8').trim();
  const telling = (...words: string[]) => [scripts.script('tell', 'echo "$@" >told'), ...words];
  const failing = (body: string) => ({ set: [scripts.script('fail', body), '{{exposure}}'] });

  test('tells the percentage and the switch, as a whole word or in one', async () => {
    const set = telling('--on={{enabled}}', '{{ exposure }}', '{{exposure}}%{{exposure}}');
    await moveTo(target({ set }), 12.5, patient);
    expect(told()).toBe('--on=true 12.5 12.5%12.5');
    await target({ set }).lower(0, patient);
    expect(told()).toBe('--on=false 0 0%0');
    await moveTo(target({ set }), 0.0000001, patient);
    expect(told()).toBe('--on=true 0.0000001 0.0000001%0.0000001');
  });

  test('goes off its own way when there is one', async () => {
    const off = telling('off');
    await moveTo(target({ off }), 20, patient);
    expect(exposed()).toBe('20');
    await target({ off }).lower(0, patient);
    expect([told(), exposed()]).toEqual(['off', '20']);
  });

  test('gives its programs the variables that are named and nothing else', async () => {
    await moveTo(target({ set: [scripts.script('env', 'env >told')] }), 5, patient);
    const names = told()
      .split('\n')
      .map((line) => line.split('=')[0]);
    expect(names.sort()).toEqual(['PATH', 'PWD', 'TOKEN']);
  });

  test.each([
    ['on', 100],
    ['off', 0],
    ['12.5', 12.5],
    [' 0\n\n', 0],
  ])('reads "%s"', async (printed, exposure) => {
    scripts.write('exposure', printed);
    expect(await target().read(patient)).toMatchObject({ exposure, partial: false, detail: `${exposure} %` });
  });

  test.each(['', 'maybe', 'ON', '-1', '100.1', '1 2', '10 %', 'NaN', SECRET])(
    '"%s" is no exposure',
    async (printed) => {
      scripts.write('exposure', printed);
      await expect(target().read(patient)).rejects.toMatchObject({
        code: 'rejected',
        retryable: false,
        message: 'target flag: read printed neither a percentage from 0 to 100 nor on or off',
      });
    },
  );

  test.each([
    [1, 'rejected', true],
    [69, 'unreachable', true],
    [75, 'unreachable', true],
    [77, 'denied', false],
    [124, 'timeout', true],
    [126, 'denied', false],
    [127, 'missing', false],
  ])('exit status %d is %s', async (status, code, retryable) => {
    const failure = await failureOf(
      moveTo(target(failing(`echo first >&2; echo why >&2; exit ${status}`)), 5, patient),
    );
    expect(failure).toMatchObject({ code, retryable });
    expect(failure.message).toBe(`target flag: ${scripts.dir}/fail exited with ${status}: why`);
  });

  test('says what is missing and what may not be run', async () => {
    const missing = target({ set: [`${scripts.dir}/none`, '{{exposure}}'] });
    await expect(moveTo(missing, 5, patient)).rejects.toMatchObject({ code: 'missing', retryable: false });
    await expect(target({ cwd: `${scripts.dir}/nowhere` }).read(patient)).rejects.toMatchObject({ code: 'missing' });
    const crashed = target(failing('kill -SEGV $$'));
    await expect(moveTo(crashed, 5, patient)).rejects.toMatchObject({ code: 'rejected', retryable: true });
  });

  test('masks the values of its variables in what is said', async () => {
    const failure = await failureOf(moveTo(target(failing('echo "no entry with $TOKEN" >&2; exit 1')), 5, patient));
    expect(failure.message).toMatch(/exited with 1: no entry with \*\*\*$/);
    expect(JSON.stringify(failure)).not.toContain(SECRET);
  });

  test('a rehearsal that does not leave things as they are fails', async () => {
    scripts.write('exposure', '40');
    const { set } = failing('echo 50 >exposure');
    await expect(rehearsed(target({ set }))).rejects.toMatchObject({
      code: 'rejected',
      message: 'target flag: told to stay at 40 %, read 50 %',
    });
  });

  test('a rehearsal runs a way off of its own only where the plan says so, and it is off', async () => {
    const off = telling('off');
    const untried = { reading: { exposure: 0 }, notes: ['off was not tried'] };
    expect(await target({ off }).rehearse([0, 50], patient)).toMatchObject(untried);
    scripts.write('exposure', '40');
    expect(await target({ off, rehearse: 'write' }).rehearse([0, 50], patient)).toMatchObject({
      reading: { exposure: 40 },
      notes: ['off was not tried'],
    });
    expect(scripts.has('told')).toBe(false);
    scripts.write('exposure', '0');
    expect(await target({ off, rehearse: 'write' }).rehearse([0, 50], patient)).toMatchObject({ notes: [] });
    expect(told()).toBe('off');
  });

  test('a rehearsal writes nothing where the plan says so', async () => {
    const set = telling('{{exposure}}');
    const notes = ['nothing was written, so neither set nor off was tried'];
    expect(await target({ set, rehearse: 'read' }).rehearse([0, 50], patient)).toMatchObject({ notes });
    expect(scripts.has('told')).toBe(false);
  });

  test('where set can only switch, a percentage that is there cannot be gone back to', async () => {
    scripts.write('exposure', '40');
    const refused = { code: 'rejected', message: /reads 40 %, which set cannot say/ };
    await expect(target({ set: telling('on'), off: telling('off') }).rehearse([0, 100], patient)).rejects.toMatchObject(
      refused,
    );
    expect(scripts.has('told')).toBe(false);
  });

  test.each([
    [1, true],
    [77, true],
    [127, true],
    [69, false],
    [75, false],
    [124, false],
  ])('where its way off ends with %d, set is told to be off: %s', async (status, told) => {
    scripts.write('exposure', '50');
    const lowering = target({ off: [scripts.script('off', `echo no >&2; exit ${status}`)] }).lower(0, patient);
    if (told) {
      const note = `off was refused, so set was told to be off (${scripts.dir}/off exited with ${status}: no)`;
      expect(await lowering).toEqual({ note });
    } else await expect(lowering).rejects.toMatchObject({ retryable: true });
    expect(exposed()).toBe(told ? '0' : '50');
  });

  test.each([
    [77, true],
    [126, true],
    [127, true],
    [1, false],
    [69, false],
    [75, false],
    [124, false],
  ])('a percentage whose program ends with %d is refused for good: %s', async (status, final) => {
    scripts.write('exposure', '50');
    const lowering = target(failing(`exit ${status}`)).lower(10, patient);
    await expect(lowering).rejects.toMatchObject({ final });
  });

  test('says both when set cannot do it either', async () => {
    const failure = failureOf(
      target({ off: [scripts.script('off', 'exit 3')], ...failing('exit 77') }).lower(0, patient),
    );
    expect((await failure).message).toMatch(/off exited with 3; and then .*fail exited with 77$/);
  });

  test('a lowering never raises what somebody took lower, also when it is told a percentage', async () => {
    scripts.write('exposure', '5');
    const set = telling('{{exposure}}');
    await target({ set }).lower(25, patient);
    expect(scripts.has('told')).toBe(false);
    scripts.write('exposure', '60');
    await target({ set }).lower(25, patient);
    expect(told()).toBe('25');
  });

  test('nothing of a raise that was given up happens later, also by what it had started', async () => {
    const body = `sh -c 'echo $$ >pid; while [ ! -e go ]; do :; done; echo 100 >exposure' </dev/null >/dev/null 2>&1 &
      while [ ! -s pid ]; do :; done; touch ready; wait`;
    const { set } = failing(body);
    const giveUp = new AbortController();
    const raise = failureOf(moveTo(target({ set }), 100, giveUp.signal));
    await expect.poll(() => scripts.has('ready'), PATIENCE).toBe(true);
    giveUp.abort();
    expect(await raise).toMatchObject({ code: 'timeout', retryable: true });
    const pid = Number(readFileSync(join(scripts.dir, 'pid'), 'utf8'));
    await expect.poll(() => isAlive(pid), PATIENCE).toBe(false);
    scripts.write('go', '');
    expect(exposed()).toBe('0');
  });

  test('its programs share the time of a call, which is over before anybody stops counting on it', async () => {
    scripts.script('slow', 'sleep 4; cat exposure');
    const slow = target({ read: [`${scripts.dir}/slow`], timeoutMs: 9_000, set: ['sleep', '1000'] });
    const call = async () => expect(await failureOf(rehearsed(slow))).toMatchObject({ code: 'timeout' });
    // Each with its own time they would be over after 13 s.
    expect(await orderOf({ call }, [LONGEST_TARGET_CALL_MS + 2_500])).toEqual(['call']);
  });

  test('its key is the command without what changes', () => {
    const key = (set: string[], cwd?: string) => createExecTarget('flag', { ...config(set), ...(cwd && { cwd }) }).keys;
    expect(key(['flagctl', 'set', 'checkout', '{{exposure}}'])).toEqual(['exec:flagctl set checkout']);
    expect(key(['flagctl', "--it's", '--to={{exposure}}'], '/srv')).toEqual([
      `exec:flagctl '--it'\\''s' --to= in /srv`,
    ]);
  });

  test('the line for a person does what the target does', async () => {
    const odd = worldOf(scripts).config;
    const line = createExecTarget('flag', odd).byHand(25);
    expect(line).toBe(`cd ${scripts.dir} && ${scripts.dir}/set --to 25 # needs TOKEN`);
    const quoted = createExecTarget('flag', config(['printf', '%s', "it's $HOME; {{enabled}}"])).byHand(0);
    expect(quoted).toBe(`printf %s 'it'\\''s $HOME; false'`);
    expect(createExecTarget('flag', { ...config(['a', '{{exposure}}']), off: ['b'] }).byHand(0)).toBe('b');
  });

  test('cannot be built without a program', () => {
    expect(() => createExecTarget('flag', config([]))).toThrow(expect.objectContaining({ code: 'rejected' }));
  });
});

function config(set: readonly string[]): ExecConfig {
  return { kind: 'exec', set, read: ['true'], env: {}, timeoutMs: 5_000 };
}

async function failureOf(call: Promise<unknown>): Promise<TargetError> {
  return call.then(
    () => Promise.reject(new Error('it worked')),
    (error) => error,
  );
}

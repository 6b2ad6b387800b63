import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isAlive } from '../../sandbox/lock-file.js';
import { createExecProbe, type ExecProbeOptions } from '../../src/probes/exec.js';
import { type Fault, testProbe } from '../contracts/probe-contract.js';
import { createScripts, type Scripts } from '../programs/scripts.js';

const patient = new AbortController().signal;
const SECRET = 'canary-8c41';

/** What a program prints, as shell; the number is looked for at `rate`. */
const FAULTY: Readonly<Record<Exclude<Fault, 'gone' | 'a redirect'>, string>> = {
  empty: 'true',
  broken: `echo '{"rate": 1'`,
  'without the value': `echo '{"rates": 1}'`,
  null: `echo '{"rate": null}'`,
  text: `echo '{"rate": "fast"}'`,
  'a numeric string': `echo '{"rate": "5"}'`,
  true: `echo '{"rate": true}'`,
  'many values': `echo '{"rate": [1, 2]}'`,
  'a number beyond all bounds': `echo '{"rate": 1e400}'`,
  huge: 'yes | head -c 70000',
  'an error status': `echo '{"rate": 1}'; echo "no luck with $TOKEN" >&2; exit 3`,
};

testProbe(
  'exec',
  async (timeoutMs) => {
    const scripts = createScripts();
    const answer = (body: string) => scripts.script('rate', `mv hang hung 2>/dev/null && exec sleep 1000\n${body}`);
    const run = [answer('true'), '--window', '5m'];
    return {
      probe: createExecProbe({ run, env: { TOKEN: SECRET }, cwd: scripts.dir, value: 'rate', timeoutMs }),
      secret: SECRET,
      answer(next) {
        if ('number' in next) answer(`echo '{"rate": ${next.number}}'`);
        else if (next.fault === 'gone') scripts.remove('rate');
        else answer(next.fault === 'a redirect' ? 'true' : FAULTY[next.fault]);
      },
      hangNext: () => scripts.write('hang', ''),
      close: async () => scripts.close(),
    };
  },
  ['a redirect'],
);

describe('the exec probe', () => {
  let scripts: Scripts;
  beforeEach(() => {
    scripts = createScripts();
  });
  afterEach(() => scripts.close());

  const measure = (body: string, options: Partial<ExecProbeOptions> = {}) =>
    createExecProbe({
      run: [scripts.script('program', body)],
      env: {},
      cwd: scripts.dir,
      timeoutMs: 30_000,
      ...options,
    }).measure(patient);

  test.each([
    ['5', 5],
    [' 12.50\\n\\n', 12.5],
    ['-3', -3],
    ['.5', 0.5],
    ['1e-9', 1e-9],
    ['+1E3', 1_000],
  ])('reads "%s", printed alone', async (printed, value) => {
    expect(await measure(`printf '%b' '${printed}'`)).toMatchObject({ value });
  });

  test.each(['0x10', '1,5', '1 2', '5 %', 'NaN', 'inf', 'Infinity', '1e400', '{"a": 1}', '1\\n2', '١'])(
    'the text "%s" is no number',
    async (printed) => {
      expect(await measure(`printf '%b' '${printed}'`)).toMatchObject({ unknown: 'not_a_number' });
    },
  );

  test('a program that prints nothing has no value', async () => {
    expect(await measure('true')).toMatchObject({ unknown: 'no_value' });
  });

  test('a number is not believed when the program failed', async () => {
    expect(await measure('echo 1; echo oh >&2; exit 7')).toMatchObject({
      unknown: 'bad_status',
      detail: `${scripts.dir}/program exited with 7: oh`,
    });
    expect(await measure('echo 1; kill -SEGV $$')).toMatchObject({
      unknown: 'bad_status',
      detail: expect.stringContaining('was ended by SIGSEGV'),
    });
  });

  test('complaints of a program that succeeded are nobody’s business', async () => {
    expect(await measure('echo careful >&2; echo 4')).toEqual({ value: 4, tookMs: expect.any(Number) });
  });

  test('tells nothing of what was printed and nothing of the values it was given', async () => {
    const env = { TOKEN: SECRET };
    for (const body of ['echo $TOKEN', 'echo "bad $TOKEN" >&2; exit 1', 'echo "{\\"rate\\": \\"$TOKEN\\"}"']) {
      for (const value of ['rate', undefined]) {
        const reading = await measure(body, { env, ...(value && { value }) });
        expect(reading).toMatchObject({ unknown: expect.any(String) });
        expect(JSON.stringify(reading)).not.toContain(SECRET);
      }
    }
  });

  test('finds a program by its bare name, and says which one is not there', async () => {
    expect(await measure('', { run: ['echo', '7'] })).toMatchObject({ value: 7 });
    expect(await measure('', { run: ['no-such-program'] })).toMatchObject({
      unknown: 'unreachable',
      detail: 'no-such-program cannot be started: no such program or directory',
    });
  });

  test('ends the program when its time is over', async () => {
    expect(await measure('echo $$ >pid; exec sleep 1000', { timeoutMs: 300 })).toMatchObject({ unknown: 'timeout' });
    const pid = await numberIn('pid');
    expect(pid).toBeGreaterThan(0);
    await expect.poll(() => isAlive(pid)).toBe(false);
  });

  async function numberIn(file: string): Promise<number> {
    const reading = await measure(`cat ${file}`);
    return 'value' in reading ? reading.value : Number.NaN;
  }

  test('cannot be built for a path that is no path', () => {
    expect(() => createExecProbe({ run: ['true'], env: {}, value: 'a..b', timeoutMs: 1 })).toThrow(/"a..b"/);
  });
});

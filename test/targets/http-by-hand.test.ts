import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { configFor, type HttpConfig, perTenant, TOKEN, targetAt } from './flag-service.js';

const { set } = configFor();
const off = { method: 'DELETE', url: `\${ADMIN_URL}/flags/checkout`, headers: set.headers } as const;

const NAMES = Array.from({ length: 200 }, (_, index) => `tenant-${index}`);

function line(config: HttpConfig, exposure: number): string {
  return targetAt({ url: 'https://flags.example.com' }, config).byHand(exposure);
}

test('is what would be sent, with the names of secrets', () => {
  const put =
    'curl -fsS -X PUT "$ADMIN_URL/flags/checkout" -H "Authorization: Bearer $ADMIN_TOKEN" -H \'Content-Type: application/json\'';
  expect(line(configFor(), 25)).toBe(`${put} --data-raw '{"rollout":25,"enabled":true}'`);
  expect(line(configFor(), 0)).toBe(`${put} --data-raw '{"rollout":0,"enabled":false}'`);
});

test('goes the way of off, where there is one', () => {
  expect(line(configFor({ off }), 0)).toBe(
    'curl -fsS -X DELETE "$ADMIN_URL/flags/checkout" -H "Authorization: Bearer $ADMIN_TOKEN"',
  );
});

test('says for each tenant what it shall have', () => {
  expect(line(perTenant(), 25)).toMatch(
    /^for tenant in globex initech umbrella; do curl .*\{"enabled":false\}'; done; for tenant in acme; do curl .*\{"enabled":true\}'; done$/,
  );
  expect(line(perTenant(), 0)).toMatch(/^for tenant in acme globex initech umbrella; do curl [^;]*; done$/);
});

test('is short for many tenants, and for tenants with awkward names', () => {
  expect(line(perTenant({}, NAMES), 0)).toMatch(/^for tenant in \$TENANTS_200_OF_THE_PLAN; do /);
  expect(line(perTenant({}, ['Acme Ltd', "O'Neill"]), 0)).toMatch(/\/tenants\/Acme%20Ltd.* # and so for O'Neill$/);
  for (const exposure of [0, 50, 100]) expect(line(perTenant({}, NAMES), exposure).length).toBeLessThan(700);
});

/** What a shell would hand to curl, one list for each time. */
async function asShellSees(text: string): Promise<string[][]> {
  const script = `curl() { printf '%s\\0' "$@"; printf '\\1\\0'; }; ${text}`;
  const env = { PATH: process.env.PATH, ADMIN_URL: 'https://flags.example.com', ADMIN_TOKEN: TOKEN };
  const { stdout } = await promisify(execFile)('bash', ['-c', script], { env });
  const calls = stdout.split('\x01\0').filter((call) => call !== '');
  return calls.map((call) => call.split('\0').slice(0, -1));
}

const SENT = ['-H', `Authorization: Bearer ${TOKEN}`, '-H', 'Content-Type: application/json', '--data-raw'];

test('a shell fills in the names, and nothing else', async () => {
  const body = { note: `it's $HOME "!" \`id\` \\ \${ADMIN_TOKEN}x` };
  expect(await asShellSees(line(configFor({ set: { ...set, body } }), 25))).toEqual([
    [
      '-fsS',
      '-X',
      'PUT',
      'https://flags.example.com/flags/checkout',
      ...SENT,
      `{"note":"it's $HOME \\"!\\" \`id\` \\\\ ${TOKEN}x"}`,
    ],
  ]);
});

test('a shell calls once for each tenant', async () => {
  const url = `\${ADMIN_URL}/tenants/{{tenant}}/flag?of={{tenant}}`;
  const { set: put } = perTenant();
  const config = perTenant({ set: { ...put, url, body: { who: '{{tenant}}', on: '{{enabled}}' } } }, [
    'acme',
    'globex',
  ]);
  const at = (tenant: string) => `https://flags.example.com/tenants/${tenant}/flag?of=${tenant}`;
  expect(await asShellSees(line(config, 50))).toEqual([
    ['-fsS', '-X', 'PUT', at('globex'), ...SENT, '{"who":"globex","on":false}'],
    ['-fsS', '-X', 'PUT', at('acme'), ...SENT, '{"who":"acme","on":true}'],
  ]);
});

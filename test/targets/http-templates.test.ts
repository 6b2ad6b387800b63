import { expect, onTestFinished, test } from 'vitest';
import type { HttpWrite, JsonValue } from '../../src/rollout/plan/http-requests.js';
import { createHttpTarget } from '../../src/targets/http/index.js';
import { raise } from '../contracts/target-contract.js';
import { configFor, type HttpConfig, perTenant, startFlagService, TOKEN, targetAt } from './flag-service.js';

const patient = new AbortController().signal;
const { set, read } = configFor();

/** What is sent by `set(exposure)` with this written in the plan, for one tenant. */
async function sent(write: Partial<HttpWrite>, { tenant = 'acme', exposure = 100 } = {}) {
  const service = await startFlagService();
  onTestFinished(() => service.close());
  service.web.answerWith((_request, response) => response.writeHead(204).end());
  const request = { method: 'POST', url: `\${ADMIN_URL}/t/{{tenant}}`, headers: {}, ...write } as const;
  await raise(
    targetAt(service, perTenant({ set: request, per: { list: [tenant], exposures: [], concurrency: 1 } })),
    exposure,
    patient,
  );
  const [seen] = service.web.requests;
  return { url: seen?.url, body: seen?.body, type: seen?.headers['content-type'] };
}

const AWKWARD = 'a/b?c=d&e#f "g\\h é%2F';

test('in an address nothing of a value ends its part', async () => {
  const url = `\${ADMIN_URL}/t/{{tenant}}/{{ exposure }}?on={{enabled}}&who={{tenant}}`;
  const escaped = encodeURIComponent(AWKWARD);
  expect(await sent({ url }, { tenant: AWKWARD })).toMatchObject({ url: `/t/${escaped}/100?on=true&who=${escaped}` });
});

test.each<[JsonValue, JsonValue]>([
  [
    { a: '{{exposure}}', b: '{{ enabled }}' },
    { a: 100, b: true },
  ],
  [
    { a: 'at {{exposure}} %', b: ['{{enabled}}', { c: '{{enabled}}!' }] },
    { a: 'at 100 %', b: [true, { c: 'true!' }] },
  ],
  [
    { who: '{{tenant}}', and: 'x {{tenant}} x' },
    { who: AWKWARD, and: `x ${AWKWARD} x` },
  ],
  [
    ['{{tenant}}', 1, null, false],
    [AWKWARD, 1, null, false],
  ],
  [{ a: '{{stranger}} {{}} {{' }, { a: '{{stranger}} {{}} {{' }],
])('in JSON %j', async (body, expected) => {
  const { body: text, type } = await sent({ body }, { tenant: AWKWARD });
  expect(JSON.parse(text ?? '')).toEqual(expected);
  expect(type).toBe('application/json');
});

test('JSON may go under another name', async () => {
  const headers = { 'Content-Type': 'application/merge-patch+json' };
  expect(await sent({ body: { a: 1 }, headers })).toMatchObject({ body: '{"a":1}', type: headers['Content-Type'] });
});

test('in a form nothing of a value ends its field, in plain text it stands as it is', async () => {
  const body = 'flag=checkout&who={{tenant}}&on={{enabled}}';
  const form = await sent(
    { body, headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    { tenant: AWKWARD },
  );
  expect(new URLSearchParams(form.body)).toEqual(new URLSearchParams({ flag: 'checkout', who: AWKWARD, on: 'true' }));
  const plain = await sent({ body, headers: { 'content-type': 'text/plain' } }, { tenant: AWKWARD });
  expect(plain.body).toBe(`flag=checkout&who=${AWKWARD}&on=true`);
});

test('neither kind of value is looked through for the other kind', async () => {
  const service = await startFlagService();
  onTestFinished(() => service.close());
  service.web.answerWith((_request, response) => response.writeHead(204).end());
  const fill = (text: string) => text.replace(`\${ADMIN_URL}`, service.url).replace(`\${NOTE}`, '{{exposure}}');
  const body = { note: `\${NOTE}`, who: '{{tenant}}' };
  const url = `\${ADMIN_URL}/t`;
  const config = perTenant({
    set: { method: 'POST', url, headers: {}, body },
    per: { list: [`\${NOTE}`], exposures: [], concurrency: 1 },
  });
  await raise(createHttpTarget('flag', config, { fill, network: {} }), 100, patient);
  expect(JSON.parse(service.web.requests[0]?.body ?? '')).toEqual({ note: '{{exposure}}', who: `\${NOTE}` });
});

function build(changes: Partial<HttpConfig>, fill = (text: string) => text) {
  return createHttpTarget('flag', configFor(changes), { fill, network: {} });
}

test('a variable that is not set is missing, by its name', () => {
  const fill = (text: string) => {
    if (text.includes('${')) throw new Error('ADMIN_URL is not set');
    return text;
  };
  expect(() => build({}, fill)).toThrow(
    expect.objectContaining({ code: 'missing', retryable: false, message: 'target flag: ADMIN_URL is not set' }),
  );
});

test.each(['canary', 'ftp://canary.example.com', 'https://'])('an address that is none stops the start', (address) => {
  expect(() => build({}, (text) => text.replace(`\${ADMIN_URL}`, address))).toThrow(
    expect.objectContaining({
      code: 'rejected',
      message: 'target flag: the url of set is not an http or https address',
    }),
  );
});

test.each([`https://{{tenant}}.example.com/`, `https://flags.example.com:80{{tenant}}/`, `\${ADMIN_URL}.{{tenant}}`])(
  'a placeholder that would choose who is asked stops the start: %s',
  (url) => {
    const fill = (text: string) => text.replace(`\${ADMIN_URL}`, 'https://flags.example.com');
    expect(() => build({ read: { ...read, url } }, fill)).toThrow(expect.objectContaining({ code: 'rejected' }));
  },
);

test('a path into the answer that is none stops the start', () => {
  const fill = (text: string) => text.replace(`\${ADMIN_URL}`, 'https://flags.example.com');
  expect(() => build({ read: { ...read, value: 'a..b' } }, fill)).toThrow(/^target flag: "a\.\.b" is not a path/);
});

test.each([
  ['/flags/checkout', 'https://Flags.Example.com', 'https://flags.example.com/flags/checkout'],
  ['/flags/checkout', `https://me:${TOKEN}@flags.example.com:443/`, 'https://flags.example.com/flags/checkout'],
  ['/flags/checkout', `https://flags.example.com/${TOKEN}`, 'https://flags.example.com/~HASH/flags/checkout'],
  ['', `https://flags.example.com/?t=${TOKEN}`, 'https://flags.example.com/~HASH'],
  ['/f?name=b&at={{ exposure }}#x', 'http://localhost:80', 'http://localhost/f?at={{exposure}}&name=b'],
  [`/f?key=\${ADMIN_TOKEN}`, 'http://localhost:8080', 'http://localhost:8080/f?key=/~HASH'],
  ['/t/{{tenant}}', 'http://localhost:8080', 'http://localhost:8080/t/{{tenant}}'],
])('the key of %s at %s', (path, address, key) => {
  const fill = (text: string) => text.replaceAll(`\${ADMIN_URL}`, address).replaceAll(`\${ADMIN_TOKEN}`, TOKEN);
  const { keys } = build({ set: { ...set, url: `\${ADMIN_URL}${path}` } }, fill);
  expect(keys.map((one) => one.replace(/~[0-9a-f]{8}/g, '~HASH'))).toEqual([key]);
});

test('another secret behind the host is another key', () => {
  const of = (token: string) =>
    build({ read: { ...read, url: 'https://flags.example.com' } }, (text) =>
      text.replace(`\${ADMIN_URL}`, `https://flags.example.com/${token}`),
    ).keys;
  expect(of('a')).toEqual(of('a'));
  expect(of('a')).not.toEqual(of('b'));
});

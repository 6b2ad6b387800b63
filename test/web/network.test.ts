import { networkInterfaces } from 'node:os';
import { describe, expect, test } from 'vitest';
import { type NetworkRules, parseNetworks, permittedAddresses } from '../../src/web/network.js';

function rules(networks?: string, databaseUrl?: string): NetworkRules {
  const parsed = parseNetworks(networks, databaseUrl);
  if ('error' in parsed) throw new Error(parsed.error);
  return parsed;
}

async function isPermitted(url: string, network: NetworkRules): Promise<boolean> {
  return 'addresses' in (await permittedAddresses(new URL(url), network));
}

const resolvingTo = (...addresses: string[]): NetworkRules => ({
  resolve: async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
});

describe('without a list', () => {
  test.each([
    'http://127.0.0.1/',
    'http://[::1]/',
    'http://10.1.2.3/',
    'http://192.168.0.1/',
    'http://172.16.0.1/',
    'http://[fd12::1]/',
    'http://93.184.216.34/',
    'https://[2606:2800:220:1::1]/',
  ])('%s may be reached', async (url) => {
    expect(await isPermitted(url, rules())).toBe(true);
  });

  test.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://169.254.170.2/',
    'http://169.254.0.1/',
    'http://2852039166/', // 169.254.169.254 as one number
    'http://0xa9fea9fe/',
    'http://0xa9.0xfe.0xa9.0xfe/',
    'http://0251.0376.0251.0376/',
    'http://169.254.43518/',
    'http://[::ffff:169.254.169.254]/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://[::ffff:0:a9fe:a9fe]/',
    'http://[::169.254.169.254]/',
    'http://[64:ff9b::169.254.169.254]/',
    'http://[2002:a9fe:a9fe::1]/',
    'http://[fd00:ec2::254]/',
    'http://[FD00:0EC2:0:0::254]/',
    'http://[fd20:ce::254]/',
    'http://[fe80::1]/',
    'http://[febf::1]/',
    'http://100.100.100.200/',
    'http://168.63.129.16/',
    'http://192.0.0.192/',
  ])('%s is always refused', async (url) => {
    expect(await isPermitted(url, rules())).toBe(false);
  });

  test('a list cannot allow what is always refused', async () => {
    expect(await isPermitted('http://169.254.169.254/', rules('0.0.0.0/0, ::/0'))).toBe(false);
    expect(await isPermitted('http://[fd00:ec2::254]/', rules('0.0.0.0/0, ::/0'))).toBe(false);
  });
});

describe('with a list', () => {
  test.each([
    ['http://10.9.9.9/', true],
    ['http://11.0.0.1/', false],
    ['http://127.0.0.1/', false],
    ['http://2130706433/', false],
    ['http://0x7f.1/', false],
    ['http://0/', false],
    ['http://[::ffff:127.0.0.1]/', false],
    ['http://[::ffff:10.9.9.9]/', true],
    ['http://[::]/', false],
    ['http://192.0.2.7/', true],
    ['http://192.0.2.8/', false],
    ['http://[2001:db8::5]/', true],
    ['http://[2001:db9::5]/', false],
  ])('%s: %s', async (url, permitted) => {
    expect(await isPermitted(url, rules('10.0.0.0/8, 192.0.2.7 2001:db8::/32'))).toBe(permitted);
  });

  test.each([undefined, '', '  '])('%j is no list', async (networks) => {
    expect(rules(networks)).toEqual({});
  });

  test.each([
    '10.0.0.0/33',
    'example.com',
    '10.0.0/8',
    '::/129',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    'fe80::1%lo/64',
    '10.0.0.0/+8',
  ])('%s is refused by its name', (networks) => {
    expect(parseNetworks(`127.0.0.0/8,${networks}`)).toEqual({ error: expect.stringContaining(`"${networks}"`) });
  });
});

describe('a name', () => {
  test('is refused when all its addresses are', async () => {
    expect(await isPermitted('http://metadata.google.internal/', resolvingTo('169.254.169.254'))).toBe(false);
    expect(await isPermitted('http://innocent.example.com/', resolvingTo('169.254.169.254', 'fd00:ec2::254'))).toBe(
      false,
    );
    expect(await isPermitted('http://innocent.example.com/', resolvingTo('::ffff:169.254.169.254'))).toBe(false);
    expect(await isPermitted('http://empty.example.com/', resolvingTo())).toBe(false);
  });

  test('is reached at its permitted addresses only', async () => {
    const found = await permittedAddresses(
      new URL('http://both.example.com/'),
      resolvingTo('169.254.169.254', '10.0.0.1'),
    );
    expect(found).toEqual({ addresses: [{ address: '10.0.0.1', family: 4 }] });
  });

  test('is looked up with the operating system', async () => {
    expect(await isPermitted('http://localhost/', rules('127.0.0.0/8 ::1'))).toBe(true);
    expect(await isPermitted('http://localhost/', rules('10.0.0.0/8'))).toBe(false);
  });
});

describe("the bot's own database", () => {
  const local = rules(undefined, 'postgres://bot:pw@localhost:5433/rollout');
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => `http://${address}:5433/`);

  test.each([
    'http://localhost:5433/',
    'http://127.0.0.1:5433/',
    'http://127.8.8.8:5433/',
    'http://0:5433/',
    'http://[::1]:5433/',
    ...own,
  ])('is refused as %s', async (url) => {
    const found = await permittedAddresses(new URL(url), local);
    expect(found).toEqual({ refused: "it is the same server as the bot's own database", ownServer: true });
  });

  test('does not close the other ports of its machine', async () => {
    expect(await isPermitted('http://localhost:5434/', local)).toBe(true);
  });

  test('does not close its port on other machines', async () => {
    expect(await isPermitted('http://10.0.0.1:5433/', local)).toBe(true);
  });

  test('is refused by its address when it is somewhere else', async () => {
    const elsewhere = rules(undefined, 'postgres://bot:pw@10.0.0.5/rollout');
    expect(await isPermitted('http://10.0.0.5:5432/', elsewhere)).toBe(false);
    expect(await isPermitted('http://[::ffff:10.0.0.5]:5432/', elsewhere)).toBe(false);
    expect(await isPermitted('http://10.0.0.6:5432/', elsewhere)).toBe(true);
  });

  test('is refused on a standard port of the web as well', async () => {
    expect(await isPermitted('http://10.0.0.5/', rules(undefined, 'postgres://10.0.0.5:80/rollout'))).toBe(false);
    expect(await isPermitted('https://10.0.0.5/', rules(undefined, 'postgres://10.0.0.5:443/rollout'))).toBe(false);
  });

  test('reached by a socket is refused on this machine', async () => {
    const socket = rules(undefined, 'postgres:///rollout?host=/var/run/postgresql');
    expect(await isPermitted('http://127.0.0.1:5432/', socket)).toBe(false);
  });

  test('that has no readable address stops the start, without showing it', () => {
    expect(parseNetworks(undefined, 'host=x password=canary')).toEqual({ error: 'the database address is not a URL' });
  });
});

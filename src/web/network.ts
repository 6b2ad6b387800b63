/**
 * Which addresses a probe or a target may talk to over HTTP. A plan is written by people who may not hold the keys of the
 * machine the bot runs on, so neither must become a way to them. The rules look at addresses, never at names: the name is resolved
 * first, every address is judged, and the connection is made to the judged address itself, so that a second answer
 * from DNS changes nothing.
 */
import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { addressForms } from './address-forms.js';

/** Turns a name into all its addresses; throws as `dns.lookup` does. */
type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

export interface NetworkRules {
  /** The whole list of networks that may be reached. Absent: every address but those that are always refused. */
  readonly allow?: BlockList;
  /** Where the bot's own database is. Its server is refused, whatever is asked for there. */
  readonly database?: { readonly host: string; readonly port: number; readonly name: string };
  /** Other databases on that server that may be read all the same. */
  readonly databases?: readonly string[];
  /** How names become addresses; the operating system's way when absent. */
  readonly resolve?: Resolve;
}

/** Addresses this URL may be reached at, or why it may not. */
export type Permission =
  | { readonly addresses: readonly LookupAddress[] }
  | { readonly refused: string /** It is the server of the bot's own database. */; readonly ownServer?: true };

// Places that hand out the machine's credentials to whoever asks from inside, and link-local, where they live.
const NEVER = new BlockList();
NEVER.addSubnet('169.254.0.0', 16, 'ipv4');
NEVER.addAddress('100.100.100.200', 'ipv4');
NEVER.addAddress('168.63.129.16', 'ipv4');
NEVER.addAddress('192.0.0.192', 'ipv4');
NEVER.addSubnet('fe80::', 10, 'ipv6');
for (const address of ['fd00:ec2::254', 'fd00:ec2::23', 'fd20:ce::254', 'fd00:42::42', 'fd00:c1::a9fe:a9fe']) {
  NEVER.addAddress(address, 'ipv6');
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/**
 * Reads `PROBE_NETWORKS` (CIDRs or single addresses, separated by commas or spaces; blank is as good as unset), the
 * address of the bot's own database and `PROBE_DATABASES` (names, separated alike). An error names the part of
 * `PROBE_NETWORKS` that cannot be read, never the database's address.
 */
export function parseNetworks(
  networks: string | undefined,
  databaseUrl?: string,
  others?: string,
): NetworkRules | { readonly error: string } {
  const parts = listed(networks);
  const databases = listed(others);
  const allow = new BlockList();
  for (const part of parts) {
    if (!addNetwork(allow, part)) return { error: `"${part}" is not a network such as 10.0.0.0/8` };
  }
  const database = databaseUrl === undefined ? undefined : databaseEndpoint(databaseUrl);
  if (database === null) return { error: 'the database address is not a URL' };
  return {
    ...(parts.length > 0 && { allow }),
    ...(database && { database }),
    ...(databases.length > 0 && { databases }),
  };
}

function listed(text = ''): string[] {
  return text.split(/[\s,]+/).filter((part) => part !== '');
}

/** Whether this database may be read although it is on the server of the bot's own: never the bot's own itself. */
export function isAllowedBesideOwn({ database, databases = [] }: NetworkRules, name: string): boolean {
  return databases.includes(name) && name !== database?.name;
}

/** Judges every address of `url`. Refused when none is left; throws only what the resolver throws. */
export async function permittedAddresses(url: URL, rules: NetworkRules): Promise<Permission> {
  const resolve = rules.resolve ?? systemResolve;
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  const own = rules.database?.port === port ? await databaseForms(rules.database.host, resolve) : [];
  const addresses: LookupAddress[] = [];
  let refused = 'the name has no address';
  for (const found of await addressesOf(bareHost(url.hostname), resolve)) {
    const objection = objectionTo(found.address, rules, own);
    if (objection) refused = objection;
    else addresses.push(found);
  }
  if (addresses.length > 0) return { addresses };
  return refused === OWN_SERVER ? { refused, ownServer: true } : { refused };
}

const OWN_SERVER = "it is the same server as the bot's own database";

function objectionTo(address: string, rules: NetworkRules, database: readonly string[]): string | undefined {
  const forms = addressForms(address);
  if (forms.length === 0) return 'not an address';
  if (forms.some((form) => contains(NEVER, form))) return `${address} is a link-local or metadata address`;
  const here = forms.some(isThisMachine);
  if (database.some((own) => forms.includes(own) || (here && isThisMachine(own)))) return OWN_SERVER;
  const { allow } = rules;
  if (allow && !forms.some((form) => contains(allow, form))) return `${address} is not in PROBE_NETWORKS`;
  return undefined;
}

/** A database name that cannot be resolved cannot be reached by that name either, so nothing is lost by an empty list. */
async function databaseForms(host: string, resolve: Resolve): Promise<string[]> {
  const found = await addressesOf(bareHost(host), resolve).catch(() => []);
  return found.flatMap(({ address }) => addressForms(address));
}

async function addressesOf(host: string, resolve: Resolve): Promise<readonly LookupAddress[]> {
  const family = isIP(host);
  // A literal never reaches a resolver, so it is judged here or nowhere.
  return family === 0 ? resolve(host) : [{ address: host, family }];
}

const systemResolve: Resolve = (host) => lookup(host, { all: true });

/** Loopback is many addresses and every interface's own address leads to the same listeners. */
function isThisMachine(form: string): boolean {
  if (contains(LOOPBACK, form)) return true;
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return own.some(({ address }) => addressForms(address).includes(form));
}

function contains(list: BlockList, address: string): boolean {
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

function addNetwork(list: BlockList, text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || address.includes('%') || rest.length > 0) return false;
  const type = family === 6 ? 'ipv6' : 'ipv4';
  const longest = family === 6 ? 128 : 32;
  if (prefix !== undefined && !(/^\d{1,3}$/.test(prefix) && Number(prefix) <= longest)) return false;
  list.addSubnet(address, prefix === undefined ? longest : Number(prefix), type);
  return true;
}

/** Without a host, or with a socket's path as host, Postgres is on this machine and may listen on the port as well. */
function databaseEndpoint(databaseUrl: string): NonNullable<NetworkRules['database']> | null {
  if (!URL.canParse(databaseUrl)) return null;
  const url = new URL(databaseUrl);
  const host = url.searchParams.get('host') ?? decodeURIComponent(url.hostname);
  const port = Number(url.searchParams.get('port') ?? url.port) || 5432;
  // Without a name it is that of the role, as the client has it.
  const name = decodeURIComponent(url.pathname.slice(1)) || decodeURIComponent(url.username);
  return { host: host === '' || host.startsWith('/') ? 'localhost' : host, port, name };
}

function bareHost(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host;
}

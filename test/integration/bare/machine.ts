/** What this machine lends to a bare Debian: its Node and npm, the way to the npm registry, and a Debian mirror. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

const SOURCES = '/etc/apt';
const DEBIAN = 'http://deb.debian.org/debian';

/** Why no Debian can be made here; '' when it can. */
export async function whyNot(): Promise<string> {
  if (process.platform !== 'linux') return `this is ${process.platform}; a chroot needs Linux`;
  if (process.getuid?.() !== 0) return 'only root may use chroot';
  if (!answers('debootstrap', '--version')) return 'debootstrap is not installed (apt-get install debootstrap)';
  if (!answers('chroot', '/', 'true')) return 'this machine refuses chroot';
  if (!answers('git', '--version')) return 'git is not installed, and a clean copy of the project is taken with it';
  const mirror = debianMirror();
  try {
    const { status } = await fetch(`${mirror}/dists/bookworm/InRelease`, { signal: AbortSignal.timeout(20_000) });
    return status === 200 ? '' : `the Debian mirror ${mirror} answers ${status}`;
  } catch (error) {
    return `the Debian mirror ${mirror} cannot be reached: ${String(error)}`;
  }
}

/** Command line before every command: a mount namespace of its own, so that no mount outlives it; none if refused. */
export function ownMounts(): string[] {
  const flags = ['--mount', '--propagation', 'private'];
  return answers('unshare', ...flags, 'true') ? ['unshare', ...flags] : [];
}

/** The mirror this machine's apt uses. */
export function debianMirror(): string {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(list|sources)$/.test(name),
  );
  const lines = files.flatMap((name) => readFileSync(join(SOURCES, name), 'utf8').split('\n'));
  const addresses = lines.flatMap((line) => (line.startsWith('#') ? [] : (line.match(/https?:\/\/\S+/g) ?? [])));
  return addresses.map((url) => url.replace(/\/$/, '')).find((url) => url.endsWith('/debian')) ?? DEBIAN;
}

export interface Npm {
  /** The folder of the npm package. */
  readonly folder: string;
  readonly version: string;
  /** Settings npm needs to reach the registry from here, as environment variables; nothing else of this machine's. */
  readonly env: Readonly<Record<string, string>>;
  /** A file of certificates the registry is trusted by, if this machine needs one. */
  readonly certificates: string | undefined;
}

/** npm as it is installed here. */
export function machineNpm(): Npm {
  const program = execFileSync('which', ['npm'], { encoding: 'utf8' }).trim();
  const setting = (name: string) => {
    const value = spawnSync('npm', ['config', 'get', name], { encoding: 'utf8' }).stdout.trim();
    return ['', 'null', 'undefined'].includes(value) ? undefined : value;
  };
  const proxies = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];
  const certificates = setting('cafile') ?? process.env.NODE_EXTRA_CA_CERTS;
  return {
    folder: dirname(dirname(realpathSync(program))),
    version: spawnSync('npm', ['--version'], { encoding: 'utf8' }).stdout.trim(),
    certificates: certificates && existsSync(certificates) ? certificates : undefined,
    env: {
      npm_config_registry: setting('registry') ?? 'https://registry.npmjs.org/',
      ...Object.fromEntries(proxies.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []))),
    },
  };
}

function answers(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

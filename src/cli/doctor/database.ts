import { EARLIER_DATABASE } from '../../store/lineage.js';
import {
  type DatabaseTrouble,
  databaseTrouble,
  serverVersion,
  sessionsAreOwn,
  settingsLost,
  type Tables,
  tablesOf,
} from '../../store/survey.js';
import { tlsTroubleOf } from '../../web/tls-trouble.js';
import { type Diagnosis, fail, ok, skip, warn } from '../diagnosis.js';
import type { DoctorCheck } from './examine.js';

/** The versions the bot is tested with. */
const VERSIONS = { from: 15, to: 17 } as const;

const DATABASE = 'database';

/** Of a database that cannot be reached one line says why, and the others that they need it. */
export function databaseLooks(url: string | undefined): DoctorCheck[] {
  let reached: Promise<Diagnosis> | undefined;
  const version = (at: string) => (reached ??= tried(DATABASE, async () => versionDiagnosis(await serverVersion(at))));
  const behind = async (at: string, about: string, look: () => Promise<Diagnosis>): Promise<Diagnosis> => {
    const [found, first] = await Promise.all([tried(about, look), version(at)]);
    return found.state === 'fail' && first.state === 'fail' ? skip(about, DATABASE) : found;
  };
  const looks: [string, (url: string) => Promise<Diagnosis>][] = [
    [DATABASE, version],
    [
      'database sessions',
      (at) => behind(at, 'database sessions', async () => poolerDiagnosis(await sessionsAreOwn(at))),
    ],
    [
      'database settings',
      (at) => behind(at, 'database settings', async () => settingsDiagnosis(await settingsLost(at))),
    ],
    ['database tables', (at) => behind(at, 'database tables', async () => tablesDiagnosis(await tablesOf(at)))],
  ];
  return looks.map(([about, look]) => ({
    about,
    look: async () => [url === undefined ? skip(about, 'DATABASE_URL') : await look(url)],
  }));
}

async function tried(about: string, look: () => Promise<Diagnosis>): Promise<Diagnosis> {
  try {
    return await look();
  } catch (error) {
    const tls = tlsTroubleOf(error);
    if (tls) return fail(about, tls.words, `${tls.fix}; see sslmode in DATABASE_URL`);
    return troubleDiagnosis(about, databaseTrouble(error));
  }
}

const TROUBLE: Readonly<Record<DatabaseTrouble, readonly [found: string, fix: string]>> = {
  settings_refused: [
    'a pooler refuses the settings the bot asks for with each connection',
    'let DATABASE_URL lead to Postgres itself, not to the pooler',
  ],
  denied: ['Postgres refuses this user or password', 'correct user and password in DATABASE_URL, or pg_hba.conf'],
  no_database: [
    'there is no database of this name',
    'create it: CREATE DATABASE … OWNER …; see docs/how-to/install.md',
  ],
  no_right: ['this role has not the right to look', 'make this role the owner of the database'],
  full: [
    'Postgres has no connection left',
    'raise max_connections, or the CONNECTION LIMIT of the role; each process takes up to DATABASE_CONNECTIONS',
  ],
  no_url: ['DATABASE_URL cannot be read as an address', 'escape @ : / # % in the password, e.g. / as %2F'],
  no_file: [
    'a certificate file that DATABASE_URL names cannot be read',
    'correct sslrootcert, sslcert or sslkey in DATABASE_URL, or let the bot read the file',
  ],
  no_host: ['the name of the host in DATABASE_URL is not known', 'correct the host; escape @ : / # % in the password'],
  refused: ['nothing listens at this host and port', 'start Postgres, or correct host and port in DATABASE_URL'],
  timeout: ['no answer in time', 'see whether a firewall stands between this machine and the database'],
  tls: ['no agreement on TLS', 'see sslmode in DATABASE_URL and the server’s certificate'],
  other: ['cannot be reached', 'try the same address with psql; it says more'],
};

export function troubleDiagnosis(about: string, trouble: DatabaseTrouble): Diagnosis {
  const [found, fix] = TROUBLE[trouble];
  return fail(about, found, fix);
}

/** `version` as Postgres numbers it: 170002 is 17.2. */
export function versionDiagnosis(version: number): Diagnosis {
  const major = Math.floor(version / 10_000);
  const words = `PostgreSQL ${major}.${version % 10_000}`;
  if (major >= VERSIONS.from && major <= VERSIONS.to) return ok('database', words);
  const tested = `PostgreSQL ${VERSIONS.from} to ${VERSIONS.to}`;
  return warn('database', `${words}, which nobody tested`, `use ${tested}`);
}

export function poolerDiagnosis(own: boolean): Diagnosis {
  const about = 'database sessions';
  if (own) return ok(about, 'each is a connection of its own');
  const found = 'a pooler hands connections out by the transaction: locks and wake-ups would get lost';
  return fail(about, found, 'let DATABASE_URL lead to Postgres itself, or set pool_mode = session');
}

export function settingsDiagnosis(lost: readonly string[]): Diagnosis {
  const about = 'database settings';
  if (lost.length === 0) return ok(about, 'what the bot asks for with each connection counts');
  const fix = 'let DATABASE_URL lead to Postgres itself; poolers drop startup options';
  return warn(about, `${lost.join(', ')}: asked for with each connection, and ignored`, fix);
}

export function tablesDiagnosis({ earlier, pending, unknown, schema, mayCreate, closed }: Tables): Diagnosis {
  const about = 'database tables';
  if (earlier) return fail(about, EARLIER_DATABASE.found, EARLIER_DATABASE.fix);
  if (unknown.length > 0) {
    const found = `the database is newer than this version of the bot, it has ${unknown.join(', ')}`;
    return fail(about, found, 'install the newer version, or restore the backup from before');
  }
  if (closed.length > 0) {
    const fix =
      'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA … TO the role of DATABASE_URL, or let it own them';
    return fail(about, `this role may not read and write ${closed.join(', ')}`, fix);
  }
  if (pending.length === 0) return ok(about, 'there, as this version needs them');
  if (schema === null || !mayCreate) {
    const found = `${pending.length} to be made, and this role may not make tables`;
    const fix = `as owner: GRANT CREATE ON SCHEMA ${schema ?? 'public'} TO the role of DATABASE_URL, or let it own the database`;
    return fail(about, found, fix);
  }
  return ok(about, `not there yet: the bot applies ${pending.join(', ')} when it starts`);
}

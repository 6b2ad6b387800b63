import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** As Debian names it (prometheus-alertmanager), and as its own releases do. */
const NAMES = ['prometheus-alertmanager', 'alertmanager'];

/** The program on this machine; undefined: it is not installed. */
export const PROGRAM = NAMES.find((name) => spawnSync(name, ['--version']).status === 0);

/** An alert as Prometheus would hand it in. */
export interface GivenAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly generatorURL?: string;
  readonly startsAt?: string;
  readonly endsAt?: string;
}

/** A real Alertmanager on this machine that pushes to one address. */
export interface Alertmanager {
  give(...alerts: readonly GivenAlert[]): Promise<void>;
  /** Everything it has logged. */
  words(): string;
  close(): Promise<void>;
}

const ROUTE = 'route: { receiver: bot, group_by: [team], group_wait: 100ms, group_interval: 1s, repeat_interval: 1s }';

export async function startAlertmanager(to: { url: string; token: string }): Promise<Alertmanager> {
  const folder = await mkdtemp(join(tmpdir(), 'alertmanager-'));
  const webhook = { url: to.url, http_config: { authorization: { credentials: to.token } } };
  const receivers = JSON.stringify([{ name: 'bot', webhook_configs: [webhook] }]);
  const config = join(folder, 'alertmanager.yml');
  await writeFile(config, `${ROUTE}\nreceivers: ${receivers}\n`);
  const flags = [`--config.file=${config}`, `--storage.path=${join(folder, 'data')}`, '--log.level=debug'];
  const address = ['--web.listen-address=127.0.0.1:0', '--cluster.listen-address='];
  const child = spawn(PROGRAM ?? '', [...flags, ...address], { stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  const port = await listening(child, (text) => {
    words += text;
  });
  return {
    async give(...alerts) {
      const answer = await fetch(`http://127.0.0.1:${port}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(alerts),
      });
      if (!answer.ok) throw new Error(`Alertmanager answered ${answer.status} ${await answer.text()}`);
    },
    words: () => words,
    async close() {
      const ended = child.exitCode === null ? once(child, 'exit') : undefined;
      child.kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The port it says it listens on. */
function listening(child: ChildProcess, hear: (text: string) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`Alertmanager ended with ${code}\n${said}`)));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      hear(text);
      const [, port] = /msg="Listening on" address=\S*:(\d+)/.exec(said) ?? [];
      if (port) resolve(port);
    });
  });
}

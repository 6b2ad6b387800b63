/** A Prometheus of this machine as a child process, and the small program it scrapes. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Undefined when there is none; a reason to skip is printed once. */
export function prometheusVersion(): string | undefined {
  const { stdout, error } = spawnSync('prometheus', ['--version'], { encoding: 'utf8' });
  const version = error ? undefined : /version (\d+\.\d+)/.exec(stdout)?.[1];
  if (version === undefined)
    console.log('No prometheus here (Debian: apt-get install prometheus): its tests are skipped.');
  return version;
}

export interface MetricsServer {
  readonly port: number;
  /** Requests that fail, of 100. */
  errors: number;
  close(): Promise<void>;
}

/** Counts 100 requests a second since it was started, `errors` of them failed, and shows some gauges. */
export async function startMetrics(): Promise<MetricsServer> {
  let counted = { at: Date.now(), all: 0, failed: 0 };
  let errors = 0;
  const count = () => {
    const requests = (Date.now() - counted.at) / 10;
    counted = { at: Date.now(), all: counted.all + requests, failed: counted.failed + (requests * errors) / 100 };
    return counted;
  };
  const server: Server = createServer((_request, response) => {
    const { at, all, failed } = count();
    const lines = [
      '# TYPE shop_requests_total counter',
      `shop_requests_total ${all}`,
      '# TYPE shop_errors_total counter',
      `shop_errors_total ${failed}`,
      '# TYPE shop_queue gauge',
      'shop_queue{queue="mail"} 3',
      'shop_queue{queue="orders"} 8',
      // With a time of its own: Prometheus takes no notice when such a series ends.
      '# TYPE shop_stamped gauge',
      `shop_stamped 7 ${at}`,
      '# TYPE shop_idle gauge',
      'shop_idle 0',
    ];
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(`${lines.join('\n')}\n`);
  });
  const port = await listen(server);
  return {
    port,
    get errors() {
      return errors;
    },
    set errors(next) {
      count();
      errors = next;
    },
    close: () => stopServer(server),
  };
}

export interface Prometheus {
  readonly url: string;
  close(): Promise<void>;
}

/** Scrapes this port four times a second; ready when it answers, a few seconds before the first scrape. */
export async function startPrometheus(scraped: number): Promise<Prometheus> {
  const home = await mkdtemp(join(tmpdir(), 'prometheus-'));
  const config = join(home, 'prometheus.yml');
  await writeFile(
    config,
    `global: { scrape_interval: 250ms, scrape_timeout: 200ms }
scrape_configs: [{ job_name: shop, static_configs: [{ targets: ["127.0.0.1:${scraped}"] }] }]
`,
  );
  const port = await freePort();
  const child = spawn(
    'prometheus',
    [`--config.file=${config}`, `--storage.tsdb.path=${join(home, 'data')}`, `--web.listen-address=127.0.0.1:${port}`],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  await ready(child);
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      if (child.exitCode === null) {
        const over = once(child, 'exit');
        child.kill();
        await over;
      }
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Rejects with its last words when it ends instead. */
function ready(child: ChildProcess): Promise<void> {
  let said = '';
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`prometheus ended: ${said.slice(-2_000)}`)));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('ready to receive web requests')) resolve();
    });
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await stopServer(server);
  return port;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  return address !== null && typeof address === 'object' ? address.port : 0;
}

function stopServer(server: Server): Promise<void> {
  return new Promise((closed) => {
    server.close(() => closed());
    server.closeAllConnections();
  });
}

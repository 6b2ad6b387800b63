/** Connections to one database that outlast whoever opened them: each new one costs a start of Postgres's own, and a plan for every statement. */
import pg from 'pg';
import { inject } from 'vitest';

type Done = (error: Error) => void;

export interface KeptConnections {
  /** As `pg.Client`, but that `end` leaves a connection with nothing under way to the next that connects with the same options. */
  readonly Client: typeof pg.Client;
  /** The processes of the server behind those that nobody uses. */
  processes(): number[];
  /** Ends those that nobody uses. */
  end(): Promise<void>;
}

export function keepConnections(): KeptConnections {
  const free = new Map<string, KeptClient[]>();
  const forget = (client: KeptClient) => {
    const others = (free.get(client.options) ?? []).filter((other) => other !== client);
    free.set(client.options, others);
  };
  const keep = (client: KeptClient) => {
    client.on('error', () => forget(client));
    client.on('end', () => forget(client));
    free.set(client.options, [...(free.get(client.options) ?? []), client]);
  };
  const Client = new Proxy(pg.Client, {
    construct(_, [config]: [pg.ClientConfig]) {
      const options = optionsOf(config);
      const kept = free.get(options)?.pop();
      kept?.removeAllListeners();
      return kept ?? new KeptClient(config, options, keep);
    },
  });
  return {
    Client,
    processes: () => [...free.values()].flat().map((client) => innards(client).processID),
    async end() {
      const clients = [...free.values()].flat();
      free.clear();
      await Promise.all(clients.map((client) => client.reallyEnd()));
    },
  };
}

/** What a session is like. How long somebody waits for it is not part of that. */
function optionsOf({
  connectionString,
  options,
  application_name: name,
  query_timeout: limit,
}: pg.ClientConfig): string {
  return [connectionString, options, name, limit].join('\n');
}

class KeptClient extends pg.Client {
  readonly options: string;
  private readonly keep: (client: KeptClient) => void;
  private isOpen = false;

  constructor(config: pg.ClientConfig, options: string, keep: (client: KeptClient) => void) {
    super({ ...config, connectionString: bySocket(config.connectionString ?? '') });
    this.options = options;
    this.keep = keep;
    this.once('connect', () => {
      this.isOpen = true;
    });
  }

  override connect(): Promise<this>;
  override connect(done: Done): void;
  override connect(done?: Done): unknown {
    if (!this.isOpen) return done ? super.connect(done) : super.connect();
    innards(this).ref();
    return done ? process.nextTick(done) : Promise.resolve(this);
  }

  override end(): Promise<void>;
  override end(done: Done): void;
  override end(done?: Done): unknown {
    if (!this.isOpen || !isIdle(this)) return done ? super.end(done) : super.end();
    this.removeAllListeners();
    innards(this).unref();
    this.keep(this);
    return done ? process.nextTick(done) : Promise.resolve();
  }

  reallyEnd(): Promise<void> {
    return super.end();
  }
}

/** By the server's socket instead of the network. */
function bySocket(text: string): string {
  const url = new URL(text);
  url.searchParams.set('host', inject('postgresSocket'));
  return url.href;
}

/** Connected, outside any transaction, and no answer is still to come. */
function isIdle(client: pg.Client): boolean {
  const { readyForQuery, _queryable: alive } = innards(client);
  return alive && readyForQuery && client.getTransactionStatus() === 'I';
}

/** What a client has besides its declared type. */
interface Innards {
  readonly readyForQuery: boolean;
  readonly _queryable: boolean;
  readonly processID: number;
  ref(): void;
  unref(): void;
}

function innards(client: pg.Client): Innards {
  return client as unknown as Innards;
}

/** A pooler may give a database another name than it has: what the bot's own is, is not judged by what an address calls it. */
import { createServer, connect as dial, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSqlProbe } from '../../src/probes/sql/index.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { listening } from '../targets/flag-table.js';
import { type AnsweringDatabase, createAnsweringDatabase, PASSWORD } from './answering-database.js';

const patient = new AbortController().signal;

describe("beside the bot's own database, where a pooler gives names", () => {
  let shop: AnsweringDatabase;
  let own: TestDatabase;
  const names: Record<string, string> = {};
  const ends = new Set<Socket>();
  let pooler: Server;
  let port: number;
  beforeAll(async () => {
    [shop, own] = await Promise.all([createAnsweringDatabase(), createDatabase()]);
    Object.assign(names, { metrics: nameOf(shop.url), archive: nameOf(own.url) });
    pooler = renaming(new URL(own.url), names, ends);
    port = await listening(pooler);
  });
  afterAll(async () => {
    for (const socket of ends) socket.destroy();
    await new Promise((closed) => pooler.close(closed));
    await Promise.all([shop.close(), own.drop()]);
  });

  /** Reads what the pooler calls `database`, where the bot knows its own as `ownName`. All of `PROBE_DATABASES` allow it. */
  const read = (database: string, ownName: string) => {
    const url = `postgres://${shop.role}:${PASSWORD}@127.0.0.1:${port}/${database}`;
    const network = { database: { host: '127.0.0.1', port, name: ownName }, databases: ['metrics', 'archive'] };
    return createSqlProbe({ url, query: 'SELECT 7', timeoutMs: 5_000 }, network).measure(patient);
  };
  const REFUSED = { unknown: 'refused_address', detail: "it is the bot's own database, which no plan may read" };

  test('another database is read by the name it has there', async () => {
    expect(await read('metrics', nameOf(own.url))).toMatchObject({ value: 7 });
  });

  test("the bot's own is refused by whatever name", async () => {
    expect(await read('archive', nameOf(own.url))).toMatchObject(REFUSED);
  });

  test("nor is it read where the bot's own address has a name of the pooler, too", async () => {
    expect(await read('archive', 'rollout')).toMatchObject(REFUSED);
  });

  test('what calls itself as the bot’s own is refused, whether or not a record is in it', async () => {
    expect(await read('metrics', nameOf(shop.url))).toMatchObject(REFUSED);
  });
});

function nameOf(url: string): string {
  return new URL(url).pathname.slice(1);
}

/** A relay to Postgres that carries everything but the name of the database in the first message, which it replaces. */
function renaming(to: URL, names: Readonly<Record<string, string>>, ends: Set<Socket>): Server {
  return createServer((near) => {
    const far = dial(Number(to.port), to.hostname);
    for (const socket of [near, far]) {
      ends.add(socket);
      socket.on('error', () => {}).once('close', () => ends.delete(socket));
    }
    near.once('data', (first) => {
      far.write(renamed(first, names));
      near.pipe(far).pipe(near);
    });
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
  });
}

/** A startup message: its length, the version of the protocol, then names and values that each end with a zero byte. */
function renamed(message: Buffer, names: Readonly<Record<string, string>>): Buffer {
  const words = message.subarray(8).toString().split('\0');
  const at = words.indexOf('database') + 1;
  words[at] = names[words[at] ?? ''] ?? 'nowhere';
  const body = Buffer.from(words.join('\0'));
  const head = Buffer.from(message.subarray(0, 8));
  head.writeInt32BE(head.length + body.length);
  return Buffer.concat([head, body]);
}

/** Ports that stay the same from start to start where they can. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** The page's address. */
export const PAGE_PORT = 4390;
/** Below the range the system hands out by itself, so that the port is still free after a restart. */
const DATABASE_PORT = 4440;
const TRIES = 40;

/**
 * The port `file` remembers if it is free, else the first free one from a fixed number on, remembered from now on. A
 * rollout is tied to its flag's address, port included: another port would be another flag.
 */
export async function lastingPort(file: string): Promise<number> {
  const before = rememberedPort(file);
  if (before !== undefined && (await isFree(before))) return before;
  const port = await firstFree(DATABASE_PORT);
  writeFileSync(file, String(port));
  return port;
}

/** Calls `listen` with one port after the other until one is not taken by somebody else. */
export async function onFirstFreePort<T>(from: number, listen: (port: number) => Promise<T>): Promise<T> {
  for (let port = from; ; port++) {
    try {
      return await listen(port);
    } catch (error) {
      const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      if (!taken || port >= from + TRIES) throw error;
    }
  }
}

function rememberedPort(file: string): number | undefined {
  try {
    const port = Number(readFileSync(file, 'utf8'));
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
  } catch {
    return undefined;
  }
}

function firstFree(from: number): Promise<number> {
  return onFirstFreePort(from, async (port) => {
    await listenOnce(port);
    return port;
  });
}

function isFree(port: number): Promise<boolean> {
  return listenOnce(port).then(
    () => true,
    () => false,
  );
}

function listenOnce(port: number): Promise<void> {
  return new Promise((free, taken) => {
    const server = createServer();
    server.once('error', taken);
    server.listen(port, '127.0.0.1', () => server.close(() => free()));
  });
}

/** A real YAML language server, as an editor starts it: one process, spoken to in LSP over its pipes. */

import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';

interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Diagnostic {
  readonly message: string;
  readonly range: { readonly start: Position };
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

export interface Editor {
  /** Opens a file with this text; answers what is wrong with it, as the editor underlines it. */
  open(uri: string, text: string): Promise<Diagnostic[]>;
  /** What is offered where the cursor stands. */
  completions(uri: string, at: Position): Promise<string[]>;
  /** What is shown about the word there; '' when nothing is. */
  hover(uri: string, at: Position): Promise<string>;
  close(): Promise<void>;
}

const require = createRequire(import.meta.url);
const ANSWER_MS = 30_000;

/** Rejects, as every question does, when the server does not answer in time or ends. */
export async function startEditor(): Promise<Editor> {
  const program = require.resolve('yaml-language-server/bin/yaml-language-server');
  const child = spawn(process.execPath, [program, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const line = talk(child);
  await line.ask('initialize', {
    processId: process.pid,
    rootUri: null,
    capabilities: { textDocument: { hover: { contentFormat: ['plaintext'] } } },
  });
  line.tell('initialized', {});
  return {
    async open(uri, text) {
      const told = line.next((message) => message.method === 'textDocument/publishDiagnostics');
      line.tell('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text } });
      return ((await told).params as { diagnostics: Diagnostic[] }).diagnostics;
    },
    async completions(uri, position) {
      const answer = await line.ask('textDocument/completion', { textDocument: { uri }, position });
      return ((answer as { items?: { label: string }[] } | null)?.items ?? []).map(({ label }) => label);
    },
    async hover(uri, position) {
      const answer = await line.ask('textDocument/hover', { textDocument: { uri }, position });
      return (answer as { contents?: { value: string } } | null)?.contents?.value ?? '';
    },
    async close() {
      const ended = new Promise<void>((done) => child.once('close', () => done()));
      child.kill();
      await ended;
    },
  };
}

/** JSON-RPC with the headers of LSP. */
function talk(child: ChildProcess) {
  const listeners = new Set<(message: Message) => void>();
  let ids = 0;
  let rest = Buffer.alloc(0);
  const send = (message: object): void => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    child.stdin?.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  };
  child.stdout?.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (let found = firstMessage(rest); found; found = firstMessage(rest)) {
      rest = found.rest;
      // What the server wants to know of its editor: nothing is set, so that its own defaults count.
      if (found.message.id !== undefined && found.message.method)
        send({ id: found.message.id, result: settingsFor(found.message) });
      for (const listener of listeners) listener(found.message);
    }
  });
  const next = (wanted: (message: Message) => boolean): Promise<Message> =>
    new Promise((done, failed) => {
      const over = (): void => {
        clearTimeout(timer);
        listeners.delete(hear);
        child.off('close', ended);
      };
      const hear = (message: Message): void => {
        if (!wanted(message)) return;
        over();
        done(message);
      };
      const ended = (): void => {
        over();
        failed(new Error('the language server ended'));
      };
      const timer = setTimeout(() => {
        over();
        failed(new Error('the language server did not answer'));
      }, ANSWER_MS);
      listeners.add(hear);
      child.once('close', ended);
    });
  return {
    next,
    tell: (method: string, params: unknown) => send({ method, params }),
    async ask(method: string, params: unknown): Promise<unknown> {
      ids += 1;
      const id = ids;
      const answer = next((message) => message.id === id && message.method === undefined);
      send({ id, method, params });
      const { result, error } = await answer;
      if (error) throw new Error(`${method}: ${error.message}`);
      return result;
    },
  };
}

function firstMessage(bytes: Buffer): { message: Message; rest: Buffer<ArrayBuffer> } | undefined {
  const head = bytes.indexOf('\r\n\r\n');
  const [, length] = /Content-Length: (\d+)/.exec(bytes.subarray(0, Math.max(0, head)).toString()) ?? [];
  const end = head + 4 + Number(length);
  if (length === undefined || bytes.length < end) return undefined;
  return { message: JSON.parse(bytes.subarray(head + 4, end).toString()), rest: Buffer.from(bytes.subarray(end)) };
}

function settingsFor({ method, params }: Message): unknown {
  if (method !== 'workspace/configuration') return null;
  return ((params as { items?: unknown[] }).items ?? []).map(() => null);
}

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { PATIENCE } from './patience.js';

const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--remote-debugging-port=0',
];

/** Where a Chromium is installed (CHROMIUM, or the usual places); undefined: none, skip what needs one. */
export function chromiumPath(): string | undefined {
  return [process.env.CHROMIUM ?? '', ...CANDIDATES].find((path) => path !== '' && existsSync(path));
}

/** One tab. Everything rejects with the browser's or the page's own message. */
export interface Page {
  /** Resolves when the page has loaded. */
  goto(url: string): Promise<void>;
  /** CSS pixels, at device scale factor 1. */
  setViewport(width: number, height: number): Promise<void>;
  /** The value of an expression (promises awaited) in the page, through JSON. */
  evaluate<T>(expression: string): Promise<T>;
  /** Resolves when the expression is truthy, looked at every 15 ms; gives up after a minute, or after timeoutMs. */
  waitFor(expression: string, timeoutMs?: number): Promise<void>;
  /** A PNG of the viewport. */
  screenshot(path: string): Promise<void>;
  /** A key by its name (`Enter`, `Tab`, `Escape`, `ArrowDown`, ` `, `a`), as a keyboard sends it. */
  press(key: string, options?: { shift?: boolean }): Promise<void>;
  /** Inserts text where the focus is. */
  type(text: string): Promise<void>;
  /** Scrolls to the first match, waits for it to be there, and clicks its middle with the mouse. */
  click(selector: string): Promise<void>;
  /** What the page's console and its uncaught errors said, oldest first. */
  readonly problems: readonly string[];
}

export interface Browser {
  readonly page: Page;
  /** Ends the browser and removes its profile. */
  close(): Promise<void>;
}

const answers = z.object({
  id: z.number().optional(),
  result: z.unknown().optional(),
  error: z.object({ message: z.string() }).optional(),
  method: z.string().optional(),
  params: z.unknown().optional(),
});
const evaluated = z.object({
  result: z.object({ value: z.unknown().optional() }),
  exceptionDetails: z
    .object({ text: z.string(), exception: z.object({ description: z.string().optional() }).optional() })
    .optional(),
});

const navigated = z.object({ errorText: z.string().optional() });

type Send = (method: string, params?: Record<string, unknown>, sessionId?: string) => Promise<unknown>;

/** Speaks the DevTools protocol over one socket. Open calls reject when it closes. */
function connect(socket: WebSocket, heard: (method: string, params: unknown) => void): Send {
  const open = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  let last = 0;
  socket.on('message', (data) => {
    const { id, result, error, method, params } = answers.parse(JSON.parse(String(data)));
    if (method) heard(method, params);
    const waiting = id === undefined ? undefined : open.get(id);
    if (!waiting || id === undefined) return;
    open.delete(id);
    if (error) waiting.reject(new Error(error.message));
    else waiting.resolve(result);
  });
  socket.on('close', () => {
    for (const { reject } of open.values()) reject(new Error('the browser is gone'));
  });
  return (method, params = {}, sessionId) =>
    new Promise((resolve, reject) => {
      last += 1;
      open.set(last, { resolve, reject });
      socket.send(JSON.stringify({ id: last, method, params, ...(sessionId ? { sessionId } : {}) }));
    });
}

const KEY_CODES: Record<string, number> = {
  Backspace: 8,
  Tab: 9,
  Enter: 13,
  Escape: 27,
  ' ': 32,
  End: 35,
  Home: 36,
  ArrowLeft: 37,
  ArrowUp: 38,
  ArrowRight: 39,
  ArrowDown: 40,
};

function keyEvent(key: string, shift: boolean): Record<string, unknown> {
  const text = key === 'Enter' ? '\r' : key.length === 1 ? key : undefined;
  const code = KEY_CODES[key] ?? key.toUpperCase().charCodeAt(0);
  return { key, code: key, windowsVirtualKeyCode: code, modifiers: shift ? 8 : 0, ...(text ? { text } : {}) };
}

type Call = (method: string, params?: Record<string, unknown>) => Promise<unknown>;

function evaluator(call: Call): Pick<Page, 'evaluate' | 'waitFor'> {
  async function evaluate<T>(expression: string): Promise<T> {
    const answer = await call('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    const { result, exceptionDetails } = evaluated.parse(answer);
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    // The caller knows what its expression gives; the protocol only knows JSON.
    return result.value as T;
  }
  async function waitFor(expression: string, timeoutMs = PATIENCE.timeout): Promise<void> {
    const found = await evaluate<boolean>(`new Promise((resolve) => {
      const end = performance.now() + ${timeoutMs};
      const look = () => {
        let ok = false;
        try { ok = Boolean(${expression}); } catch {}
        if (ok || performance.now() > end) resolve(ok); else setTimeout(look, 15);
      };
      look();
    })`);
    if (!found) throw new Error(`not within ${timeoutMs} ms: ${expression}`);
  }
  return { evaluate, waitFor };
}

function hands(
  call: Call,
  { evaluate, waitFor }: Pick<Page, 'evaluate' | 'waitFor'>,
): Pick<Page, 'press' | 'type' | 'click'> {
  return {
    async press(key, { shift = false } = {}) {
      await call('Input.dispatchKeyEvent', { type: 'keyDown', ...keyEvent(key, shift) });
      await call('Input.dispatchKeyEvent', { type: 'keyUp', ...keyEvent(key, shift) });
    },
    async type(text) {
      await call('Input.insertText', { text });
    },
    async click(selector) {
      const quoted = JSON.stringify(selector);
      await waitFor(`document.querySelector(${quoted})?.getClientRects().length`);
      const { x, y } = await evaluate<{ x: number; y: number }>(`(() => {
        const element = document.querySelector(${quoted});
        element.scrollIntoView({ block: 'nearest' });
        const box = element.getBoundingClientRect();
        return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
      })()`);
      const at = { x, y, button: 'left', clickCount: 1 };
      await call('Input.dispatchMouseEvent', { type: 'mousePressed', ...at });
      await call('Input.dispatchMouseEvent', { type: 'mouseReleased', ...at });
    },
  };
}

function pageOver(call: Call, problems: string[]): Page {
  const eyes = evaluator(call);
  return {
    ...eyes,
    ...hands(call, eyes),
    problems,
    async goto(url) {
      const { errorText } = navigated.parse(await call('Page.navigate', { url }));
      if (errorText) throw new Error(`${url}: ${errorText}`);
      await eyes.waitFor(`document.readyState === 'complete'`);
    },
    async setViewport(width, height) {
      const mobile = false;
      await call('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile });
    },
    async screenshot(path) {
      const shot = z.object({ data: z.string() }).parse(await call('Page.captureScreenshot', { format: 'png' }));
      await writeFile(path, Buffer.from(shot.data, 'base64'));
    },
  };
}

function hear(problems: string[]): (method: string, params: unknown) => void {
  return (method, params) => {
    if (method === 'Runtime.exceptionThrown' || method === 'Log.entryAdded') problems.push(JSON.stringify(params));
  };
}

async function openTab(send: Send, problems: string[]): Promise<Page> {
  const created = await send('Target.createTarget', { url: 'about:blank' });
  const { targetId } = z.object({ targetId: z.string() }).parse(created);
  const attached = await send('Target.attachToTarget', { targetId, flatten: true });
  const { sessionId } = z.object({ sessionId: z.string() }).parse(attached);
  const call = (method: string, params?: Record<string, unknown>) => send(method, params, sessionId);
  await Promise.all([call('Page.enable'), call('Runtime.enable'), call('Log.enable')]);
  return pageOver(call, problems);
}

/** Starts a headless Chromium with an empty profile and one tab of 1280 × 800. Rejects when none is installed. */
export async function openBrowser(): Promise<Browser> {
  const path = chromiumPath();
  if (!path) throw new Error(`no Chromium: install one or set CHROMIUM (looked at ${CANDIDATES.join(', ')})`);
  const profile = await mkdtemp(join(tmpdir(), 'chromium-'));
  const child = spawn(path, [...FLAGS, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  // A run that crashes must not leave a browser behind.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const address = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      const found = /DevTools listening on (ws:\S+)/.exec(line)?.[1];
      if (found) resolve(found);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`Chromium ended with ${code} before it was ready`)));
  });
  const socket = new WebSocket(address);
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', reject);
  });
  const problems: string[] = [];
  const send = connect(socket, hear(problems));
  const page = await openTab(send, problems);
  await page.setViewport(1280, 800);
  return {
    page,
    async close() {
      await send('Browser.close').catch(() => child.kill());
      await exited;
      process.removeListener('exit', kill);
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LocalSlack, SlackUser } from '../types.js';
import { memberOf } from '../values.js';
import { isAct, perform } from './actions.js';
import { reasonToRefuse } from './guard.js';
import { PageError, readJson, sendJson } from './reply.js';
import { sightOf } from './sight.js';
import { openStream } from './stream.js';

const TYPES: Record<string, string> = {
  html: 'text/html',
  js: 'text/javascript',
  css: 'text/css',
  svg: 'image/svg+xml',
};

// Rendered messages are inserted as HTML. Should the escaping ever have a hole, no script runs through it.
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src http: https:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

async function sendStatic(name: string, response: ServerResponse): Promise<void> {
  const type = memberOf(TYPES, name.split('.').at(-1) ?? '');
  if (!type || !/^[a-z-]+\.[a-z]+$/.test(name)) throw new PageError(404, `There is no ${name} here.`);
  const content = await readFile(new URL(`./static/${name}`, import.meta.url)).catch((cause: unknown) => {
    throw new PageError(404, `There is no ${name} here (${cause instanceof Error ? cause.message : 'unreadable'}).`);
  });
  response.writeHead(200, {
    'content-type': `${type}; charset=utf-8`,
    'cache-control': 'no-cache',
    'content-security-policy': POLICY,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  });
  response.end(content);
}

function userIn(url: URL, slack: LocalSlack): SlackUser {
  const people = slack.workspace.users.filter((user) => !user.isBot && !user.deleted);
  const id = url.searchParams.get('user');
  const user = id ? people.find((each) => each.id === id) : people[0];
  if (!user) throw new PageError(404, id ? `There is no user ${id}.` : 'The workspace has no people.');
  return user;
}

async function get(url: URL, slack: LocalSlack, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const name = url.pathname === '/' ? 'index.html' : url.pathname.slice('/page/'.length);
  if (name === 'stream') return openStream(userIn(url, slack).id, slack, request, response);
  if (name !== 'state') return sendStatic(name, response);
  const query = url.searchParams;
  const looking = {
    user: userIn(url, slack),
    channel: query.get('channel') ?? undefined,
    thread: query.get('thread') ?? undefined,
    home: query.has('home'),
    now: Date.now(),
  };
  sendJson(response, 200, sightOf(looking, slack));
}

async function answer(url: URL, slack: LocalSlack, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const refusal = reasonToRefuse(request, slack.url);
  if (refusal) throw new PageError(403, refusal);
  if (request.method === 'GET') return get(url, slack, request, response);
  const act = url.pathname.slice('/page/'.length);
  if (request.method !== 'POST') throw new PageError(405, 'Only GET and POST work here.');
  if (!isAct(act)) throw new PageError(404, `There is nothing to do at ${url.pathname}.`);
  sendJson(response, 200, await perform(act, await readJson(request), slack));
}

function sendFailure(error: unknown, response: ServerResponse): void {
  if (response.headersSent) return void response.end();
  // The local Slack throws when something cannot be done as asked ("no such button"); that is for the person to read.
  const status = error instanceof PageError ? error.status : 409;
  sendJson(response, status, { error: error instanceof Error ? error.message : String(error) });
}

/**
 * Answers what belongs to the page: `/`, its files, `/page/state`, `/page/stream` and the POSTs of what people do.
 * Errors are JSON `{ error }`: 400 a bad body, 403 another site, 404 unknown, 409 not possible now.
 *
 * @returns false when the request is not for the page; nothing was touched then.
 */
export function handlePage(slack: LocalSlack, request: IncomingMessage, response: ServerResponse): boolean {
  const target = request.url ?? '/';
  if (!URL.canParse(target, 'http://page.invalid')) return false;
  const url = new URL(target, 'http://page.invalid');
  if (url.pathname !== '/' && !url.pathname.startsWith('/page/')) return false;
  answer(url, slack, request, response).catch((error: unknown) => sendFailure(error, response));
  return true;
}

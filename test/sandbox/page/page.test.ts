import { get, request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTinyApp, type TinyApp } from './tiny-app.js';

const JSON_TYPE = { 'content-type': 'application/json' };
const plain = (text: string) => ({ type: 'plain_text', text });
const pause = { type: 'button', action_id: 'pause', text: plain('Pause'), value: 'v1' };

describe('the local Slack page', () => {
  let app: TinyApp;
  beforeEach(async () => {
    app = await startTinyApp();
  });
  afterEach(() => app.close());

  const post = (act: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${app.slack.url}/page/${act}`, {
      method: 'POST',
      headers: { ...JSON_TYPE, ...headers },
      body: JSON.stringify(body),
    });

  /** Unlike fetch, this may say any Host. */
  const statusFor = (method: string, path: string, headers: Record<string, string>) =>
    new Promise<number>((resolve, reject) => {
      const made = request(`${app.slack.url}${path}`, { method, headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      });
      made.on('error', reject);
      made.end(method === 'POST' ? JSON.stringify({ user: 'U0OPAL', channel: 'C0SHOP', text: 'hi' }) : undefined);
    });

  describe('its files', () => {
    it('are served with a policy under which no injected script runs', async () => {
      const page = await fetch(`${app.slack.url}/`);
      expect(page.headers.get('content-type')).toContain('text/html');
      expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'self'/);
      const html = await page.text();
      const files = [...html.matchAll(/(?:src|href)="(\/page\/[^"]+)"/g)].map((match) => match[1]);
      expect(files).toContain('/page/client.js');
      for (const file of files) expect((await fetch(app.slack.url + file)).status, file).toBe(200);
    });

    it('are all there that a script or style asks for', async () => {
      const texts = await Promise.all(
        ['client.js', 'style.css'].map(async (name) => (await fetch(`${app.slack.url}/page/${name}`)).text()),
      );
      const names = [...texts.join('\n').matchAll(/(?:from |@import )['"]\.\/([a-z.]+)['"]/g)].map((match) => match[1]);
      expect(names.length).toBeGreaterThan(8);
      for (const name of names) expect((await fetch(`${app.slack.url}/page/${name}`)).status, name).toBe(200);
    });

    it.each(['..%2findex.ts', 'no-such.js', 'static', '../../types.ts'])('do not include %s', async (name) => {
      expect(await statusFor('GET', `/page/${name}`, {})).toBe(404);
    });
  });

  describe('other sites', () => {
    it.each([
      ['a name re-bound to this address', { host: 'evil.example:80' }],
      ['another origin', { origin: 'https://evil.example' }],
      ['a sandboxed frame', { origin: 'null' }],
      ['another port of this machine', { origin: 'http://127.0.0.1:1' }],
      ['a cross-site request', { 'sec-fetch-site': 'cross-site' }],
    ])('cannot act as people: %s', async (_, headers) => {
      expect(await statusFor('POST', '/page/say', { ...JSON_TYPE, ...headers })).toBe(403);
      expect(app.slack.messages('C0SHOP')).toEqual([]);
    });

    it('cannot read through a re-bound name either', async () => {
      expect(await statusFor('GET', '/page/state', { host: 'evil.example' })).toBe(403);
      expect(await statusFor('GET', '/page/state', { host: 'localhost:1234' })).toBe(200);
    });

    it('cannot send a plain form', async () => {
      expect(await statusFor('POST', '/page/say', { 'content-type': 'text/plain' })).toBe(415);
    });

    it('but the page itself and programs can', async () => {
      const { host } = new URL(app.slack.url);
      expect(await statusFor('POST', '/page/say', { ...JSON_TYPE, origin: `http://${host}` })).toBe(200);
      expect(await statusFor('POST', '/page/say', JSON_TYPE)).toBe(200);
    });
  });

  describe('what people do', () => {
    it('a slash command reaches the app with its words', async () => {
      const answer = await post('command', { user: 'U0OPAL', channel: 'C0SHOP', text: '/rollout  status now' });
      expect(await answer.json()).toMatchObject({ acked: true });
      expect(app.received).toMatchObject([{ command: '/rollout', text: 'status now', user_id: 'U0OPAL' }]);
    });

    it('a command the app does not have goes to nobody', async () => {
      const answer = await post('command', { user: 'U0OPAL', channel: 'C0SHOP', text: '/deploy now' });
      expect(answer.status).toBe(400);
      expect([await answer.json(), app.received]).toEqual([{ error: '/deploy is not a valid command.' }, []]);
    });

    it('a message and a reply are written as that person', async () => {
      const answer = await post('say', { user: 'U0LEA', channel: 'C0SHOP', text: 'root' });
      const { ts }: { ts: string } = JSON.parse(await answer.text());
      await post('say', { user: 'U0OPAL', channel: 'C0SHOP', text: 'reply', threadTs: ts });
      expect(app.slack.messages('C0SHOP')).toMatchObject([
        { user: 'U0LEA', text: 'root' },
        { user: 'U0OPAL', text: 'reply', threadTs: ts },
      ]);
    });

    it('a click reaches the app; one on a button that is gone is refused with the reason', async () => {
      const { ts } = await app.post([{ type: 'actions', elements: [pause] }]);
      const click = { user: 'U0OPAL', channel: 'C0SHOP', ts, actionId: 'pause', value: 'v1' };
      expect((await post('click', click)).status).toBe(200);
      expect(app.received).toMatchObject([{ type: 'block_actions', actions: [{ action_id: 'pause', value: 'v1' }] }]);
      const gone = await post('click', { ...click, actionId: 'resume' });
      expect(gone.status).toBe(409);
      expect(await gone.json()).toMatchObject({ error: expect.stringContaining('resume') });
    });

    it('choosing from a menu reaches the app as a selected option', async () => {
      const options = [{ text: plain('Stage 2'), value: 's2' }];
      const { ts } = await app.post([
        { type: 'actions', elements: [{ type: 'static_select', action_id: 'to', options }] },
      ]);
      await post('click', {
        user: 'U0OPAL',
        channel: 'C0SHOP',
        ts,
        actionId: 'to',
        value: 's2',
      });
      expect(app.received).toMatchObject([{ actions: [{ type: 'static_select', selected_option: { value: 's2' } }] }]);
    });

    it('a click in the Home tab comes from that view, not from a channel', async () => {
      await app.api('views.publish', {
        user_id: 'U0OPAL',
        view: { type: 'home', blocks: [{ type: 'actions', elements: [pause] }] },
      });
      await post('click', { user: 'U0OPAL', view: 'home', actionId: 'pause', value: 'v1' });
      expect(app.received).toMatchObject([
        { view: { type: 'home' }, container: { type: 'view' }, actions: [{ action_id: 'pause' }] },
      ]);
      expect(app.received[0]).not.toHaveProperty('channel');
    });

    it.each([
      ['say', { user: 'U0OPAL', channel: 'C0SHOP' }, 400, 'text'],
      ['say', { user: 'U0NOBODY', channel: 'C0SHOP', text: 'x' }, 404, 'U0NOBODY'],
      ['command', { user: 'U0OPAL', channel: 'C0SHOP', text: 'status' }, 400, 'slash'],
      ['close', { user: 'U0OPAL' }, 409, 'view'],
      ['dance', { user: 'U0OPAL' }, 404, 'dance'],
    ])('%s %j is answered %i, naming %s', async (act, body, status, word) => {
      const answer = await post(act, body);
      expect(answer.status).toBe(status);
      expect(await answer.json()).toMatchObject({ error: expect.stringContaining(word) });
    });

    it('a body that is not JSON is a 400', async () => {
      const answer = await fetch(`${app.slack.url}/page/say`, { method: 'POST', headers: JSON_TYPE, body: '{' });
      expect(answer.status).toBe(400);
    });
  });

  describe('what people see', () => {
    it('an ephemeral answer only for whom it is meant', async () => {
      await app.api('chat.postEphemeral', { channel: 'C0SHOP', user: 'U0OPAL', text: 'Not advanced.' });
      expect((await app.state('user=U0OPAL&channel=C0SHOP')).channel?.html).toContain('Not advanced.');
      expect((await app.state('user=U0LEA&channel=C0SHOP')).channel?.html).not.toContain('Not advanced.');
    });

    it('an ephemeral answer in a thread there, and only for whom it is meant', async () => {
      const { ts } = await app.post([], { text: 'root', blocks: undefined });
      const args = { channel: 'C0SHOP', user: 'U0OPAL', text: 'Not advanced.', thread_ts: ts };
      await app.api('chat.postEphemeral', args);
      const { channel, thread } = await app.state(`user=U0OPAL&channel=C0SHOP&thread=${ts}`);
      expect(thread?.html).toContain('Not advanced.');
      expect(channel?.html).not.toContain('Not advanced.');
      expect((await app.state(`user=U0LEA&channel=C0SHOP&thread=${ts}`)).thread?.html).not.toContain('Not advanced.');
    });

    it('replies in their thread, and in the channel only when broadcast', async () => {
      const { ts } = await app.post([], { text: 'root', blocks: undefined });
      await app.post([], { text: 'quiet reply', blocks: undefined, thread_ts: ts });
      await app.post([], { text: 'loud reply', blocks: undefined, thread_ts: ts, reply_broadcast: true });
      const { channel, thread } = await app.state(`user=U0OPAL&channel=C0SHOP&thread=${ts}`);
      expect(channel?.html).toContain('2 replies');
      expect(channel?.html).toContain('loud reply');
      expect(channel?.html).not.toContain('quiet reply');
      expect(thread?.html).toMatch(/root.*quiet reply.*loud reply/s);
    });

    it('a thread whose first message was deleted', async () => {
      const { ts } = await app.post([], { text: 'root', blocks: undefined });
      await app.post([], { text: 'reply', blocks: undefined, thread_ts: ts });
      app.slack.deleteMessage('C0SHOP', ts);
      const { channel, thread } = await app.state(`user=U0OPAL&channel=C0SHOP&thread=${ts}`);
      expect(channel?.html).toContain('This message was deleted.');
      expect(channel?.html).toContain(`data-thread="${ts}"`);
      expect(thread?.html).toContain('reply');
    });

    it('the newest two hundred messages of a long channel, and that there are older ones', async () => {
      for (let n = 1; n <= 201; n += 1) await app.slack.say({ user: 'U0LEA', channel: 'C0SHOP', text: `note ${n}.` });
      const { channel } = await app.state('user=U0OPAL&channel=C0SHOP');
      expect(channel?.html).not.toContain('note 1.');
      expect(channel?.html).toContain('note 2.');
      expect(channel?.html).toContain('note 201.');
      expect(channel?.html).toContain('Older messages are not shown.');
    });

    it('channels a guest is not in are not theirs', async () => {
      const names = async (user: string) => (await app.state(`user=${user}`)).channels.map((channel) => channel.name);
      expect(await names('U0OTTO')).toEqual(['shop', 'partners', 'releases', 'random', 'rollout']);
      expect(await names('U0GINA')).toEqual(['shop', 'rollout']);
      expect((await app.state('user=U0GINA&channel=C0RELEASES')).channel).toBeUndefined();
    });

    it('their own direct messages only', async () => {
      const { id } = app.slack.directMessage('U0OPAL');
      expect((await app.state(`user=U0OPAL&channel=${id}`)).channel?.title).toBe('rollout');
      expect((await app.state(`user=U0LEA&channel=${id}`)).channel).toBeUndefined();
    });
  });

  describe('its stream', () => {
    it('tells of a new message, but not of another person’s ephemeral', async () => {
      const notices: string[] = [];
      await new Promise<void>((resolve, reject) => {
        const stream = get(`${app.slack.url}/page/stream?user=U0LEA`, (answer) => {
          expect(answer.headers['content-type']).toContain('text/event-stream');
          answer.on('data', (chunk: Buffer) => {
            notices.push(...[...String(chunk).matchAll(/^data: (.*)$/gm)].map((match) => match[1] ?? ''));
            if (notices.length > 0) {
              stream.destroy();
              resolve();
            }
          });
          app
            .api('chat.postEphemeral', { channel: 'C0SHOP', user: 'U0OPAL', text: 'secret' })
            .then(() => app.post([], { text: 'news', blocks: undefined }))
            .catch(reject);
        });
        stream.on('error', () => resolve());
      });
      const ts = app.slack.messages('C0SHOP').at(-1)?.ts;
      expect(notices.map((notice) => JSON.parse(notice))).toEqual([{ type: 'message', channel: 'C0SHOP', ts }]);
    });
  });
});

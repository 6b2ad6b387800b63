import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { LocalSlack } from '../../sandbox/slack/types.js';

/**
 * The same Slack by another address, where it does with a reply to a message that is gone what Slack does: it is posted
 * in the channel, outside any thread. The API address of it.
 */
export async function unthreading(slack: LocalSlack): Promise<string> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', async () => {
      const body = new URLSearchParams(Buffer.concat(parts).toString());
      if (!slack.message(body.get('channel') ?? '', body.get('thread_ts') ?? '')) body.delete('thread_ts');
      const { authorization = '', 'content-type': type = '' } = request.headers;
      const answer = await fetch(new URL(`.${(request.url ?? '').replace('/api', '')}`, slack.apiUrl), {
        method: 'POST',
        body,
        headers: { authorization, 'content-type': type },
      });
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`;
}

/** The commands of the tutorial "Your own plan", as they stand on the page. */
import { readFileSync } from 'node:fs';

const PAGE = readFileSync(new URL('../../../docs/tutorial/your-own-plan.md', import.meta.url), 'utf8');

/** What is typed in a terminal, block by block; `npm ci` and the sandbox are tests of their own. */
export const TERMINAL: readonly string[] = [...PAGE.matchAll(/```sh\n([\s\S]*?)```/g)]
  .map(([, commands = '']) => commands.trim())
  .filter((commands) => commands !== 'npm ci');

/** What is typed in Slack, in order. */
export const SLACK: readonly string[] = [...PAGE.matchAll(/```\n(\/rollout [\s\S]*?)```/g)].flatMap(([, typed = '']) =>
  typed.trim().split('\n'),
);

/** Types it in #shop, as the page of the local Slack does. */
export async function type(address: string, text: string): Promise<void> {
  const answer = await fetch(new URL('/page/command', address), {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: new URL(address).origin },
    body: JSON.stringify({ user: 'U0OPAL', channel: 'C0SHOP', text }),
  });
  if (!answer.ok) throw new Error(`${text}: ${answer.status} ${await answer.text()}`);
}

/** Everything that Opal sees in #shop and in its threads, once it says this. Throws with what is there after a minute. */
export async function seen(address: string, words: string): Promise<void> {
  const looking = AbortSignal.timeout(60_000);
  const stream = await fetch(new URL('/page/stream?user=U0OPAL', address), { signal: looking });
  let all = '';
  const look = async (): Promise<boolean> => {
    const state = await fetch(new URL('/page/state?user=U0OPAL&channel=C0SHOP', address), { signal: looking });
    all = await state.text();
    const threads = [...all.matchAll(/data-ts=\\?"([\d.]+)/g)].map(([, ts]) => ts);
    for (const ts of new Set(threads)) {
      const thread = new URL(`/page/state?user=U0OPAL&channel=C0SHOP&thread=${ts}`, address);
      all += await (await fetch(thread, { signal: looking })).text();
    }
    return all.replaceAll('\u00a0', ' ').includes(words);
  };
  try {
    if (await look()) return;
    // The page is told whenever something changed.
    for await (const _ of stream.body ?? []) if (await look()) return;
  } catch (error) {
    throw new Error(`"${words}" is not to be seen: ${all.slice(-4_000)}`, { cause: error });
  } finally {
    await stream.body?.cancel().catch(() => undefined);
  }
}

import { afterEach, describe, expect, test } from 'vitest';
import { TargetError } from '../../src/targets/target.js';
import { WHO } from '../support/scene.js';
import { everythingShown, refusedBySlack } from './everything-shown.js';
import { posts } from './on-stage.js';
import { leave } from './people-and-places.js';
import { openRoom, planText, type Room } from './room.js';

let room: Room;
afterEach(() => room.close());

const HIDDEN = '\u202eevil\u202c \u200bhidden\u2066';
/** What would call, link, open code and hide, were it shown as it is. None of the ids has any business here. */
const EVIL = `<!channel> <@U0OTTO> <!subteam^S0ONCALL> <#C0RANDOM> <https://evil.example|here> \`code\` \`\`\`block ${HIDDEN} &lt;!here&gt;`;
/** The same as people type it: Slack makes mentions and links of some of it by itself. */
const TYPED = `@channel @otto @on-call #random https://evil.example/x ${EVIL}`;
const short = (chars: number) => JSON.stringify([...EVIL].slice(0, chars).join(''));

/** Evil words in every place a plan has for words. */
const PLAN = planText({ channel: '#shop' })
  .replace(/^title: .*$/m, `title: ${short(80)}`)
  .replace('title: Error rate, unit: "%"', `title: ${short(80)}, unit: "<!here>"`)
  .replace('title: Early access', `title: ${short(80)}`)
  .replace('title: Half', `title: ${JSON.stringify(`\`code\` <!here> ${HIDDEN}`)}`)
  .replace('title: Everyone', `title: ${JSON.stringify('<https://evil.example|x> @here')}`)
  .replace(
    'people:',
    [
      `links: { ${short(40)}: "https://wiki.example.com/a|b?<!channel>", "\`code\`": "https://wiki.example.com/\`" }`,
      'contact: [engineering-lead]',
      'templates:',
      ...['approval_request', 'stage_start', 'stage_complete', 'alert', 'incident', 'completed'].map(
        (name) => `  ${name}: ${JSON.stringify(`${EVIL} {{title}} {{runbook}}`)}`,
      ),
      'people:',
    ].join('\n'),
  );

/** Who starts a rollout may link to the change in the note: the address is theirs, the word on it is ours. */
const OURS =
  /<@(U0OPAL|U0OSCAR|U0LEA|U0LOU|U0ROLLOUT)>|<#C0SHOP>|<!subteam\^(S0LEADS|S0RELEASE)>|<!date\^\d+\^[{}a-z_ ]+\|[0-9:TUC -]+>|<https:\/\/(wiki|sandbox\.slack)\.example[^<>|`]*\|[^<>|`]*>|<https?:\/\/[^<>|`\s]+\|Change>/g;
const UNSEEN = /[\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]|(?!\n)\p{Cc}/u;

/** What a text does that no words of others may do; '' when nothing. */
function harm(text: string): string {
  // Within a code block nothing but its end could do harm.
  const outside = text.replaceAll(/```\n[\s\S]*?\n```/g, '');
  if (/[<>]/.test(text.replaceAll(OURS, ''))) return `calls or links: ${text}`;
  if (UNSEEN.test(text)) return `hides: ${JSON.stringify(text)}`;
  return /`(?:code|block)/.test(outside) ? `opens code: ${text}` : '';
}

/** Everything somebody can look at, as a reader and as one who may act. */
async function look(...more: readonly string[]): Promise<void> {
  for (const text of ['status', 'why', 'history', ...more]) await room.ask(WHO.opal, text);
  for (const user of [WHO.opal, WHO.lea]) {
    await room.home(user);
    await room.ask(user, '', room.slack.directMessage(user).id);
  }
}

test('words that would call, link, hide or open code do none of it, wherever a plan or a person puts them', async () => {
  room = await openRoom({ transport: 'http', plan: PLAN });
  await room.addPlan('broken', `plan: broken\ntitle: ${short(80)}\n${short(30)}: 1\n`);
  leave(room, WHO.lea);
  for (const text of [TYPED, `start ${TYPED}`, `status ${TYPED}`, `rollback ${TYPED}`]) await room.ask(WHO.opal, text);
  await room.ask(WHO.opal, `start new-checkout ${TYPED}`);
  for (const text of [`advance ${TYPED}`, `extend ${TYPED}`, `extend 1s ${TYPED}`]) await room.ask(WHO.opal, text);
  await room.mention(WHO.opal, `why ${EVIL}`, room.live()?.ts ?? '');
  await look('', 'help', 'list', 'plans', 'check');
  room.errors.set(3);
  await room.pass(20_000, 5_000);
  room.errors.set(0.3);
  await room.passUntil('the bake is done', async () => (await room.phase()) === 'ready');
  await room.ask(WHO.opal, `advance ${TYPED}`);
  await look();
  await room.press(WHO.otto, 'rollout_deny');
  expect(await room.fill(WHO.otto, { reason: EVIL })).toMatch(/What you typed[\s\S]*not_allowed/);
  await room.press(WHO.lou, 'rollout_deny');
  expect(await room.fill(WHO.lou, { reason: EVIL })).toBe('');
  await room.ask(WHO.opal, `advance half ${TYPED}`);
  room.target.failNext(new TargetError('unreachable', EVIL, { retryable: false }), 'set');
  await room.press(WHO.lea, 'rollout_approve', room.direct(WHO.lea).at(-1));
  expect(await room.phase()).toBe('held');
  await look();
  await room.ask(WHO.opal, `resume ${TYPED}`);
  await room.ask(WHO.opal, `pause ${TYPED}`);
  await room.ask(WHO.opal, `finish ${TYPED}`);
  await room.ask(WHO.opal, `rollback to ${TYPED}`);
  await room.pass(60_000, 10_000);
  await look();
  await room.ask(WHO.opal, `start new-checkout false-alarm ${TYPED}`);

  expect(room.target.exposure).toBe(0);
  const slots = ['live', 'start:', 'alerts:', 'complete:', 'request:', 'incident:'];
  for (const slot of slots) expect(posts(room, slot).length, slot).toBeGreaterThan(0);
  const shown = everythingShown(room);
  expect(shown.length).toBeGreaterThan(100);
  expect(shown.map(harm).filter((one) => one !== '')).toEqual([]);
  expect(refusedBySlack(room)).toEqual([]);
});

describe('a reason of five thousand characters', () => {
  const LONG = 'because <b> & `so` '.repeat(264).slice(0, 5_000).trim();
  const kept = async (type: string): Promise<string> => {
    const { rows } = await room.db.query<{ line: string }>('select line from events where type = $1', [type]);
    return rows.map(({ line }) => line).join('\n');
  };

  test('is kept whole in the record, and shown cut in messages that Slack takes', async () => {
    room = await openRoom({ transport: 'socket' });
    await room.ask(WHO.opal, 'start new-checkout');
    await room.ask(WHO.opal, `extend 5s ${LONG}`);
    await room.passUntil('the bake is done', async () => (await room.phase()) === 'ready');
    await room.ask(WHO.opal, `advance ${LONG}`);
    await room.ask(WHO.lea, `deny ${LONG}`);
    await room.ask(WHO.opal, `pause ${LONG}`);
    await room.ask(WHO.opal, `rollback ${LONG}`);
    for (const type of ['bake_extended', 'approval_requested', 'approval_denied', 'paused', 'rollback_ordered'])
      expect((await kept(type)).includes(JSON.stringify(LONG).slice(1, -1)), type).toBe(true);
    expect(room.target.exposure).toBe(0);

    const shown = everythingShown(room);
    const quotes = shown.flatMap((text) => [...text.matchAll(/“([^”]*)”/g)].map((match) => match[1] ?? ''));
    expect(quotes.length).toBeGreaterThan(5);
    for (const quote of quotes) {
      expect(quote).toMatch(/^because &lt;b&gt; &amp; 'so' /);
      expect(quote.endsWith('…')).toBe(true);
      expect(quote.replaceAll(/&[a-z]+;/g, '.').length).toBeLessThanOrEqual(300);
    }
    for (const text of shown) expect(text.length).toBeLessThanOrEqual(3_000);
    expect(refusedBySlack(room)).toEqual([]);
  });
});

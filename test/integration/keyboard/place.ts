import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { demoPlace } from '../../../sandbox/demo/place.js';
import { writeQuickPlan } from '../../../sandbox/demo/quick-plan.js';
import { projectRoot } from '../../../sandbox/place.js';
import { SHOP_FLAG, type Shop } from '../../../sandbox/shop/shop.js';
import { startStack } from '../../../sandbox/stack.js';

const GIFT_FLAG = 'GIFT_CARDS';

/** A second change: asked for before anybody gets it, decided by two people, and long in its bake. */
const GIFT_CARDS = `
plan: gift-cards
title: Gift cards
channel: "#releases"
timezone: Europe/Berlin
people: { operators: ["@release-team"], engineering-lead: ["@engineering-lead"] }
targets:
  flag:
    kind: postgres
    url: \${SHOP_DATABASE_URL}
    table: feature_flags
    rows: { name: [${GIFT_FLAG}] }
    columns: { exposure: rollout_percentage, enabled: enabled, updated_at: updated_at }
checks:
  p95-latency:
    title: p95 latency
    unit: ms
    probe: { kind: http, url: "\${SHOP_URL}/metrics.json", value: p95_ms }
    critical: { above: 20000 }
stages:
  - { stage: half, title: Half, exposure: 50, bake: 10m, approve: { any: 2, of: [engineering-lead] } }
  - { stage: everyone, title: Everyone, exposure: 100, bake: 10m }
rollback: { to: off, within: 30s }
`;

/** The whole product for one run: the bot as a process of its own, Postgres, the shop, the local Slack with its page. */
export interface Place {
  readonly url: string;
  readonly shop: Shop;
  /** What the sandbox would have told on its screen, e.g. that the bot ended by itself. */
  readonly said: readonly string[];
  /** What the shop's flag table says, e.g. `on at 25 %`. */
  flag(name: 'new checkout' | 'gift cards'): Promise<string>;
  /** As the shop leaves the new checkout's flag for its next version. */
  switchOff(): Promise<void>;
  /** Ends every process and removes what they wrote. */
  close(): Promise<void>;
}

/** Bakes of seconds, so that a whole rollout takes half a minute. Leaves nothing behind when it rejects. */
export async function openPlace(): Promise<Place> {
  const folder = demoPlace();
  const said: string[] = [];
  try {
    writeQuickPlan(resolve(projectRoot(), 'plans'), folder.plansDir);
    writeFileSync(join(folder.plansDir, 'gift-cards.yml'), GIFT_CARDS);
    const stack = await startStack({ ...folder, port: 0, lasting: false, say: (line) => said.push(line) });
    const { addFlag, end, ...flags } = flagsIn(stack.databases.shop);
    const close = async () => {
      await end();
      await stack.stop();
      folder.remove();
    };
    await addFlag().catch(async (error: unknown) => {
      await close();
      throw error;
    });
    return { url: stack.slack.url, shop: stack.shop, said, ...flags, close };
  } catch (error) {
    folder.remove();
    throw error;
  }
}

/** The shop's own flag table, seen and moved by the shop itself. */
function flagsIn(
  databaseUrl: string,
): Pick<Place, 'flag' | 'switchOff'> & Record<'addFlag' | 'end', () => Promise<void>> {
  const database = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  return {
    async addFlag() {
      await database.query('insert into feature_flags (name, enabled, rollout_percentage) values ($1, false, 0)', [
        GIFT_FLAG,
      ]);
    },
    async flag(name) {
      const { rows } = await database.query<{ flag: string }>(
        `select case when enabled then 'on' else 'off' end || ' at ' || rollout_percentage || ' %' as flag
           from feature_flags where name = $1`,
        [name === 'gift cards' ? GIFT_FLAG : SHOP_FLAG],
      );
      return rows[0]?.flag ?? 'no such flag';
    },
    async switchOff() {
      await database.query('update feature_flags set enabled = false, rollout_percentage = 0 where name = $1', [
        SHOP_FLAG,
      ]);
    },
    end: () => database.end(),
  };
}

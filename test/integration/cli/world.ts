/** A plan, and all that it and the bot need: a Slack, a database, a flag table and a metrics server. */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type RunningSlack, startLocalSlack } from '../../../sandbox/slack/index.js';
import { emptyFolder } from '../../cli/command.js';
import { createDatabase, type TestDatabase } from '../../support/database.js';
import { createFlagTable, type FlagTable, listening } from '../../targets/flag-table.js';

export const PLAN = `plan: shop
title: Shop
channel: "#shop"
people: { operators: ["@release-team"], engineering-lead: ["@engineering-lead", lea@example.com] }
targets:
  flag:
    kind: postgres
    url: \${FLAGS_URL}
    table: feature_flags
    rows: { name: [NEW_CHECKOUT] }
    columns: { exposure: rollout_percentage, enabled: enabled }
checks:
  error-rate:
    title: Error rate
    unit: "%"
    probe: { kind: http, url: "\${METRICS_URL}/metrics.json", value: error_rate }
    warning: { above: 5 }
    critical: { above: 10 }
stages: [{ stage: half, exposure: 50, bake: 1h, approve: [engineering-lead] }, { stage: all, exposure: 100, bake: 1h }]
rollback: { to: off }
`;

export interface World {
  readonly slack: RunningSlack;
  readonly database: TestDatabase;
  readonly flags: FlagTable;
  /** The folder of the plans; `shop.yml` is in it. */
  readonly plans: string;
  /** Everything set as it should be. */
  readonly env: Record<string, string>;
  /** What the metrics say from now on, in percent. */
  setErrorRate(value: number): void;
}

/** Ends with the test. */
export async function openWorld(): Promise<World> {
  const [slack, database, flags] = await Promise.all([startLocalSlack(), createDatabase(), createFlagTable()]);
  const plans = emptyFolder();
  writeFileSync(join(plans, 'shop.yml'), PLAN);
  let errorRate = 0.4;
  const metrics = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ error_rate: errorRate }));
  });
  const port = await listening(metrics);
  onTestFinished(async () => {
    await Promise.all([slack.close(), flags.close(), new Promise((closed) => metrics.close(closed))]);
    await database.giveBack();
  });
  return {
    slack,
    database,
    flags,
    plans,
    env: {
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_API_URL: slack.apiUrl,
      DATABASE_URL: database.url,
      PLANS_DIR: plans,
      FLAGS_URL: flags.url,
      METRICS_URL: `http://127.0.0.1:${port}`,
    },
    setErrorRate(value) {
      errorRate = value;
    },
  };
}

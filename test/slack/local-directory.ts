import { WebClient } from '@slack/web-api';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import { type RunningSlack, startLocalSlack } from '../../sandbox/slack/index.js';
import type { Workspace } from '../../sandbox/slack/types.js';
import type { Member } from '../../src/rollout/state/rollout.js';
import { createCrowdBudget } from '../../src/slack/people/crowd.js';
import { createDirectory, type Directory } from '../../src/slack/people/directory.js';
import { createDatabase } from '../support/database.js';

export const TEAM = 'T0SANDBOX';
export const PEOPLE: Readonly<Record<string, readonly Member[]>> = {
  operators: [{ kind: 'group', id: 'S0RELEASE' }],
  'engineering-lead': [
    { kind: 'group', id: 'S0LEADS' },
    { kind: 'user', id: 'U0OPAL' },
  ],
};

/** A directory of a Slack and a database of its own; both end with the test. */
export interface LocalDirectory {
  readonly slack: RunningSlack;
  readonly directory: Directory;
  /** The directory of another process on the same database. */
  another(): Directory;
  /** Makes everything Slack said older by so many seconds. */
  age(seconds: number): Promise<unknown>;
}

export async function openDirectory(workspace?: Workspace): Promise<LocalDirectory> {
  const [slack, database] = await Promise.all([startLocalSlack(workspace ? { workspace } : {}), createDatabase()]);
  const { teamId, botUserId, botId, enterprise } = slack.workspace;
  const self = { teamId, botUserId, botId, enterpriseId: enterprise?.id ?? null };
  const db = new pg.Pool({ connectionString: database.url, max: 3, Client: database.Client });
  // A late answer of Slack may still be kept while the database goes away.
  db.on('error', () => undefined);
  onTestFinished(async () => {
    await slack.close();
    await db.end();
    await database.giveBack();
  });
  const client = new WebClient(slack.botToken, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: 3_000,
  });
  const another = () => createDirectory({ db, client, self: async () => self, crowdBudget: createCrowdBudget() });
  return {
    slack,
    directory: another(),
    another,
    age: (seconds) => db.query(`update people set fetched_at = fetched_at - $1 * interval '1 second'`, [seconds]),
  };
}

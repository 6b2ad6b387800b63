import { expect, test } from 'vitest';
import { personOf, type SlackUser, whoIs } from '../../src/slack/people/person.js';

const OURS = 'T1';
const org = (teams: readonly string[]) => ({ enterprise_id: 'E1', teams });

test.each<[string, SlackUser, string]>([
  ['of this workspace', { team_id: 'T1' }, 'member'],
  [
    'of this workspace, with the flags Slack sends to say no',
    { team_id: 'T1', is_bot: false, is_restricted: false },
    'member',
  ],
  ['of this workspace, in no other of the grid', { team_id: 'T1', enterprise_user: org(['T1']) }, 'member'],
  [
    'with a home elsewhere on the grid, who is in this workspace too',
    { team_id: 'T2', enterprise_user: org(['T2', 'T1']) },
    'member',
  ],
  [
    'with the organisation as home, who is in this workspace',
    { team_id: 'E1', enterprise_user: org(['T1']) },
    'member',
  ],
  ['whose home is ours, listed in others only', { team_id: 'T1', enterprise_user: org(['T2']) }, 'member'],
  ['without a home, listed in ours', { enterprise_user: org(['T1']) }, 'member'],
  ['of the organisation, not of this workspace', { team_id: 'T2', enterprise_user: org(['T2', 'T3']) }, 'stranger'],
  ['of another company', { team_id: 'T9' }, 'stranger'],
  ['of another company, said to be a stranger', { team_id: 'T9', is_stranger: true }, 'stranger'],
  ['of ours by id and a stranger by flag', { team_id: 'T1', is_stranger: true }, 'stranger'],
  ['of another company’s grid', { team_id: 'T9', enterprise_user: { enterprise_id: 'E9', teams: ['T9'] } }, 'stranger'],
  ['of whom Slack names no workspace', {}, 'stranger'],
  ['of whom Slack names an empty one', { team_id: '' }, 'stranger'],
  ['with an empty record of the organisation', { enterprise_user: {} }, 'stranger'],
  ['who is a guest of several channels', { team_id: 'T1', is_restricted: true }, 'guest'],
  ['who is a guest of one channel', { team_id: 'T1', is_ultra_restricted: true }, 'guest'],
  [
    'who is a guest, with a home elsewhere',
    { team_id: 'T2', enterprise_user: org(['T1']), is_restricted: true },
    'guest',
  ],
  ['who left', { team_id: 'T1', deleted: true }, 'deactivated'],
  ['who left another workspace', { team_id: 'T9', deleted: true }, 'deactivated'],
  ['which is a bot', { team_id: 'T1', is_bot: true }, 'bot'],
  ['which is a workflow', { team_id: 'T1', is_workflow_bot: true }, 'bot'],
  ['which is Slackbot', { id: 'USLACKBOT', team_id: 'T1' }, 'bot'],
])('an account %s', (_what, user, who) => {
  expect(whoIs(personOf(user), OURS)).toBe(who);
});

test.each<[string, SlackUser, string]>([
  ['anybody of the organisation is a member', { team_id: 'T2', enterprise_user: org(['T2']) }, 'member'],
  ['a guest stays a guest', { team_id: 'T2', enterprise_user: org(['T2']), is_ultra_restricted: true }, 'guest'],
  ['another company stays outside', { team_id: 'T9' }, 'stranger'],
])('for an app installed for a whole organisation, %s', (_what, user, who) => {
  expect(whoIs(personOf(user), 'E1')).toBe(who);
});

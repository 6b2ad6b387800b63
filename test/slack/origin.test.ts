import { expect, test } from 'vitest';
import { isAddressedTo, originOf, type WorkspaceFields } from '../../src/slack/connection/origin.js';

const HOME = { user: { team_id: 'T2HOME' } };
const GRID = { id: 'E1', name: 'Org' };
const event = (authorization: object, more: object = {}): WorkspaceFields => ({
  authorizations: [authorization],
  ...more,
});

/** What Slack sends, by surface; ours is T1 of E1. */
const OURS: readonly [string, WorkspaceFields][] = [
  ['a click in a workspace of its own', { team: { id: 'T1' }, enterprise: null, user: { team_id: 'T1' } }],
  ['a click of somebody with a home elsewhere', { ...HOME, team: { id: 'T1' }, enterprise: GRID }],
  ['the same with the organisation inside the team', { ...HOME, team: { id: 'T1', enterprise_id: 'E1' } }],
  ['a click in the Home tab', { ...HOME, team: { id: 'T1' }, view: { team_id: 'T1', app_installed_team_id: 'T1' } }],
  [
    'a click in a window that was opened from another workspace',
    { ...HOME, team: { id: 'T2HOME' }, view: { team_id: 'T2HOME', app_installed_team_id: 'T1' } },
  ],
  [
    'a form of a person of another workspace',
    { ...HOME, team: { id: 'T2HOME' }, view: { app_installed_team_id: 'T1' } },
  ],
  ['a form without the installation', { ...HOME, team: { id: 'T1' }, view: { app_installed_team_id: null } }],
  ['a slash command', { team_id: 'T1' }],
  ['a slash command on a grid', { team_id: 'T1', enterprise_id: 'E1' }],
  ['an event', event({ team_id: 'T1', enterprise_id: null }, { team_id: 'T1' })],
  [
    'an event of a channel another workspace hosts',
    event({ team_id: 'T1', enterprise_id: 'E1' }, { team_id: 'T2HOME' }),
  ],
  ['an event without authorizations', { team_id: 'T2HOME', context_team_id: 'T1' }],
  ['an event of old', { team_id: 'T1' }],
  ['a click on an app of the whole organisation', { ...HOME, team: null, enterprise: GRID }],
  ['a click that names nothing but the person’s own', { user: { team_id: 'T1' } }],
];

const OTHERS: readonly [string, WorkspaceFields][] = [
  ['a click in another workspace with the same app', { ...HOME, team: { id: 'T2HOME' }, enterprise: GRID }],
  ['a slash command typed in another company', { team_id: 'T9' }],
  ['an event for another installation', event({ team_id: 'T9', enterprise_id: 'E9' }, { team_id: 'T9' })],
  ['a click on an app of another organisation', { ...HOME, team: null, enterprise: { id: 'E9' } }],
  ['a click that names nothing', {}],
  [
    'a click that names only empty ids',
    { team: { id: '' }, team_id: '', enterprise: { id: '' }, user: { team_id: '' } },
  ],
];

test.each(OURS)('%s is for us', (_what, named) => {
  expect(isAddressedTo(originOf('U1', named), { teamId: 'T1', enterpriseId: 'E1' })).toBe(true);
});

test.each(OTHERS)('%s is not for us', (_what, named) => {
  expect(isAddressedTo(originOf('U1', named), { teamId: 'T1', enterpriseId: 'E1' })).toBe(false);
});

test('a workspace without a grid is not addressed by a request that names an organisation alone', () => {
  const origin = originOf('U1', { ...HOME, team: null, enterprise: GRID });
  expect(isAddressedTo(origin, { teamId: 'T1', enterpriseId: null })).toBe(false);
});

test('an app installed for a whole organisation is addressed from each of its workspaces', () => {
  const origin = originOf('U1', { team_id: 'T7', enterprise_id: 'E1' });
  expect(isAddressedTo(origin, { teamId: 'E1', enterpriseId: 'E1' })).toBe(true);
});

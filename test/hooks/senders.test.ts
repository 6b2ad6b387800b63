/** What alert sources send besides alerts, through the addresses of the how-to. */
import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { readAlertmanager } from '../../src/hooks/alertmanager.js';
import { readGeneric, readMapping } from '../../src/hooks/generic.js';
import { readSentry } from '../../src/hooks/sentry.js';
import { createHooks } from '../../src/http/hooks.js';
import { startHttp } from '../../src/http/index.js';

const PAGE = readFileSync(new URL('../../docs/how-to/alerts.md', import.meta.url), 'utf8');

/** The address that the page gives for this sender. */
function addressFor(sender: string): string {
  const [, address = ''] =
    new RegExp(`\\*\\*${sender}\\*\\*[^]*?\`\`\`\\n(/hooks/alert\\?\\S+)\\n\`\`\``).exec(PAGE) ?? [];
  return address;
}

const pagerDuty = (event_type: string, data: object = {}) => ({
  event: {
    id: '01BX',
    event_type,
    resource_type: 'incident',
    occurred_at: '2026-03-01T10:00:00.000Z',
    data: { id: 'PGR0VU2', type: 'incident', title: 'Errors', service: { id: 'PF9', summary: 'checkout' }, ...data },
  },
});
const opsgenie = (action: string, more: object = {}) => ({
  action,
  source: { name: 'web', type: 'API' },
  integrationId: '37c8',
  integrationName: 'rollout',
  alert: { alertId: '0526-1', message: 'Errors', entity: 'checkout', tags: ['a'], tinyId: '23', ...more },
});
const datadog = (status: string) => ({
  id: '77',
  status,
  monitor: '12',
  title: '[Triggered] Errors',
  url: 'https://d.example.com',
});
const newRelic = (state: unknown) => ({
  id: 'd1b1',
  issueUrl: 'https://n.example.com/1',
  title: 'Errors',
  priority: 'CRITICAL',
  state,
  alertPolicyNames: ['Shop'],
  alertConditionNames: ['Errors'],
  isCorrelated: 'false',
});
const kuma = (status: number) => ({
  heartbeat: { monitorID: 29, status, time: '2026-03-01 10:00:00.527', msg: 'x', important: true },
  monitor: { id: 29, name: 'checkout', url: 'https://shop.example.com' },
  msg: '[checkout] x',
});

/** Sender, what it sends, and what that means; null: nothing. */
const SENT: readonly (readonly [string, string, object, boolean | null])[] = [
  ['PagerDuty', 'an incident', pagerDuty('incident.triggered'), true],
  ['PagerDuty', 'one that somebody took', pagerDuty('incident.acknowledged'), true],
  ['PagerDuty', 'one that is open again', pagerDuty('incident.reopened'), true],
  ['PagerDuty', 'the end', pagerDuty('incident.resolved'), false],
  ['PagerDuty', 'a note', pagerDuty('incident.annotated', { type: 'incident_note', content: 'x', incident: {} }), null],
  [
    'PagerDuty',
    'its test',
    { event: { id: '1', event_type: 'pagey.ping', data: { message: 'Hello', type: 'ping' } } },
    null,
  ],
  ['PagerDuty', 'another priority', pagerDuty('incident.priority_updated'), null],
  ['PagerDuty', 'a responder', pagerDuty('incident.responder.added'), null],
  ['PagerDuty', 'a service', pagerDuty('service.updated'), null],
  ['Opsgenie', 'an alert', opsgenie('Create'), true],
  ['Opsgenie', 'the end', opsgenie('Close'), false],
  ['Opsgenie', 'one that is deleted', opsgenie('Delete'), false],
  ['Opsgenie', 'one that somebody took', opsgenie('Acknowledge'), null],
  ['Opsgenie', 'a note', opsgenie('AddNote', { note: 'x' }), null],
  ['Opsgenie', 'an action of its own', opsgenie('Escalate'), null],
  ['Datadog', 'an alert', datadog('Triggered'), true],
  ['Datadog', 'an alert again', datadog('Re-Triggered'), true],
  ['Datadog', 'the end', datadog('Recovered'), false],
  ['Datadog', 'no data', datadog('No Data'), null],
  ['Datadog', 'no data again', datadog('Re-No Data'), null],
  ['Datadog', 'a warning', datadog('Warn'), null],
  ['Datadog', 'a reminder', datadog('Renotify'), null],
  ['Datadog', 'a variable without a value', datadog('Null'), null],
  ['New Relic', 'an issue', newRelic('ACTIVATED'), true],
  ['New Relic', 'a new issue', newRelic('CREATED'), true],
  ['New Relic', 'the end', newRelic('CLOSED'), false],
  ['New Relic', 'a test without a state', newRelic(null), null],
  ['Uptime Kuma', 'down', kuma(0), true],
  ['Uptime Kuma', 'up', kuma(1), false],
  ['Uptime Kuma', 'not sure yet', kuma(2), null],
  ['Uptime Kuma', 'maintenance', kuma(3), null],
  ['Uptime Kuma', 'its test', { heartbeat: null, monitor: null, msg: 'rollout Testing' }, null],
  ['Uptime Kuma', 'a certificate that ends', { heartbeat: null, monitor: { id: 29 }, msg: 'expires in 7 days' }, null],
];

test.each(SENT)('%s: %s', (sender, _what, body, firing) => {
  const mapping = readMapping(new URL(addressFor(sender), 'http://bot').searchParams);
  if (!mapping || 'unread' in mapping) throw new Error(`${sender}: ${mapping?.unread ?? 'no address on the page'}`);
  const told = readGeneric(body, mapping);
  expect(told).toMatchObject({ alerts: firing === null ? [] : [{ firing }], refused: [] });
  if (firing !== null && 'alerts' in told) expect(Object.values(told.alerts[0]?.labels ?? {})).not.toEqual([]);
});

describe('Grafana', () => {
  const body = (labels: Record<string, string>) => ({
    receiver: 'test',
    status: 'firing',
    orgId: 1,
    version: '1',
    groupKey: 'test-1',
    truncatedAlerts: 0,
    groupLabels: {},
    commonLabels: labels,
    externalURL: 'https://g.example.com/',
    title: '[FIRING:1]',
    state: 'alerting',
    alerts: [
      {
        status: 'firing',
        labels,
        annotations: {},
        startsAt: '2026-03-01T10:00:00Z',
        endsAt: '0001-01-01T00:00:00Z',
        valueString: '',
      },
    ],
  });
  test.each([
    { alertname: 'TestAlert', instance: 'Grafana' },
    { alertname: 'DatasourceNoData', rulename: 'Errors', service: 'shop' },
  ])('%j is an alert like any other', (labels) =>
    expect(readAlertmanager(body(labels))).toMatchObject({ alerts: [{ firing: true, labels }], refused: [] }),
  );
});

test.each([
  ['installation', { action: 'created', data: { installation: { status: 'pending', uuid: 'a8e5' } } }],
  ['comment', { action: 'created', data: { comment: 'x', issue_id: 1 } }],
  ['activity_alert', { action: 'triggered', data: { issue: { id: '1' } } }],
  ['metric_alert', { action: 'open', data: { metric_alert: { id: '4' } } }],
])('Sentry: %s says nothing', (resource, body) => {
  expect(readSentry(resource, body)).toMatchObject({ alerts: [], refused: [] });
});

test('what says nothing is answered 200, and logged once', async () => {
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  const receive = async () => ({ repeated: false, ignored: [] });
  const hooks = createHooks({ token: 'token', sentrySecret: undefined, log, receive });
  const http = await startHttp({ port: 0, hooks, ready: async () => true, log });
  try {
    for (const event of ['incident.annotated', 'pagey.ping', 'incident.delegated']) {
      const answer = await fetch(`http://127.0.0.1:${http.port}${addressFor('PagerDuty')}`, {
        method: 'POST',
        headers: { authorization: 'Bearer token', 'content-type': 'application/json' },
        body: JSON.stringify(pagerDuty(event)),
      });
      expect([answer.status, await answer.json()]).toEqual([200, { stored: 0 }]);
    }
    expect(lines.filter((line) => line.includes('says nothing about an alert'))).toHaveLength(1);
  } finally {
    await http.close();
  }
});

import { describe, expect, test } from 'vitest';
import { readSentry } from '../../src/hooks/sentry.js';

const INCIDENT = {
  id: '4',
  date_started: '2026-03-01T10:00:00.000000Z',
  date_closed: null,
  projects: ['shop'],
  alert_rule: { name: 'Too many errors', environment: 'production' },
};

function metric(action: unknown, incident: unknown = INCIDENT, data: object = {}) {
  return {
    action,
    data: {
      description_title: 'Critical: Too many errors',
      web_url: 'https://sentry.example.com/alerts/1/',
      metric_alert: incident,
      ...data,
    },
  };
}

const EVENT = {
  issue_id: '111',
  title: 'TypeError: no cart',
  level: 'error',
  project: 7,
  datetime: '2026-03-01T10:00:00Z',
  tags: [['environment', 'production'], ['release', '1.2'], 'odd', [5, 'x']],
  web_url: 'https://sentry.example.com/issues/111/events/1/',
};

describe('metric alerts', () => {
  test('fire as one incident, with what the rule is called', () => {
    expect(readSentry('metric_alert', metric('critical'))?.alerts).toEqual([
      {
        fingerprint: 'metric:4',
        firing: true,
        labels: {
          type: 'metric_alert',
          alertname: 'Too many errors',
          level: 'critical',
          project: 'shop',
          environment: 'production',
        },
        title: 'Critical: Too many errors',
        url: 'https://sentry.example.com/alerts/1/',
        startsAt: new Date('2026-03-01T10:00:00Z'),
        endsAt: null,
      },
    ]);
    expect(readSentry('metric_alert', metric('warning'))?.alerts).toMatchObject([
      { firing: true, labels: { level: 'warning' } },
    ]);
  });

  test('end as the same incident', () => {
    expect(readSentry('metric_alert', metric('resolved'))?.alerts).toMatchObject([
      { fingerprint: 'metric:4', firing: false },
    ]);
  });

  test.each(['open', 'exploded'])('that say %s, which is no state, are left', (action) => {
    expect(readSentry('metric_alert', metric(action))).toMatchObject({ alerts: [], refused: [] });
  });

  test('of several projects have no project', () => {
    const labels = readSentry('metric_alert', metric('critical', { ...INCIDENT, projects: ['a', 'b'] }))?.alerts[0]
      ?.labels;
    expect(labels).not.toHaveProperty('project');
  });

  test.each([
    ['no action', metric(undefined)],
    ['no incident', metric('critical', null)],
    ['an incident without an id', metric('critical', { ...INCIDENT, id: null })],
    ['a list', [metric('critical')]],
    ['no data', { action: 'critical' }],
    ['nothing', null],
  ])('with %s is not understood', (_name, body) => {
    expect(readSentry('metric_alert', body)).toBeNull();
  });

  test('with everything else of a wrong type still fires', () => {
    const odd = { id: 4, date_started: 5, date_closed: 'soon', projects: 'x', alert_rule: [] };
    expect(
      readSentry('metric_alert', metric('critical', odd, { description_title: {}, web_url: 'x' }))?.alerts,
    ).toEqual([
      {
        fingerprint: 'metric:4',
        firing: true,
        labels: { type: 'metric_alert', level: 'critical' },
        title: '',
        url: null,
        startsAt: null,
        endsAt: null,
      },
    ]);
  });
});

describe('issue alerts', () => {
  const fired = readSentry('event_alert', {
    action: 'triggered',
    data: { event: EVENT, triggered_rule: 'New in checkout' },
  });

  test('fire as their issue, with the tags of the event', () => {
    expect(fired?.alerts).toMatchObject([
      {
        fingerprint: 'issue:111',
        firing: true,
        labels: {
          type: 'issue_alert',
          alertname: 'New in checkout',
          level: 'error',
          project: '7',
          'tag.environment': 'production',
          'tag.release': '1.2',
        },
        title: 'TypeError: no cart',
      },
    ]);
  });

  test('a tag cannot pass for what Sentry says', () => {
    const tags = [
      ['alertname', 'forged'],
      ['type', 'metric_alert'],
    ];
    const body = { action: 'triggered', data: { event: { ...EVENT, tags }, triggered_rule: 'Real' } };
    expect(readSentry('event_alert', body)?.alerts[0]?.labels).toMatchObject({
      alertname: 'Real',
      type: 'issue_alert',
    });
  });

  test.each(['resolved', 'archived', 'ignored'])('end when their issue is %s', (action) => {
    const over = readSentry('issue', { action, data: { issue: { id: '111', title: 'TypeError' } } });
    expect(over?.alerts).toMatchObject([{ fingerprint: fired?.alerts[0]?.fingerprint, firing: false }]);
  });

  test('end no later than their issue was last seen, with time for that to be written down', () => {
    const endsAt = (lastSeen?: unknown) =>
      readSentry('issue', { action: 'resolved', data: { issue: { id: '111', lastSeen } } })?.alerts[0]?.endsAt;
    expect(endsAt('2026-03-01T10:00:00.320000Z')).toEqual(new Date('2026-03-01T10:05:00.320Z'));
    for (const odd of [undefined, null, 5, 'soon']) expect(endsAt(odd)).toBeNull();
  });

  test.each(['created', 'assigned', 'unresolved'])('an issue that is %s changes nothing', (action) => {
    expect(readSentry('issue', { action, data: { issue: { id: '111' } } })?.alerts).toEqual([]);
  });
});

test.each(['installation', 'comment', 'error', ''])('the resource %j says nothing about alerts', (resource) => {
  expect(readSentry(resource, { action: 'created', data: {} })?.alerts).toEqual([]);
});

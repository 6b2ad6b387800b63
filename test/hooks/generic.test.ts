import { describe, expect, test } from 'vitest';
import { readGeneric, readMapping } from '../../src/hooks/generic.js';

const SMALLEST = { id: 'checkout-errors', status: 'firing', labels: { service: 'checkout' } };

function told(body: unknown, query = '') {
  const mapping = readMapping(new URLSearchParams(query));
  if (mapping && 'unread' in mapping) return mapping;
  return readGeneric(JSON.parse(JSON.stringify(body)), mapping);
}

describe('the bot’s own shape', () => {
  test('the smallest', () => {
    expect(told(SMALLEST)).toEqual({
      alerts: [
        {
          fingerprint: 'checkout-errors',
          firing: true,
          labels: { service: 'checkout' },
          title: '',
          url: null,
          startsAt: null,
          endsAt: null,
        },
      ],
      refused: [],
      leftOut: 0,
      group: null,
    });
  });

  test('all of it', () => {
    const whole = {
      ...SMALLEST,
      status: 'resolved',
      title: 'Errors',
      url: 'https://a.example.com/1',
      starts_at: '2026-03-01T10:00:00Z',
    };
    expect(told(whole)).toMatchObject({
      alerts: [
        { firing: false, title: 'Errors', url: 'https://a.example.com/1', startsAt: new Date('2026-03-01T10:00:00Z') },
      ],
    });
  });

  test.each([
    [[SMALLEST], 'expected a JSON object with id, status and labels'],
    [null, 'expected a JSON object with id, status and labels'],
    [{ ...SMALLEST, id: '' }, 'id: expected a text or a number'],
    [{ ...SMALLEST, id: {} }, 'id: expected a text or a number'],
    [{ ...SMALLEST, status: 'ok' }, 'status: expected firing or resolved'],
    [{ ...SMALLEST, labels: ['a'] }, 'labels: expected an object of texts'],
    [{ ...SMALLEST, labels: { a: 1 } }, 'labels: expected an object of texts'],
    [{ ...SMALLEST, starts_at: 'soon' }, 'starts_at: expected a date such as 2026-01-31T12:00:00Z'],
    [
      { ...SMALLEST, severity: 'critical' },
      'expected only id, status, labels, title, url, starts_at; other bodies need a mapping in the address',
    ],
    [
      { incident: SMALLEST },
      'expected only id, status, labels, title, url, starts_at; other bodies need a mapping in the address',
    ],
  ])('%j is not guessed at', (body, unread) => {
    expect(told(body)).toEqual({ unread });
  });
});

describe('a mapping in the address', () => {
  const MAPPING =
    'id=incident.id&status=incident.state&firing=triggered,acknowledged&resolved=resolved&label.service=incident.service.name';
  const body = (state: unknown, service: unknown = 'checkout') => ({
    incident: { id: 42, state, service: { name: service } },
    more: [1],
  });

  test.each([
    ['triggered', true],
    ['acknowledged', true],
    ['resolved', false],
  ])('%s', (state, firing) => {
    expect(told(body(state), MAPPING)).toMatchObject({
      alerts: [{ fingerprint: '42', firing, labels: { service: 'checkout' } }],
    });
  });

  test('titles, addresses and dates where it says', () => {
    const more = '&title=incident.service.name&url=links[0]&starts_at=at&label.n=more[0]';
    const said = { ...body('triggered'), links: ['https://p.example.com/42'], at: '2026-03-01T10:00:00Z' };
    expect(told(said, MAPPING + more)).toMatchObject({
      alerts: [
        {
          title: 'checkout',
          url: 'https://p.example.com/42',
          startsAt: new Date('2026-03-01T10:00:00Z'),
          labels: { n: '1' },
        },
      ],
    });
  });

  test('a state that the address does not name is refused: neither firing nor over', () => {
    for (const state of ['snoozed', '', null, {}, 'Triggered'])
      expect(told(body(state), MAPPING)).toEqual({ unread: 'status: expected one of the words in the address' });
  });

  test('a label that is not in the body is not there', () => {
    expect(told(body('triggered', null), MAPPING)).toMatchObject({ alerts: [{ labels: {} }] });
  });

  test('leads through own keys only', () => {
    expect(told(body('triggered'), MAPPING.replace('incident.id', 'incident.constructor.name'))).toMatchObject({
      unread: expect.stringMatching(/^id:/),
    });
  });

  test.each([
    ['id=a', 'status is missing in the address'],
    [`${MAPPING}&id=b`, 'id stands twice in the address'],
    [`${MAPPING}&lable.x=b`, 'lable.x is not known in the address'],
    [`${MAPPING}&label.=b`, 'label. is not known in the address'],
    [`${MAPPING}&title=a..b`, 'title in the address is not a path such as incident.id'],
    ['id=a&status=b&firing=x&resolved=y', 'a label is missing in the address, such as label.service=incident.service'],
    [
      MAPPING.replace('resolved=resolved', 'resolved=triggered'),
      'firing, resolved and ignored share a word in the address',
    ],
  ])('%s is refused', (query, unread) => {
    expect(told(body('triggered'), query)).toEqual({ unread });
  });
});

describe('a sender’s other events', () => {
  const ADDRESS =
    'id=event.data.id&status=event.event_type&firing=incident.triggered&resolved=incident.resolved&label.service=event.data.service';
  const event = (event_type?: string) => ({ event: { event_type, data: { id: 'P1', service: 'shop' } } });
  const nothing = { alerts: [], refused: [], leftOut: 0, group: null };

  test.each([
    ['&ignored=incident.annotated,pagey.ping', event('incident.annotated'), nothing],
    ['&ignored=incident.annotated,pagey.ping', event('pagey.ping'), nothing],
    ['&ignored=*', event('incident.priority_updated'), nothing],
    ['&ignored=*', event(), nothing],
    ['&ignored=*', { msg: 'Uptime Kuma test', heartbeat: null, monitor: null }, nothing],
    ['&ignored=*', { event_type: 'No Data' }, nothing],
    [
      '&ignored=incident.annotated',
      event('incident.reopened'),
      { unread: 'status: expected one of the words in the address' },
    ],
    ['&ignored=incident.annotated', event(), { unread: 'status: expected one of the words in the address' }],
    ['', event('incident.annotated'), { unread: 'status: expected one of the words in the address' }],
    ['&ignored=incident.resolved', event('x'), { unread: 'firing, resolved and ignored share a word in the address' }],
  ])('with %s, %j', (more, body, answer) => expect(told(body, ADDRESS + more)).toEqual(answer));

  test('what fires or ends an alert is never left', () => {
    expect(told(event('incident.triggered'), `${ADDRESS}&ignored=*`)).toMatchObject({ alerts: [{ firing: true }] });
    expect(told(event('incident.resolved'), `${ADDRESS}&ignored=*`)).toMatchObject({ alerts: [{ firing: false }] });
  });
});

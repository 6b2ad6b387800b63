import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createHttpTarget } from '../../src/targets/http/index.js';
import { raise, rehearsed, type TargetWorld, testTarget } from '../contracts/target-contract.js';
import { type Answer, json } from '../web/json-server.js';
import {
  configFor,
  type FlagService,
  neverAnswer,
  refused,
  startFlagService,
  status,
  TOKEN,
  targetAt,
} from './flag-service.js';

const patient = new AbortController().signal;
const CHECKOUT = '/flags/checkout';

testTarget('http', contractWorld, { parts: false });

async function contractWorld(): Promise<TargetWorld> {
  const service = await startFlagService();
  service.flags.set(CHECKOUT, { rollout: 0, enabled: false });
  const exposed = () => {
    const flag = service.flags.get(CHECKOUT);
    return flag?.enabled ? flag.rollout : 0;
  };
  return {
    target: targetAt(service),
    secret: TOKEN,
    exposed: async () => exposed(),
    drift: async (rollout) => void service.flags.set(CHECKOUT, { rollout, enabled: true }),
    hangNext() {
      // A raise may be ended before it is sent; the lowering that ended it is not the call that was meant.
      let meant = true;
      service.answerNext(neverAnswer, (_method, _path, body) => {
        if (body.includes('"rollout":0')) meant = false;
        return meant;
      });
    },
    // Over a kept connection what broke is asked once more, over a new one.
    breakNext() {
      for (let times = 0; times < 2; times += 1) service.answerNext((request) => request.socket.destroy());
    },
    denyNextWrite: async () => service.answerNext(refused, (method) => method === 'PUT'),
    close: () => service.close(),
  };
}

describe('the http target', () => {
  let service: FlagService;
  beforeEach(async () => {
    service = await startFlagService();
    service.flags.set(CHECKOUT, { rollout: 80, enabled: false });
  });
  afterEach(() => service.close());
  const url = `\${ADMIN_URL}/flags/checkout`;
  const { set, read } = configFor();
  const off = { method: 'DELETE', url, headers: set.headers } as const;
  /** A raise asks once more before it writes. */
  const toPut = (method: string) => method === 'PUT';
  const writes = () => service.seen().filter((request) => !request.startsWith('GET'));

  test('sends numbers as numbers and switches as switches', async () => {
    const target = targetAt(service);
    await raise(target, 12.5, patient);
    await target.lower(0, patient);
    expect(writes()).toEqual([
      `PUT ${CHECKOUT} {"rollout":12.5,"enabled":true}`,
      `PUT ${CHECKOUT} {"rollout":0,"enabled":false}`,
    ]);
    expect(service.web.requests.find(({ method }) => toPut(method))?.headers).toMatchObject({
      'content-type': 'application/json',
      authorization: `Bearer ${TOKEN}`,
    });
  });

  test('a percentage behind a switch that is off exposes nobody', async () => {
    expect(await targetAt(service).read(patient)).toMatchObject({ exposure: 0, partial: false, detail: '80 % off' });
  });

  test('a switch alone is everybody or nobody', async () => {
    const target = targetAt(service, configFor({ read: { url, headers: set.headers, enabled: 'enabled' } }));
    expect(await target.read(patient)).toMatchObject({ exposure: 0, partial: false, detail: 'off' });
    await raise(target, 100, patient);
    expect(await target.read(patient)).toMatchObject({ exposure: 100, partial: false, detail: 'on' });
  });

  test('a percentage alone is what users get', async () => {
    const target = targetAt(service, configFor({ read: { url, headers: set.headers, value: 'rollout' } }));
    expect(await target.read(patient)).toMatchObject({ exposure: 80, partial: false, detail: '80 %' });
  });

  test.each([
    ['{"rollout": "25%", "enabled": true}', 'rollout is text'],
    ['{"rollout": 101, "enabled": true}', 'rollout is not from 0 to 100'],
    ['{"rollout": "101", "enabled": true}', 'rollout is not from 0 to 100'],
    ['{"rollout": -1, "enabled": true}', 'rollout is not from 0 to 100'],
    ['{"rollout": 25, "enabled": "on"}', 'enabled is text, expected true or false'],
    ['{"rollout": 25, "enabled": 1}', 'enabled is a number, expected true or false'],
    ['{"rollout": 25}', 'enabled is nothing, expected true or false'],
    ['{"enabled": true}', 'rollout is nothing'],
    ['<html>', 'the answer is not JSON'],
    ['', 'the answer is not JSON'],
  ])('reads nothing into %s', async (body, why) => {
    service.answerNext(json(body));
    await expect(targetAt(service).read(patient)).rejects.toMatchObject({
      code: 'rejected',
      retryable: false,
      message: `target flag: ${why}`,
    });
  });

  describe('with a way of its own to off', () => {
    const gone = { ...read, absent: 'off' } as const;

    test('goes there for zero, and for nothing else', async () => {
      const target = targetAt(service, configFor({ off, read: gone }));
      await raise(target, 5, patient);
      await target.lower(0, patient);
      expect(writes()).toEqual([`PUT ${CHECKOUT} {"rollout":5,"enabled":true}`, `DELETE ${CHECKOUT}`]);
      expect(await target.read(patient)).toMatchObject({ exposure: 0, partial: false, detail: 'not there' });
    });

    test('what is gone already is off already', async () => {
      const target = targetAt(service, configFor({ off, read: gone }));
      await target.lower(0, patient);
      await target.lower(0, patient);
      await rehearsed(targetAt(service, configFor({ off, read: gone, rehearse: 'write' })));
      expect(service.seen().filter((request) => request.startsWith('DELETE'))).toHaveLength(3);
    });

    describe('a 404 that is a web page', () => {
      const page =
        (body: string): Answer =>
        (_request, response) =>
          response.writeHead(404, { 'content-type': 'text/html' }).end(body);
      const notTheService = {
        code: 'unreachable',
        retryable: true,
        message: expect.stringMatching(/^target flag: (GET|DELETE) \S+ answered 404 with a web page, as gateways do$/),
      };

      test.each([
        '<html><h1>404 Not Found</h1></html>',
        ' \n<!DOCTYPE html>',
        '\ufeff<?xml version="1.0"?>',
        '<'.repeat(70_000),
      ])('comes from a gateway and says nothing of the flag, page %#', async (body) => {
        service.flags.set(CHECKOUT, { rollout: 100, enabled: true });
        const target = targetAt(service, configFor({ off, read: gone }));
        service.answerNext(page(body), (method) => method === 'DELETE');
        await expect(target.lower(0, patient)).rejects.toMatchObject(notTheService);
        service.answerNext(page(body), (method) => method === 'GET');
        await expect(target.read(patient)).rejects.toMatchObject(notTheService);
        expect(await target.read(patient)).toMatchObject({ exposure: 100 });
      });

      test.each(['', 'Not Found', '{"error": "no such flag"}'])('any other is the service’s own: %j', async (body) => {
        const target = targetAt(service, configFor({ off, read: gone }));
        service.answerNext(page(body), (method) => method === 'DELETE');
        await target.lower(0, patient);
        service.answerNext(page(body), (method) => method === 'GET');
        expect(await target.read(patient)).toMatchObject({ exposure: 0, detail: 'not there' });
      });

      test('means done where the plan names the status itself', async () => {
        const target = targetAt(service, configFor({ off: { ...off, expect: [204, 404] }, read: gone }));
        service.answerNext(page('<html>'), (method) => method === 'DELETE');
        await target.lower(0, patient);
      });
    });

    test('what is gone is missing, unless the plan says otherwise', async () => {
      service.flags.clear();
      const missing = {
        code: 'missing',
        retryable: false,
        message: expect.stringMatching(/^target flag: GET .* answered 404$/),
      };
      await expect(targetAt(service).read(patient)).rejects.toMatchObject(missing);
      const body = { on: true };
      const onlyOff = configFor({ off, set: { ...set, body } });
      await expect(targetAt(service, onlyOff).lower(0, patient)).rejects.toMatchObject({ code: 'missing' });
    });
  });

  describe('a rehearsal', () => {
    test('writes back a percentage that waits behind a switch', async () => {
      expect(await rehearsed(targetAt(service))).toMatchObject({ exposure: 0, partial: false, detail: '80 % off' });
      expect(writes()).toEqual([`PUT ${CHECKOUT} {"rollout":80,"enabled":false}`]);
      service.flags.set(CHECKOUT, { rollout: 0, enabled: true });
      await rehearsed(targetAt(service));
      expect(service.flags.get(CHECKOUT)).toEqual({ rollout: 0, enabled: true });
    });

    test('never turns on what is off, when set cannot say off', async () => {
      const body = { rollout: '{{exposure}}', enabled: true };
      const { notes } = await targetAt(service, configFor({ set: { ...set, body } })).rehearse([0, 50], patient);
      expect(notes).toEqual([expect.stringContaining('nothing was written')]);
      expect(writes()).toEqual([]);
    });

    test('at zero goes the way of off only where the plan says so', async () => {
      const silent = await targetAt(service, configFor({ off })).rehearse([0, 50], patient);
      expect([silent.notes, writes()]).toEqual([['off was not tried'], []]);
      const tried = await targetAt(service, configFor({ off, rehearse: 'write' })).rehearse([0, 50], patient);
      expect([tried.notes, writes()]).toEqual([[], [`DELETE ${CHECKOUT}`]]);
    });

    test('above zero writes back through set, and says that off was not tried', async () => {
      service.flags.set(CHECKOUT, { rollout: 5, enabled: true });
      const { notes } = await targetAt(service, configFor({ off, rehearse: 'write' })).rehearse([0, 50], patient);
      expect([notes, writes()]).toEqual([['off was not tried'], [`PUT ${CHECKOUT} {"rollout":5,"enabled":true}`]]);
    });

    test('writes nothing where the plan says so, and where what is there was not read as a whole', async () => {
      const quiet = await targetAt(service, configFor({ rehearse: 'read' })).rehearse([0, 50], patient);
      expect(quiet.notes).toEqual(['nothing was written, so neither set nor off was tried']);
      const half = configFor({ read: { url, headers: set.headers, enabled: 'enabled' } });
      for (const enabled of [true, false]) {
        service.flags.set(CHECKOUT, { rollout: 7, enabled });
        const { notes } = await targetAt(service, half).rehearse([0, 100], patient);
        expect(notes).toEqual([expect.stringContaining('not read')]);
      }
      expect(writes()).toEqual([]);
    });

    test('refuses a percentage that set cannot say', async () => {
      service.flags.set(CHECKOUT, { rollout: 40, enabled: true });
      const onOff = configFor({ set: { ...set, body: { rollout: 100, enabled: '{{enabled}}' } } });
      const refusal = { code: 'rejected', retryable: false, message: expect.stringContaining('reads 40 %') };
      await expect(targetAt(service, onOff).rehearse([0, 100], patient)).rejects.toMatchObject(refusal);
      expect(writes()).toEqual([]);
    });
  });

  describe('a lowering', () => {
    const writes = () => service.seen().filter((request) => !request.startsWith('GET'));

    test.each([400, 401, 403, 404, 405, 410, 412, 422, 501])(
      'whose off is answered %d tells set to be off',
      async (code) => {
        service.flags.set(CHECKOUT, { rollout: 50, enabled: true });
        service.answerNext(status(code), (method) => method === 'DELETE');
        const { note } = await targetAt(service, configFor({ off })).lower(0, patient);
        expect(note).toMatch(
          new RegExp(`^off was refused, so set was told to be off \\(DELETE .* answered ${code}\\)$`),
        );
        expect(service.flags.get(CHECKOUT)).toEqual({ rollout: 0, enabled: false });
      },
    );

    test.each([408, 409, 423, 425, 429, 500, 502, 503, 504])(
      'whose off is answered %d tries off again',
      async (code) => {
        service.flags.set(CHECKOUT, { rollout: 50, enabled: true });
        service.answerNext(status(code), (method) => method === 'DELETE');
        await expect(targetAt(service, configFor({ off })).lower(0, patient)).rejects.toMatchObject({
          retryable: true,
        });
        expect(writes()).toEqual([`DELETE ${CHECKOUT}`]);
      },
    );

    test.each([
      [400, true],
      [403, true],
      [404, true],
      [405, true],
      [422, true],
      [501, true],
      [302, true],
      // Who asks is refused, whatever it is.
      [401, false],
      [407, false],
      [409, false],
      [429, false],
      [500, false],
      [503, false],
    ])('to a percentage, answered %d, is refused for good: %s', async (code, final) => {
      service.flags.set(CHECKOUT, { rollout: 50, enabled: true });
      service.answerNext(status(code), toPut);
      await expect(targetAt(service, configFor({ off })).lower(10, patient)).rejects.toMatchObject({ final });
    });

    test('whose off is not answered does not go on with another write', async () => {
      service.answerNext(neverAnswer, (method) => method === 'DELETE');
      const target = targetAt(service, configFor({ off }), { requestMs: 50 });
      await expect(target.lower(0, patient)).rejects.toMatchObject({ code: 'timeout' });
      expect(writes()).toEqual([`DELETE ${CHECKOUT}`]);
    });

    test('never raises what somebody took lower, also when it is told a percentage', async () => {
      service.flags.set(CHECKOUT, { rollout: 5, enabled: true });
      await targetAt(service).lower(25, patient);
      service.flags.set(CHECKOUT, { rollout: 80, enabled: false });
      await targetAt(service).lower(25, patient);
      expect(writes()).toEqual([]);
      service.flags.set(CHECKOUT, { rollout: 80, enabled: true });
      await targetAt(service).lower(25, patient);
      expect(writes()).toEqual([`PUT ${CHECKOUT} {"rollout":25,"enabled":true}`]);
    });
  });

  describe('statuses', () => {
    test.each([
      [400, 'rejected', false],
      [401, 'denied', false],
      [403, 'denied', false],
      [404, 'missing', false],
      [409, 'rejected', true],
      [429, 'rejected', true],
      [500, 'rejected', true],
      [503, 'unreachable', true],
      [504, 'timeout', true],
    ])('%d is %s', async (code, error, retryable) => {
      service.answerNext(status(code), toPut);
      const message = `target flag: PUT 127.0.0.1:${service.web.port} answered ${code}`;
      await expect(raise(targetAt(service), 5, patient)).rejects.toMatchObject({ code: error, retryable, message });
    });

    test('a redirect is not followed, and is told', async () => {
      service.answerNext((_request, response) => response.writeHead(307, { location: '/flags/other' }).end(), toPut);
      const redirected = raise(targetAt(service), 5, patient);
      await expect(redirected).rejects.toMatchObject({
        code: 'rejected',
        message: expect.stringMatching(/307; redirects to .* are not followed: write the address that answers itself/),
      });
      expect(writes()).toHaveLength(1);
      expect(service.flags.has('/flags/other')).toBe(false);
    });

    test('only expected ones are done, when the plan says which', async () => {
      const target = targetAt(service, configFor({ set: { ...set, expect: [202, 409] } }));
      service.answerNext(status(409), toPut);
      await raise(target, 5, patient);
      await expect(raise(target, 5, patient)).rejects.toMatchObject({
        code: 'rejected',
        message: expect.stringMatching(/answered 204$/),
      });
    });

    test('what a good answer says besides is not looked at', async () => {
      service.answerNext(json('x'.repeat(100_000)), toPut);
      await raise(targetAt(service), 5, patient);
    });
  });

  test('what the service says back is never repeated', async () => {
    service.answerNext((_request, response) => response.writeHead(400, TOKEN).end(TOKEN), toPut);
    const failure = await raise(targetAt(service), 5, patient).catch(String);
    expect(failure).not.toContain(TOKEN);
  });

  test('a call ends in its time', async () => {
    service.answerNext(neverAnswer);
    const target = targetAt(service, configFor(), { requestMs: 50 });
    await expect(raise(target, 5, patient)).rejects.toMatchObject({ code: 'timeout', retryable: true });
  });

  test('a newer write ends an older one that is still at it', async () => {
    service.answerNext(neverAnswer, toPut);
    const target = targetAt(service);
    const raised = raise(target, 50, patient);
    let ended: unknown;
    raised.catch((error: unknown) => {
      ended = error;
    });
    await expect.poll(() => writes()).toHaveLength(1);
    await target.lower(0, patient);
    expect(ended).toMatchObject({ code: 'timeout', retryable: true, message: expect.stringContaining('given up') });
    expect(service.flags.get(CHECKOUT)).toEqual({ rollout: 0, enabled: false });
  });

  test('an address the bot may not reach is denied, and nobody is asked', async () => {
    const network = { database: { host: 'localhost', port: service.web.port, name: 'rollout' } };
    const target = createHttpTarget('flag', configFor(), {
      fill: (text) => text.replace(`\${ADMIN_URL}`, service.url),
      network,
    });
    const denied = {
      code: 'denied',
      retryable: false,
      message: "target flag: it is the same server as the bot's own database",
    };
    await expect(raise(target, 5, patient)).rejects.toMatchObject(denied);
    await expect(target.read(patient)).rejects.toMatchObject(denied);
    expect(service.seen()).toEqual([]);
  });

  test('closing ends what is under way', async () => {
    service.answerNext(neverAnswer);
    const target = targetAt(service);
    const asked = expect(target.read(patient)).rejects.toMatchObject({ code: 'timeout' });
    await target.close();
    await asked;
  });
});

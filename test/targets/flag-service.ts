/** A flag service over HTTP, as teams have them: one flag, or one per tenant. Tests look at what it holds and break it. */
import type { HttpTargetConfig, HttpWrite } from '../../src/rollout/plan/http-requests.js';
import { createHttpTarget } from '../../src/targets/http/index.js';
import { type Answer, type JsonServer, json, neverAnswer, startJsonServer } from '../web/json-server.js';

export const TOKEN = 'canary-9b1d';

export type HttpConfig = HttpTargetConfig;

interface Flag {
  rollout: number;
  enabled: boolean;
}

export interface FlagService {
  readonly web: JsonServer;
  readonly url: string;
  /** By path, such as `/flags/checkout`. */
  readonly flags: Map<string, Flag>;
  /** Requests as `PUT /flags/checkout {"rollout":5}`, in the order they came. */
  seen(): string[];
  /** The next request that `which` is true for gets this answer, and changes nothing. */
  answerNext(answer: Answer, which?: (method: string, path: string, body: string) => boolean): void;
  /** Requests for which this is true are never answered, and change nothing. */
  hangWhen(which: (method: string, path: string) => boolean): void;
  close(): Promise<void>;
}

export const refused: Answer = (_request, response) => response.writeHead(403).end(`not for ${TOKEN}`);
export const status =
  (code: number): Answer =>
  (_request, response) =>
    response.writeHead(code).end('{}');
export { neverAnswer };

export async function startFlagService(): Promise<FlagService> {
  const web = await startJsonServer();
  const flags = new Map<string, Flag>();
  const faults: { answer: Answer; which: (method: string, path: string, body: string) => boolean }[] = [];
  let hangs: (method: string, path: string) => boolean = () => false;
  web.answerWith((request, response, body) => {
    const [method, path] = [request.method ?? '', request.url ?? ''];
    const fault = faults.findIndex(({ which }) => which(method, path, body));
    if (fault >= 0) return faults.splice(fault, 1)[0]?.answer(request, response, body);
    if (hangs(method, path)) return;
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return status(401)(request, response, body);
    const flag = flags.get(path);
    if (method === 'GET')
      return flag ? json(JSON.stringify(flag))(request, response, body) : status(404)(request, response, body);
    if (method === 'DELETE') return status(flags.delete(path) ? 204 : 404)(request, response, body);
    flags.set(path, { rollout: 0, enabled: false, ...flag, ...JSON.parse(body) });
    return status(204)(request, response, body);
  });
  return {
    web,
    url: `http://127.0.0.1:${web.port}`,
    flags,
    seen: () => web.requests.map(({ method, url, body }) => `${method} ${url}${body === '' ? '' : ` ${body}`}`),
    answerNext: (answer, which = () => true) => void faults.push({ answer, which }),
    hangWhen(which) {
      hangs = which;
    },
    close: () => web.close(),
  };
}

const HEADERS = { Authorization: `Bearer \${ADMIN_TOKEN}` };

/** Without changes its `set` is one request. */
export function configFor(): HttpConfig & { readonly set: HttpWrite };
export function configFor(changes: Partial<HttpConfig>): HttpConfig;
export function configFor(changes: Partial<HttpConfig> = {}): HttpConfig {
  const url = `\${ADMIN_URL}/flags/checkout`;
  return {
    kind: 'http',
    set: { method: 'PUT', url, headers: HEADERS, body: { rollout: '{{exposure}}', enabled: '{{enabled}}' } },
    read: { url, headers: HEADERS, value: 'rollout', enabled: 'enabled' },
    scale: 100,
    ...changes,
  };
}

/** Four tenants, unless others are given; a flag of each. */
export function perTenant(
  changes: Partial<HttpConfig> = {},
  tenants = ['acme', 'globex', 'initech', 'umbrella'],
): HttpConfig {
  const url = `\${ADMIN_URL}/tenants/{{tenant}}`;
  return {
    kind: 'http',
    set: { method: 'PUT', url, headers: HEADERS, body: { enabled: '{{enabled}}' } },
    read: { url, headers: HEADERS, enabled: 'enabled', absent: 'off' },
    per: { list: tenants, exposures: [25, 50, 75, 100], concurrency: 2 },
    ...changes,
  };
}

export function targetAt(
  service: Pick<FlagService, 'url'>,
  config: HttpConfig = configFor(),
  limits: { callMs?: number; requestMs?: number; leastMs?: number } = {},
) {
  const fill = (text: string) => text.replace(`\${ADMIN_URL}`, service.url).replace(`\${ADMIN_TOKEN}`, TOKEN);
  return createHttpTarget('flag', config, { fill, network: {}, ...limits });
}

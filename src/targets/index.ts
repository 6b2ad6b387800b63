import type { TargetPlan } from '../rollout/plan.js';
import { createMemoryTarget } from './memory.js';
import { createPostgresTarget } from './postgres.js';
import { type Target, TargetError } from './target.js';

/**
 * Builds the target a plan asks for. `fill` puts values in place of `${NAME}`; when it throws, the target is `missing`
 * what it named. Throws TargetError `rejected` on a configuration that cannot be used, and on a kind there is no target for.
 */
export function createTarget(target: TargetPlan, fill: (value: string) => string): Target {
  const { name, config } = target;
  switch (config.kind) {
    case 'postgres':
      return createPostgresTarget(name, { ...config, url: filledUrl(name, config.url, fill) });
    case 'memory':
      return createMemoryTarget(name, config.name);
    default:
      return unknownKind(name, config);
  }
}

function filledUrl(name: string, url: string, fill: (value: string) => string): string {
  try {
    return fill(url);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'url cannot be filled';
    throw new TargetError('missing', `target ${name}: ${why}`, { retryable: false, cause });
  }
}

function unknownKind(name: string, config: never): never {
  const { kind }: { kind?: unknown } = config;
  throw new TargetError('rejected', `target ${name}: there is no target of kind "${String(kind)}"`, {
    retryable: false,
  });
}
